"""How a run looks while it goes and when it is over: a live line, plain lines or JSON. Changes nothing."""

import asyncio
import json
import time
from collections import deque
from datetime import UTC, datetime
from typing import Any

from rich.console import Console
from rich.status import Status
from rich.table import Table

from .latencies import Latencies
from .run import FleetRun

__all__ = ["Display", "figures", "moment"]

LIVE, PLAIN = 0.25, 5.0  # seconds between two looks
WINDOW = 5.0  # seconds over which a rate is taken


class Display:
    """Progress on stderr, the result on stdout; with `as_json` both are JSON lines on stdout."""

    def __init__(self, *, as_json: bool) -> None:
        self._json = as_json
        self._console = Console(stderr=True, highlight=False, soft_wrap=True)
        self._begin = time.monotonic()
        self._history: deque[tuple[float, int]] = deque([(self._begin, 0)])
        self._latencies: deque[float] = deque(maxlen=1000)

    def say(self, sentence: str) -> None:
        """Tell something that matters now."""
        if self._json:
            print(json.dumps({"type": "note", "text": sentence}), flush=True)
        else:
            self._console.print(sentence, markup=False)

    async def watch(self, run: FleetRun) -> None:
        """Show progress until cancelled."""
        if self._json or not self._console.is_terminal:
            while True:
                await asyncio.sleep(PLAIN)
                self._show(run)
        with self._console.status("", spinner="dots") as status:
            while True:
                self._refresh(run, status)
                await asyncio.sleep(LIVE)

    def finish(self, run: FleetRun, outcome: str) -> None:
        """The final table."""
        told = self._figures(run)
        if self._json:
            print(json.dumps({"type": "summary", "outcome": outcome, **told}), flush=True)
            return
        table = Table(title=f"{run.config.run.name}: {outcome}", title_justify="left", show_header=False)
        for name, value in _rows(told, run):
            table.add_row(name, value)
        Console(highlight=False).print(table)

    def _figures(self, run: FleetRun) -> dict[str, Any]:
        now = time.monotonic()
        self._history.append((now, run.tally.settled))
        while len(self._history) > 2 and self._history[1][0] < now - WINDOW:
            self._history.popleft()
        self._latencies.extend(run.tally.latencies)
        run.tally.latencies.clear()
        return figures(run, now - self._begin, self._rate(), list(self._latencies))

    def _rate(self) -> float:
        (then, before), (now, after) = self._history[0], self._history[-1]
        return (after - before) / max(now - then, 1e-9)

    def _show(self, run: FleetRun) -> None:
        told = self._figures(run)
        if self._json:
            print(json.dumps({"type": "progress", **told}), flush=True)
        else:
            self._console.print(_line(told), markup=False)

    def _refresh(self, run: FleetRun, status: Status) -> None:
        status.update(_line(self._figures(run)).replace("[", r"\["))


def figures(run: FleetRun, seconds: float, rate: float, latencies: list[float]) -> dict[str, Any]:
    """What there is to tell, as JSON has it."""
    tally = run.tally
    return {
        "phase": run.phase,
        "simulated": moment(run.position),
        "messages": tally.generated,
        "accepted": tally.accepted,
        "duplicates": tally.duplicates,
        "rejected": tally.rejected,
        "undelivered": tally.undelivered,
        "held_back": run.held,
        "posts": tally.posts,
        "retries": tally.retries,
        "megabytes": round(tally.body_bytes / 1e6, 3),
        "post_p95_ms": round(1000 * _quantile(latencies, 0.95), 1),
        "late_ms": _spread(tally.lateness),
        "delivery_ms": _spread(tally.delivery),
        "faults": run.faults,
        "slipped_s": round(run.slipped, 1),
        "messages_per_s": round(rate, 1),
        "seconds": round(seconds, 2),
        "trouble": run.sink.trouble if run.sink else "",
    }


def moment(t: int) -> str:
    """Simulated ms UTC, to the second."""
    return datetime.fromtimestamp(t / 1000, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _spread(latencies: Latencies) -> dict[str, float]:
    return {f"p{share:g}": round(1000 * latencies.quantile(share / 100), 1) for share in (50, 95, 99)}


def _quantile(values: list[float], share: float) -> float:
    return sorted(values)[int(share * (len(values) - 1))] if values else 0.0


def _line(told: dict[str, Any]) -> str:
    parts = [
        f"{told['phase']} {told['simulated']}",
        f"{told['accepted'] + told['duplicates']:,} delivered",
        f"{told['messages_per_s']:,.0f}/s",
        f"{told['undelivered']:,} waiting",
        f"p95 {told['post_p95_ms']:g} ms",
    ]
    parts += [
        f"{told[key]:,} {key.replace('_', ' ')}"
        for key in ("duplicates", "rejected", "retries", "held_back")
        if told[key]
    ]
    parts += [f"slipped {told['slipped_s']:g} s"] if told["slipped_s"] else []
    parts += [told["trouble"]] if told["trouble"] else []
    return " · ".join(parts)


def _told(spread: dict[str, float]) -> str:
    return ", ".join(f"{share} {value:g}" for share, value in spread.items()) + " ms"


def _rows(told: dict[str, Any], run: FleetRun) -> list[tuple[str, str]]:
    rate = told["messages"] / max(told["seconds"], 1e-9)
    return [
        ("messages", f"{told['messages']:,}"),
        ("accepted", f"{told['accepted']:,}"),
        ("duplicates", f"{told['duplicates']:,}"),
        ("rejected", f"{told['rejected']:,}" + (f" → {run.rejects_path}" if told["rejected"] else "")),
        ("undelivered", f"{told['undelivered']:,}"),
        ("held back", f"{told['held_back']:,} by devices that are offline"),
        ("POSTs", f"{told['posts']:,}, p95 {told['post_p95_ms']:g} ms, {told['retries']:,} retries"),
        ("lateness", _told(told["late_ms"]) + " from when it was due to the queue"),
        ("delivery", _told(told["delivery_ms"]) + " from when it was due until it was taken"),
        ("faults", f"{told['faults']:,} → {run.truth_path}"),
        ("slipped", f"{told['slipped_s']:g} s of simulated time"),
        ("duration", f"{told['seconds']:g} s, {rate:,.0f} messages/s, until {told['simulated']}"),
    ]
