"""What `verify` judges: a run as its files tell it, and the books of its receiver."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from simulator.config import Config
from simulator.earlier import moved, span_of, state_of
from simulator.encode import Encoder
from simulator.injection import with_faults
from simulator.plan import Span
from simulator.proof.audit import Finding
from simulator.proof.difference import Log, find_difference
from simulator.proof.verify import settled
from simulator.proof.words import refusal
from simulator.state import State, StateError, state_path
from simulator.stats import Stats, fetch_stats

__all__ = ["Case", "open_case"]


class Case(NamedTuple):
    """`config` has the faults that were injected, `state` says how far the run has come."""

    config: Config
    state: State
    url: str
    stats: Stats
    rejects: Path

    def explained(self, finding: Finding) -> Finding:
        """The same with all that there is to say about it; raises OSError."""
        match finding.what:
            case "missing" if why := refusal(self.rejects, finding, self.state.start):
                return finding._replace(note=why)
            case "different" if not finding.note:
                return self._different(finding)
        return finding

    def _different(self, finding: Finding) -> Finding:
        log = Log(self.url, self.config.sink.token, self.stats.last_id)
        count = self.stats.devices[finding.device].count
        found = find_difference(
            log, finding.device, self.state.start, count, dict(self._messages(finding.device))
        )
        if found is None:
            return finding._replace(
                note="the digests differ, and the receiver's log no longer has the message"
            )
        note = f"\n  expected {found.expected.decode()}\n  found    {found.found.decode()}"
        return finding._replace(seq=found.seq, note=note)

    def _messages(self, device: str) -> Iterator[tuple[int, bytes]]:
        """The messages of one device, with their seq."""
        for plan in self.config.groups:
            if device in plan.ids:
                alone = replace(plan, ids=(device,))
                encoder = Encoder(alone.ids, alone.profile.sensors, self.state.start)
                for rows in settled(alone, self.state):
                    made = encoder.encode(rows)
                    yield from zip(rows.seq.tolist(), made, strict=True)


def open_case(config: Config, span: Span, folder: Path, label: str, *, until: bool, url: str | None) -> Case:
    """The run of that label, at `url` or where its state file says; its end is that of `span` if `until`.

    Raises ConfigError, StateError, UnjudgedError, and OSError.
    """
    path, rejects = state_path(folder, label), folder / f"{label}.rejected.ndjson"
    if not path.is_file():
        stats = fetch_stats(config.sink.url, config.sink.token, config.sink.token_env)
        return Case(config, _without_file(config, span, path, stats), config.sink.url, stats, rejects)
    state = state_of(config, path)
    if until and moved(span, state.start).end != state.end:
        raise StateError(f"{path}: its run {_length(state)}, and --until says otherwise: leave it out")
    url = state.url if url is None else url
    stats = fetch_stats(url, config.sink.token, config.sink.token_env)
    return Case(with_faults(config, state.faults, str(path)), state, url, stats, rejects)


def _without_file(config: Config, span: Span, path: Path, stats: Stats) -> State:
    """The state of a run that went to its end, by what is given and what the receiver says."""
    found = span_of(config, span, stats)
    if found is None or found.end is None:
        given = "--until" if span.end is None else "--set run.start=…"
        raise StateError(f"{path}: there is none (--from gives its folder); to do without, give {given}")
    return State(config.fingerprint, *found, config.sink.url, position=found.end, complete=True)


def _length(state: State) -> str:
    return "has no end" if state.end is None else f"lasts {(state.end - state.start) / 1000:g} s"
