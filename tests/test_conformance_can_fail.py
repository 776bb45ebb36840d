"""The kill matrix: each fault of the reference server fails the rows that it names, and no other.

Beside its own rows and those that they require, each fault is judged by a small base set. All rows against
all faults are left to `make soak`.
"""

import json
import os
import subprocess
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

import conformance
from conformance.cli import PYTEST
from conformance.reference import described
from conformance.requirements import REQUIREMENTS
from reference_server.faults import FAULTS
from tests.kill_matrix import OF_THE_ROAD

SUITE = Path(conformance.__file__).parent
AT_ONCE = 2  # the machine may have two cores
MINUTES = 120.0  # seconds, for one run
MORE_MINUTES = 420.0  # for one of slow rows
BASE = {"SSE-HTTP-001", "SSE-HTTP-002", "SSE-FRAME-001", "SSE-FRAME-004", "SSE-DATA-001"}
ALL: set[str] = set()
SLOW = {row for row in REQUIREMENTS if REQUIREMENTS[row].slow}
QUICK = [fault for fault in FAULTS if not SLOW & set(FAULTS[fault].caught_by)]  # the others: make soak
BETWEEN = {row for row in REQUIREMENTS if REQUIREMENTS[row].section in ("PROXY", "H2")}  # tests/proxies
LEFT_OUT = ("deselected", "needs-slow", "no-road", "no-http-2")
UNTOUCHED = {"PASS", "DEPENDENCY"}
PROMISED = {  # no MUST, but our target file declares it
    *("SSE-HTTP-012", "SSE-ID-008", "SSE-REPLAY-006", "SSE-REPLAY-007", "SSE-REPLAY-008"),
    *("SSE-BEAT-001", "SSE-BEAT-002", "SSE-BEAT-005", "SSE-FLOW-006", "SSE-CONN-007", "SSE-CONN-008"),
}

Verdicts = dict[str, str]


def verdicts(folder: Path, fault: str | None, rows: set[str]) -> Verdicts:
    """Row → verdict, of a run of the suite against a server with this fault; of the rows that were run."""
    flags = ["--fault", fault] if fault else []
    slow = ["--sse-slow"] if fault in {*FAULTS} - {*QUICK} else []
    with TemporaryDirectory(dir=folder) as scratch:
        target, promised = described(Path(scratch), *flags)
        result = folder / f"{fault}-{len(rows)}.json"
        options = ["--allow-exec", "--sse-json", str(result), "--sse-only", ",".join(sorted(rows)), *slow]
        run = subprocess.run(
            [*PYTEST, str(SUITE), "--sse-target", str(target), *options],
            env={**os.environ, **promised, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"},
            capture_output=True,
            text=True,
            timeout=MORE_MINUTES if slow else MINUTES,
            check=False,
        )
    assert result.exists(), run.stdout + run.stderr
    judged = json.loads(result.read_text(encoding="utf-8"))["rows"]
    return {row["id"]: row["verdict"] for row in judged if not row["reason"].startswith(LEFT_OUT)}


def rows_for(fault: str) -> set[str]:
    """Those that the fault names, what they require, and the base set."""
    named = set(FAULTS[fault].caught_by)
    return BASE | named | {row for name in named for row in REQUIREMENTS[name].requires}


def killed(judged: Verdicts) -> set[str]:
    return {row for row, verdict in judged.items() if verdict not in UNTOUCHED}


def expected(fault: str) -> Verdicts:
    """FAIL, or WARN where the row is no MUST and the target promised nothing of the kind."""
    must = {row for row in REQUIREMENTS if REQUIREMENTS[row].level == "MUST"} | PROMISED
    return {row: "FAIL" if row in must else "WARN" for row in FAULTS[fault].caught_by}


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Future[Verdicts]]]:
    """All faults, a few at once, in the order of their tests."""
    folder = tmp_path_factory.mktemp("results")
    with ThreadPoolExecutor(AT_ONCE) as pool:
        yield {fault: pool.submit(verdicts, folder, fault, rows_for(fault)) for fault in QUICK}
        pool.shutdown(cancel_futures=True)


def test_the_clean_server_passes_every_row(tmp_path: Path) -> None:
    judged = verdicts(tmp_path, None, ALL)

    assert judged == {row: "PASS" for row in REQUIREMENTS if row not in SLOW | BETWEEN}


@pytest.mark.parametrize("fault", QUICK)
def test_a_fault_fails_the_rows_that_it_names_and_no_other(
    fault: str, runs: dict[str, Future[Verdicts]]
) -> None:
    judged = runs[fault].result()

    assert {row: judged[row] for row in killed(judged)} == expected(fault)


def test_every_row_has_a_fault_that_fails_it() -> None:
    caught = {row for fault in (*FAULTS.values(), *OF_THE_ROAD.values()) for row in fault.caught_by}

    assert caught == set(REQUIREMENTS)


@pytest.mark.soak
@pytest.mark.timeout(MORE_MINUTES)
@pytest.mark.parametrize("fault", FAULTS)
def test_no_fault_fails_an_unrelated_row(fault: str, tmp_path: Path) -> None:
    judged = verdicts(tmp_path, fault, ALL if fault in QUICK else rows_for(fault))

    assert {row: judged[row] for row in killed(judged)} == expected(fault)
