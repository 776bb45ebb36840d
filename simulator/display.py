"""How a run looks while it goes and when it is over: live in a terminal, else plain lines, or JSON lines."""

import asyncio
import json
from collections.abc import Iterable
from typing import Any

from rich.console import Console, Group
from rich.live import Live
from rich.table import Table
from rich.text import Text

from .figures import Gauge, Watched

__all__ = ["Display", "lines_of"]

LIVE, PLAIN = 0.25, 5.0  # seconds between two looks


class Display:
    """Progress on stderr, the result on stdout; with `as_json` both are JSON lines on stdout."""

    def __init__(self, *, as_json: bool) -> None:
        self._json = as_json
        self._console = Console(stderr=True, highlight=False, soft_wrap=True)
        self._gauge: Gauge | None = None
        self.help = ""  # a line below the live figures

    def say(self, sentence: str) -> None:
        """Tell something that matters now."""
        if self._json:
            print(json.dumps({"type": "note", "text": sentence}), flush=True)
        else:
            self._console.print(sentence, markup=False)

    def complain(self, sentence: str) -> None:
        """Answer a wish that cannot be fulfilled; always on stderr."""
        self._console.print(sentence, style="red", markup=False)

    async def watch(self, run: Watched) -> None:
        """Show progress until cancelled."""
        gauge = self._gauge = Gauge(run)
        if self._json or not self._console.is_terminal:
            while True:
                await asyncio.sleep(PLAIN)
                self._tell(gauge.figures())
        with Live(console=self._console, auto_refresh=False, transient=True) as live:
            while True:
                live.update(self._picture(gauge.figures()), refresh=True)
                await asyncio.sleep(LIVE)

    def finish(self, run: Watched, outcome: str) -> None:
        """The final table."""
        told = (self._gauge or Gauge(run)).figures()
        if self._json:
            print(json.dumps({"type": "summary", "outcome": outcome, **told}), flush=True)
            return
        table = Table(title=f"{run.name}: {outcome}", title_justify="left", show_header=False)
        for name, value in _rows(told, run):
            table.add_row(name, value)
        Console(highlight=False).print(table)

    def conclude(self, sentences: Iterable[str]) -> None:
        """The verdict of a proof, after the table."""
        for sentence in sentences:
            print(json.dumps({"type": "proof", "text": sentence}) if self._json else sentence)

    def _tell(self, told: dict[str, Any]) -> None:
        if self._json:
            print(json.dumps({"type": "progress", **told}), flush=True)
        else:
            self._console.print(" · ".join(lines_of(told)), markup=False)

    def _picture(self, told: dict[str, Any]) -> Group:
        where, how, *trouble = lines_of(told)
        parts = [Text(where, style="bold"), Text(how)]
        parts += [Text(line, style="red") for line in trouble]
        parts += [Text(self.help, style="dim")] if self.help else []
        return Group(*parts)


def lines_of(told: dict[str, Any]) -> list[str]:
    """Where a run is; how it gets on; and what troubles it, if anything does."""
    share = "" if told["share"] is None else f" ({told['share']:.0%})"
    lag = f"lag {told['slipped_s']:g} s" if told["slipped_s"] else "no lag"
    where = f"{told['phase']} {told['simulated']}{share} · {lag} · " + _counts(told)
    how = [
        f"{told['messages_per_s']:,.0f}/s, {told['megabytes_per_s']:.3g} MB/s",
        f"{told['in_flight']} of {told['in_flight_most']} in flight, {told['queued']:,} queued",
        f"p95 {told['post_p95_ms']:g} ms",
        " ".join(f"{kind}: {told[f'answers_{kind}']:,}" for kind in _answered(told)),
    ]
    return [where, " · ".join(how), *([told["trouble"]] if told["trouble"] else [])]


def _counts(told: dict[str, Any]) -> str:
    counts = [f"{told['accepted'] + told['duplicates']:,} delivered"]
    named = {"duplicates": "dup", "late": "late", "held_back": "held back", "rejected": "refused"}
    counts += [f"{told[key]:,} {word}" for key, word in named.items() if told[key]]
    return ", ".join([*counts, *([f"{told['faults']:,} faults"] if told["faults"] else [])])


def _answered(told: dict[str, Any]) -> list[str]:
    return ["2xx", *(kind for kind in ("3xx", "4xx", "429", "5xx") if told[f"answers_{kind}"])]


def _told(spread: dict[str, float]) -> str:
    return ", ".join(f"{share} {value:g}" for share, value in spread.items()) + " ms"


def _rows(told: dict[str, Any], run: Watched) -> list[tuple[str, str]]:
    rate = told["messages"] / max(told["seconds"], 1e-9)
    answers = ", ".join(f"{told[f'answers_{kind}']:,} × {kind}" for kind in _answered(told))
    rows = [
        ("messages", f"{told['messages']:,}" + (f", {told['late']:,} of them late" if told["late"] else "")),
        ("accepted", f"{told['accepted']:,}"),
        ("duplicates", f"{told['duplicates']:,}"),
        ("rejected", f"{told['rejected']:,}" + (f" → {run.rejects_path}" if told["rejected"] else "")),
        ("undelivered", f"{told['undelivered']:,}"),
    ]
    if run.truth_path:
        rows.append(("held back", f"{told['held_back']:,} by devices that are offline"))
    rows.append(("POSTs", f"{told['posts']:,} ({answers}), p95 {told['post_p95_ms']:g} ms"))
    rows.append(("retries", f"{told['retries']:,}"))
    if told["delivery_ms"]["p99"]:
        rows.append(("lateness", _told(told["late_ms"]) + " from when it was due to the queue"))
        rows.append(("delivery", _told(told["delivery_ms"]) + " from when it was due until it was taken"))
    if run.truth_path:
        rows.append(("faults", f"{told['faults']:,} → {run.truth_path}"))
    rows.append(("slipped", f"{told['slipped_s']:g} s of simulated time"))
    size = f"{told['megabytes']:g} MB"
    duration = f"{told['seconds']:g} s, {rate:,.0f} messages/s, {size}, until {told['simulated']}"
    return [*rows, ("duration", duration)]
