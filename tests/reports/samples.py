"""Small result files, written by hand from the schemas; every figure in them is one that a test can name."""

import json
from pathlib import Path
from typing import Any

from reports.load import decode
from reports.load_schema import Load
from reports.schemas import Conformance, Fleet, Result
from reports.sides import Loaded

Json = dict[str, Any]


def row(id: str, verdict: str, **more: Any) -> Json:  # noqa: A002 - the key's own name
    return {
        "id": id,
        "path": "direct",
        "section": [*id.split("-"), "other"][1],
        "title": f"Title of {id}",
        "level": "MUST",
        "priority": "P1",
        "verdict": verdict,
        "reason": None,
        "clause": "HTML 9.2.6",
        "url": "https://html.spec.whatwg.org/multipage/server-sent-events.html",
        "why": "",
        "fix": "",
        "expected": "",
        "observed": "",
        "evidence": "",
        "reproduce": "",
        "arrivals": [],
        "seconds": 0.25,
        **more,
    }


FAILED = row(
    "SSE-INJ-003",
    "FAIL",
    expected="one event whose data is 'a\\nb'",
    observed="two events",
    evidence=r"data: a\rdata: forged\r\n\r\n",
    why="Whoever publishes a value can forge an event.",
    fix="Split data at CRLF, CR and LF.",
    reproduce="curl -sN http://127.0.0.1:8123/events",
    arrivals=[[0.01, 120], [0.5, 30], [2.0, 31]],
)


def conformance(*rows: Json, **changes: Any) -> Json:
    """A result of the suite; by default one row each that passed, failed, warned, and could not be judged."""
    shown = list(rows) or [
        row("SSE-HTTP-001", "PASS", evidence=r"HTTP/1.1 200 OK\r\n"),
        FAILED,
        row("SSE-FLOW-001", "WARN", level="SHOULD"),
        row("SSE-CORS-001", "N/A", reason="declared-absent"),
        row("SSE-BEAT-002", "SKIP", reason="needs-slow"),
    ]
    verdicts = [each["verdict"] for each in shown]
    return {
        "portability": [
            {
                "client": "sse-client",
                "version": "1.2",
                "streams": 3,
                "events": 7,
                "differing": 1,
                "stream": "a stream",
                "standard": 'message "y"',
                "heard": "no event",
                "evidence": r": ping\n\ndata: y\n\n",
            },
            {"client": "absent", "version": "", "streams": 0, "events": 0, "differing": 0},
        ],
        "schema": "eventbahn-conformance/1",
        "target": {"name": "fixture", "url": "http://127.0.0.1:8123", "version": "1.2"},
        "started": "2026-11-25T18:20:03Z",
        "seed": 17,
        "versions": {"eventbahn": "0.1.0", "python": "3.11.7"},
        "rows": shown,
        "summary": {"counts": {verdict: verdicts.count(verdict) for verdict in verdicts}, "coverage": 0.75},
        "exit_code": 1 if "FAIL" in verdicts else 0,
        **changes,
    }


# Nine deliveries at 1 ms and one at 9 ms; ten events that reached their last subscriber after 2 to 11 ms.
DELIVER = [[1000, 9], [9000, 1]]
LAST = [[1000 * ms, 1] for ms in range(2, 12)]


def phase(number: int, subs: int, **changes: Any) -> Json:
    return {
        "id": number,
        "name": str(subs),
        "subs": subs,
        "t": [10.0 * number, 10.0 * number + 10],
        "judged": [10.0 * number + 4, 10.0 * number + 10],
        "offered_pub_s": 10,
        "achieved_pub_s": 9.9,
        "deliveries_s": 9.9 * min(subs, 10**6),
        "metrics": {"deliver": {"n": 10, "max_us": 9100}, "last_subscriber": {"n": 10, "max_us": 11050}},
        "loss": {"expected": 10, "lost": 0, "silent": 0, "announced": 0, "dup": 0, "late": 0, "history": 0},
        **changes,
    }


def load(*phases: Json, **changes: Any) -> Json:
    """A load result; by default two levels of subscribers and one promise that was kept."""
    shown = list(phases) or [phase(0, 100), phase(1, 1000)]
    return {
        "schema": "eventbahn-load/1",
        "run": {
            "id": "r1",
            "scenario": "fanout",
            "started": "2026-11-25T18:30:00Z",
            "duration_s": 20.0,
            "seed": 1,
            "git": "abc123",
            "target": "http://127.0.0.1:8000",
            "args": {"levels": [100, 1000]},
        },
        "env": {"host": "track", "cpus": 2, "kts": True},
        "workers": [{"id": "w0", "index": 0, "reported": True}],
        "phases": shown,
        "hist": {
            "unit": "us",
            "bits": 7,
            "phases": {str(each["id"]): {"deliver": DELIVER, "last_subscriber": LAST} for each in shown},
        },
        "series": {"step_s": 1, "t": [0, 5, 19], "deliveries": [0, 5, 10], "lost": [0, 0, 2]},
        "slo": [{"expr": "deliver.p99<=250ms", "value_us": 9000, "ok": True}],
        "invalid": [],
        "exit_code": 0,
        "errors": {},
        **changes,
    }


def delivery(**changes: Any) -> Json:
    return {"expected": 100, "seen": 100, "missing": 0, "duplicates": 0, "ok": True, **changes}


def fleet(**changes: Any) -> Json:
    return {
        "schema": "eventbahn-fleet/1",
        "started": "2026-11-25T18:40:00Z",
        "url": "http://127.0.0.1:8000",
        "truth": "truth.jsonl",
        "devices": {"office-1": delivery()},
        "exit_code": 0,
        **changes,
    }


def a_conformance(*rows: Json, **changes: Any) -> Conformance:
    found = decode(json.dumps(conformance(*rows, **changes)).encode())
    assert isinstance(found, Conformance)
    return found


def a_load(*phases: Json, **changes: Any) -> Load:
    found = decode(json.dumps(load(*phases, **changes)).encode())
    assert isinstance(found, Load)
    return found


def a_fleet(**changes: Any) -> Fleet:
    found = decode(json.dumps(fleet(**changes)).encode())
    assert isinstance(found, Fleet)
    return found


def loaded(*results: Result) -> list[Loaded]:
    """Results as they come from files."""
    return [Loaded(f"{number}.json", result) for number, result in enumerate(results, 1)]


def put(folder: Path, name: str, result: Json) -> Path:
    """A result as a file."""
    path = folder / name
    path.write_text(json.dumps(result))
    return path
