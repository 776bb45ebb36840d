"""The summary, as it reads on a terminal."""

import io
from pathlib import Path
from typing import Any

from rich.console import Console

from loadtests._summary import summarize

LATENCY = {"p50_us": 900, "p90_us": 12_340, "p99_us": 99_999, "p999_us": 1_500_000, "max_us": 2_000_000}
QUIET = {"resume": {"cut": 0}, "churn": {"left": 0}, "answers": {"5xx": 0}}
NONE = {"drain": {"n": 0}}
DOCUMENT: dict[str, Any] = {
    "run": {"scenario": "fanout", "target": "http://127.0.0.1:8000"},
    "phases": [
        {
            "name": "1000",
            "subs": 1000,
            "deliveries_s": 9_998.7,
            "metrics": {"deliver": LATENCY, "last_subscriber": LATENCY, "deliver_xdom": {"n": 0}, **NONE},
            "loss": {"expected": 300_000, "lost": 14},
            **QUIET,
        },
        {
            "name": "2000",
            "subs": 2000,
            "deliveries_s": None,
            "metrics": {
                "deliver": dict.fromkeys(LATENCY),
                "last_subscriber": dict.fromkeys(LATENCY),
                "deliver_xdom": {**LATENCY, "n": 5},
                "last_subscriber_xdom": LATENCY,
                **NONE,
            },
            "loss": {"expected": 0, "lost": 0},
            **QUIET,
        },
    ],
    "clocks": {"domains": 2, "bound_us": 277},
    "slo": [
        {"expr": "deliver.p99<=250ms", "value_us": 99_999, "ok": True},
        {"expr": "loss.lost==0", "value": 14, "ok": False},
        {"expr": "phase[2000].deliver.p99<=1s", "value_us": None, "ok": False},
    ],
    "errors": {"stream: eof": 3, "publish: [nasty]": 40},
    "invalid": ["stopped before the plan was through"],
}


def shown(path: Path | None) -> list[str]:
    text = io.StringIO()
    summarize(DOCUMENT, path, Console(file=text, width=80))
    return [" ".join(line.split()) for line in text.getvalue().splitlines() if line.strip(" ─")]


def test_everything_that_matters_is_said() -> None:
    assert shown(Path("results/r.json")) == [
        "fanout against http://127.0.0.1:8000: milliseconds from due time to arrival",
        "subs events/s p50 p90 p99 p99.9 max last p99 lost of",
        "1,000 9,999 0.9 12.3 100.0 1,500.0 2,000.0 100.0 14 300,000",
        "2,000 – – – – – – – 0 0",
        "2000 across clocks (± 0.3 each): p50 0.9, p90 12.3, p99 100.0, p99.9 1,500.0,",
        "max 2,000.0, last p99 100.0",
        "ok deliver.p99<=250ms: 100.0 ms",
        "FAIL loss.lost==0: 14",
        "FAIL phase[2000].deliver.p99<=1s: never measured",
        "40 × publish: [nasty]",
        "3 × stream: eof",
        "INVALID stopped before the plan was through",
        "result: results/r.json",
    ]


def test_a_file_that_was_not_written_is_owned_up_to() -> None:
    assert shown(None)[-1] == "the result file was not written"
