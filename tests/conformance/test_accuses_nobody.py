"""Servers that are correct and unusual are accused of nothing; at most they are given advice."""

import json
import subprocess
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import pytest

from conformance.requirements import REQUIREMENTS
from tests.conformance.manners import HEARTBEAT_SECONDS, Manners
from tests.conformance.odd_server import OddServer, target_of
from tests.conftest import EVENTBAHN

MINUTE = 60.0  # seconds

MOSTLY = 40  # rows that every one of them passes
AT_ONCE = 3  # each waits half of its time
SIGNAL = 'unknown = "signal", signal = { event = "lost" }'
COMMENT = ":" + "x" * 4096 + "{end}{end}"
BEATS = f'interval = "{HEARTBEAT_SECONDS}s"'
MANNERS = {
    "CRLF, no space after the colon": Manners(line_end="\r\n", space=""),
    "CR alone, and a bare comment line as heartbeat": Manners(line_end="\r", heartbeat=":{end}"),
    "a byte order mark first": Manners(first="\ufeff"),
    "a chunk a byte": Manners(piece=1),
    "events torn anywhere, the id last": Manners(piece=7, line_end="\r\n", order="event data id"),
    "data, id, type, and comments before, between and behind": Manners(
        order="data id event",
        before=(": sent by an odd server", ":"),
        after=(":and that is all",),
        between=": until next time{end}{end}",
    ),
    "fields without a colon, and three blank lines": Manners(bare=True, between="{end}{end}"),
    "HTTP/1.0, ended by closing, a big greeting": Manners(
        http="1.0",
        first=COMMENT + "event: hello{end}data: you{end}{end}",
        declared={"subscribe": 'greeting = [{ comment = true }, { event = "hello" }]'},
    ),
    "early hints, names in mixed case, fields that nobody knows": Manners(
        early="HTTP/1.1 103 Early Hints\r\nLink: </app.css>; rel=preload\r\n\r\n",
        head="cOnTeNt-TyPe:text/event-stream\r\nCACHE-CONTROL:no-cache,no-transform\r\n"
        "x-accel-buffering: no\r\nSet-Cookie: a=b\r\nset-cookie: c=d\r\nX-Nobody-Knows:\r\n",
    ),
    "retry in each event": Manners(before=("retry: 2500",)),
    "ids that jump": Manners(step=977),
    "ids with dots and slashes": Manners(id="shard-3/2026.11.{number}"),
    "a type on each event": Manners(kind="note"),
    "payloads as JSON": Manners(wrap="{json}", declared={"publish": 'unwrap = { kind = "json" }'}),
    "payloads in a field of JSON": Manners(
        wrap='{"v": 1, "text": {json}}',
        declared={"publish": 'unwrap = { kind = "json-field:/text" }'},
    ),
    "a head that is late, and in its budget": Manners(head_seconds=0.4),
    "events as heartbeats": Manners(
        heartbeat="event: beat{end}data{end}{end}", declared={"heartbeat": f'{BEATS}, kind = "event:beat"'}
    ),
    "heartbeats of an id alone, and a comment": Manners(
        heartbeat="id: {id}{end}{end}:{end}{end}", declared={"subscribe": "ignore = [{ id_only = true }]"}
    ),
    "everything at first": Manners(everything=True, declared={"cursor": f'{SIGNAL}, first = "all"'}),
    "a cursor of nobody's is refused": Manners(rejects=404, declared={"cursor": 'unknown = "reject"'}),
    "some events come twice": Manners(again=2, declared={"cursor": f'{SIGNAL}, delivery = "at-least-once"'}),
    "a cursor in the query": Manners(
        query="since", declared={"cursor": f'{SIGNAL}, header = false, query = "since"'}
    ),
    "no ids, no history": Manners(cursors=False, declared={"cursor": "supported = false"}),
    "ids of the publisher": Manners(
        declared={"cursor": f'{SIGNAL}, ids = "publisher"', "fields": "event = true, id = true"}
    ),
    "compressed where it may be, and flushed": Manners(gzip=True),
    "events are gathered for a moment": Manners(batch_seconds=0.03),
}
# What is legal and told all the same
ADVICE = {
    "CR alone, and a bare comment line as heartbeat": {
        "SSE-FRAME-012": "WARN: a line ends in CR alone: legal, but some clients wait for an LF (byte 0)"
    },
    "a byte order mark first": {
        "SSE-FRAME-005": "WARN: a byte order mark: some clients lose the first line with it (byte 0)"
    },
}
# What is done to each of these is done to no other: it takes long, and has little to do with how they write
HEAVY = {"SSE-FLOW-005", "SSE-FLOW-006", "SSE-FLOW-007", "SSE-FLOW-009", "SSE-FRAME-007"}
HEAVY |= {"SSE-DATA-008", "SSE-DATA-009", "SSE-REPLAY-003", "SSE-REPLAY-004", "SSE-REPLAY-005"}
WHOLE = ["CRLF, no space after the colon", "HTTP/1.0, ended by closing, a big greeting"]
ACCUSED = {"FAIL", "WARN", "FLAKY"}

Verdicts = dict[str, str]


def judged(name: str, folder: Path) -> Verdicts:
    """Row → verdict, of those that are held against it."""
    manners, rows = MANNERS[name], {*REQUIREMENTS} - (set() if name in WHOLE else HEAVY)
    result, target = folder / "result.json", folder / "odd.toml"
    folder.mkdir()
    with OddServer.started(manners) as server:
        target.write_text(target_of(server))
        run = subprocess.run(
            [*EVENTBAHN, "check", str(target), "--sse-json", str(result), "--sse-only", ",".join(rows)],
            capture_output=True,
            text=True,
            timeout=MINUTE,
            check=False,
        )
    assert result.exists(), run.stdout + run.stderr
    found = json.loads(result.read_text())["rows"]
    assert sum(row["verdict"] == "PASS" for row in found) >= MOSTLY
    return {row["id"]: f"{row['verdict']}: {row['observed']}" for row in found if row["verdict"] in ACCUSED}


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Future[Verdicts]]]:
    folder = tmp_path_factory.mktemp("odd")
    with ThreadPoolExecutor(AT_ONCE) as pool:
        yield {name: pool.submit(judged, name, folder / str(number)) for number, name in enumerate(MANNERS)}
        pool.shutdown(cancel_futures=True)


@pytest.mark.parametrize("name", MANNERS)
def test_an_unusual_server_is_accused_of_nothing(name: str, runs: dict[str, Future[Verdicts]]) -> None:
    assert runs[name].result() == ADVICE.get(name, {})
