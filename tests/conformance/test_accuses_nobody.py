"""Servers that are correct and unusual are accused of nothing; at most they are given advice."""

import json
import subprocess
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.conformance.odd_server import Manners, OddServer, target_of
from tests.conftest import EVENTBAHN

MINUTE = 60.0  # seconds

AT_ONCE = 2
BIG = ":" + "x" * 4096 + "{end}{end}event: hello{end}data: you{end}{end}"
MANNERS = {
    "CRLF, no space after the colon": Manners(line_end="\r\n", space=""),
    "CR alone, and a bare comment line as heartbeat": Manners(line_end="\r", heartbeat=":{end}"),
    "a chunk a byte": Manners(piece=1),
    "events torn anywhere, the id last": Manners(piece=7, line_end="\r\n", id_last=True),
    "HTTP/1.0, ended by closing, a big greeting": Manners(http="1.0", greeting=BIG),
    "a comment in each event": Manners(padding=": sent by an odd server"),
}
# What is legal and told all the same
ADVICE = {
    "CR alone, and a bare comment line as heartbeat": {
        "SSE-FRAME-012": "WARN: a line ends in CR alone: legal, but some clients wait for an LF (byte 0)"
    }
}
FINE = {"PASS", "INFO", "N/A"}

Verdicts = dict[str, str]


def judged(manners: Manners, folder: Path) -> Verdicts:
    """Row → verdict, of those that did not pass, though they could have."""
    result, target = folder / "result.json", folder / "odd.toml"
    folder.mkdir()
    with OddServer.started(manners) as server:
        target.write_text(target_of(server))
        run = subprocess.run(
            [*EVENTBAHN, "check", str(target), "--sse-json", str(result)],
            capture_output=True,
            text=True,
            timeout=MINUTE,
            check=False,
        )
    assert result.exists(), run.stdout + run.stderr
    rows = json.loads(result.read_text())["rows"]
    judged = [row for row in rows if not row["reason"].startswith("needs-slow")]
    return {row["id"]: f"{row['verdict']}: {row['observed']}" for row in judged if row["verdict"] not in FINE}


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Future[Verdicts]]]:
    folder = tmp_path_factory.mktemp("odd")
    with ThreadPoolExecutor(AT_ONCE) as pool:
        yield {
            name: pool.submit(judged, manners, folder / str(number))
            for number, (name, manners) in enumerate(MANNERS.items())
        }
        pool.shutdown(cancel_futures=True)


@pytest.mark.parametrize("name", MANNERS)
def test_an_unusual_server_is_accused_of_nothing(name: str, runs: dict[str, Future[Verdicts]]) -> None:
    assert runs[name].result() == ADVICE.get(name, {})
