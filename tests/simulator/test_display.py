"""What people and programs see of a run: lines, tables and JSON, and the figures in them."""

import asyncio
import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from simulator import display
from simulator.display import Display, lines_of
from simulator.figures import Gauge
from simulator.sink import Sink
from simulator.tally import Tally


@dataclass
class Run:
    """A run that stands still."""

    name: str = "office"
    phase: str = "live"
    position: int = 1_772_434_800_000
    share: float | None = 0.25
    slipped: float = 0.0
    held: int = 0
    faults: int = 0
    tally: Tally = field(default_factory=Tally)
    sink: Sink | None = None
    truth_path: Path | None = Path("results/office.truth.csv")
    rejects_path: Path = Path("results/office.rejected.ndjson")


def busy() -> Run:
    run = Run(slipped=12.5, held=3, faults=7)
    run.tally.generated, run.tally.accepted, run.tally.duplicates = 1_300, 1_200, 30
    run.tally.rejected, run.tally.late, run.tally.posts, run.tally.retries = 2, 40, 9, 4
    run.tally.answers.update({200: 5, 204: 1, 302: 1, 413: 1, 429: 2, 503: 3})
    run.tally.latencies += [0.010] * 95 + [0.5] * 5
    run.tally.lateness.add(np.array([0.001, 0.002]))
    run.tally.delivery.add(np.array([0.02, 0.04]))
    return run


def test_a_line_tells_where_a_run_is_and_how_it_gets_on() -> None:
    where, how = lines_of(Gauge(busy()).figures())

    assert where == (
        "live 2026-03-02T07:00:00Z (25%) · lag 12.5 s · "
        "1,230 delivered, 30 dup, 40 late, 3 held back, 2 refused, 7 faults"
    )
    assert how.endswith("0 of 0 in flight, 0 queued · p95 10 ms · 2xx: 6 3xx: 1 4xx: 1 429: 2 5xx: 3")


def test_a_quiet_run_has_a_short_line() -> None:
    where, how = lines_of(Gauge(Run(share=None)).figures())

    assert where == "live 2026-03-02T07:00:00Z · no lag · 0 delivered"
    assert how == "0/s, 0 MB/s · 0 of 0 in flight, 0 queued · p95 0 ms · 2xx: 0"


def test_a_rate_is_of_the_last_seconds(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [100.0]
    monkeypatch.setattr("simulator.figures.time.monotonic", lambda: now[0])
    run = Run()
    gauge = Gauge(run)
    rates = []
    for accepted, size in ((1000, 100_000), (2000, 200_000), *((2000, 200_000),) * 6):
        now[0] += 1
        run.tally.accepted, run.tally.body_bytes = accepted, size
        told = gauge.figures()
        rates.append((told["messages_per_s"], told["megabytes_per_s"]))

    assert rates[:2] == [(1000, 0.1), (1000, 0.1)]
    assert rates[-1] == (0, 0)


def test_the_table_has_what_happened(capsys: pytest.CaptureFixture[str]) -> None:
    Display(as_json=False).finish(busy(), "interrupted")
    out = " ".join(capsys.readouterr().out.split())

    for told in (
        "office: interrupted",
        "│ messages │ 1,300, 40 of them late",
        "│ rejected │ 2 → results/office.rejected.ndjson",
        "│ held back │ 3 by devices that are offline",
        "│ POSTs │ 9 (6 × 2xx, 1 × 3xx, 1 × 4xx, 2 × 429, 3 × 5xx), p95 10 ms",
        "│ retries │ 4",
        "│ faults │ 7 → results/office.truth.csv",
        "│ slipped │ 12.5 s of simulated time",
    ):
        assert told in out


def test_json_is_one_object_a_line(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(display, "PLAIN", 0.001)
    shown, run = Display(as_json=True), busy()

    async def look() -> None:
        watching = asyncio.create_task(shown.watch(run))
        await asyncio.sleep(0.05)
        watching.cancel()

    shown.say("begun")
    asyncio.run(look())
    shown.finish(run, "all delivered")
    said = capsys.readouterr()
    lines: list[dict[str, Any]] = [json.loads(line) for line in said.out.splitlines()]

    assert said.err == ""
    assert lines[0] == {"type": "note", "text": "begun"}
    assert lines[1]["type"] == "progress"
    assert lines[-1]["type"] == "summary"
    assert lines[-1]["outcome"] == "all delivered"
    assert {
        key: lines[-1][key] for key in ("answers_429", "answers_5xx", "late", "held_back", "slipped_s")
    } == {
        "answers_429": 2,
        "answers_5xx": 3,
        "late": 40,
        "held_back": 3,
        "slipped_s": 12.5,
    }


def test_without_a_terminal_there_are_plain_lines(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(display, "PLAIN", 0.001)
    shown = Display(as_json=False)

    async def look() -> None:
        watching = asyncio.create_task(shown.watch(Run()))
        await asyncio.sleep(0.05)
        watching.cancel()

    asyncio.run(look())
    said = capsys.readouterr()

    assert said.out == ""
    assert said.err.splitlines()[0].startswith("live 2026-03-02T07:00:00Z (25%) · no lag · 0 delivered · 0/s")


def test_what_is_wrong_with_a_wish_is_on_stderr_even_beside_json(capsys: pytest.CaptureFixture[str]) -> None:
    Display(as_json=True).complain("stdin, line 1: no [such] fault")

    assert capsys.readouterr() == ("", "stdin, line 1: no [such] fault\n")
