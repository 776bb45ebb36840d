"""What a fleet of simulated devices sends, and when, for as long as a run takes. Sends nothing itself."""

from array import array
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from heapq import merge
from pathlib import Path

from loadtests._probe import Probe
from loadtests._timetable import Listed
from simulator.config import load
from simulator.encode import Encoder
from simulator.group import Group
from simulator.plan import GroupPlan, Span
from simulator.tables import ConfigError

__all__ = ["ConfigError", "Messages", "messages_of"]

START_MS = 1_780_300_800_000  # a Monday in June, 8 o'clock UTC, where the configuration names no start
MOST = 1_000_000
UNBORN = '"boot":0,'  # as the encoder writes it, until it is known which run this is
SLICE_MS = 60_000  # of simulated time, that are made at once


@dataclass(frozen=True, slots=True)
class Messages:
    """In order of time: `offsets` are ns since the run began, `texts` the JSON of measurements."""

    offsets: Sequence[int]
    texts: Sequence[str]

    def timetable(self, begin_ns: int) -> Listed:
        """When they are due in a run that begins then."""
        return Listed(array("q", (begin_ns + offset for offset in self.offsets)))

    def compose(self, probe: Probe, number: int) -> bytes:
        """Message `number`, with the stamp of a probe; devices boot when the run begins."""
        text = self.texts[number].replace(UNBORN, f'"boot":{_boot(probe.run)},', 1)
        return probe.stamped(text).encode()


def messages_of(config: str, seconds: float) -> Messages:
    """Of the preset or file of that name, at the speed that it says. Raises ConfigError.

    A repeated delivery is left out, since a server is right to push the first one only.
    """
    return _messages(config, seconds, _edited(config))


def _edited(config: str) -> int:
    """When the file was last changed (ns); 0 for a preset, or where there is no such file."""
    with suppress(OSError):
        return Path(config).stat().st_mtime_ns
    return 0


@lru_cache(maxsize=1)  # what a run needs is asked for more than once, and takes a while
def _messages(config: str, seconds: float, _edition: int) -> Messages:
    """A file that was edited since is another one."""
    fleet = load(config)
    speed = fleet.run.speed
    if speed is None:
        raise ConfigError(f'{config}: run.speed = "max" is no timetable: write a number')
    start = START_MS if fleet.run.start is None else fleet.run.start
    end = start + int(seconds * 1000 * speed)
    span = Span(start, start, end)
    offsets, texts, seen = array("q"), list[str](), set[tuple[str, int]]()
    for at, name, seq, text in merge(*(_sent(plan, span, end) for plan in fleet.groups if plan.ids)):
        if (name, seq) in seen:
            continue
        if len(texts) >= MOST:
            raise ConfigError(f"{config}: over {MOST:,} messages within {seconds:g} s: use fewer devices")
        seen.add((name, seq))
        offsets.append(max(0, int((at - start) * 1_000_000 / speed)))  # jitter may make the first one early
        texts.append(text)
    if not texts:
        raise ConfigError(f"{config}: not one message within {seconds:g} s: use a higher speed")
    return Messages(offsets, texts)


def _sent(plan: GroupPlan, span: Span, end: int) -> Iterator[tuple[int, str, int, str]]:
    """When (ms), by which device, its number, and its text."""
    group, encoder = Group(plan, span), Encoder(plan.ids, plan.profile.sensors, 0)
    group.prepare()
    for horizon in range(span.start, end + SLICE_MS, SLICE_MS):
        found: list[tuple[int, str, int, str]] = []
        for rows in group.due(min(horizon, end - 1)):
            texts = encoder.encode(rows)
            names = [plan.ids[device] for device in rows.device.tolist()]
            found += zip(
                rows.at.tolist(), names, rows.seq.tolist(), (text.decode() for text in texts), strict=True
            )
        yield from sorted(found)


def _boot(run: str) -> int:
    """When a run was begun (ms UTC), as its id says first."""
    began = datetime.strptime(run.partition("-")[0], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    return int(began.timestamp() * 1000)
