"""The checks of connections judge literal captures: what fails, and the unusual that must not."""

from dataclasses import replace

import pytest

from conformance.captures.capacity import Capacity
from conformance.captures.churn import HALF, Churn, Vitals
from conformance.captures.release import CAP, DESCRIPTORS, FIN, METRIC, RESET, UNREAD, Release
from conformance.captures.restart import Restart, Return, Shutdown
from conformance.checks import test_conn, test_http, test_id
from conformance.process import Stopped
from conformance.reading import Reading
from conformance.target import Target, loads
from conformance.verdict import Unjudged, Verdict
from tests.conformance.test_reading import CLOSED, reading

OK = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"
EVENT = b"9\r\ndata: x\n\n\r\n"
ZERO = b"0\r\n\r\n"
TOLD = Stopped("SIGTERM", at=0.0, seconds=0.2, end="exit code 0")
MIB = 2**20


def target(volatile: str = "", cursor: str = 'unknown = "signal"\nsignal = { event = "reset" }') -> Target:
    return loads(
        f"""
        schema = 1
        target = {{ name = "x", base_url = "http://127.0.0.1:1" }}
        subscribe = {{ path = "/" }}
        [process]
        start = ["x"]
        ready = {{ tcp = "127.0.0.1:1" }}
        {volatile}
        [cursor]
        {cursor}
        """,
        {},
    )


def cut(*pieces: bytes) -> Reading:
    """A stream that the server has ended."""
    return Reading.of(replace(reading(*pieces).transcript, end="eof"))


@pytest.mark.parametrize(
    ("by", "kept", "expected"),
    [
        (METRIC, 0, "PASS"),
        (CAP, 0, "PASS"),
        (DESCRIPTORS, 0, "INFO"),
        (METRIC, 1, "FAIL"),
        (DESCRIPTORS, 5, "FAIL"),
    ],
)
def test_what_is_held_still_is_a_leak(by: str, kept: int, expected: str) -> None:
    gone = Release(5, 0, 0.1, by)
    held = Release(5, kept, 2.0, by)

    assert test_conn.test_released_after_a_fin({FIN: held, RESET: gone, UNREAD: gone}).verdict == expected
    for way in (RESET, UNREAD):
        ways = {FIN: gone, RESET: gone, UNREAD: gone, way: held}
        assert test_conn.test_released_after_a_reset_or_a_drop(ways).verdict == expected


BEFORE = Vitals(head=0.002, connections=1, descriptors=20, memory=50 * MIB)


@pytest.mark.parametrize(
    ("found", "expected"),
    {
        "nothing grew": (Churn(BEFORE, 50 * MIB, BEFORE, 0, 1.0), "PASS"),
        "nothing can be seen": (
            Churn(Vitals(0.002, None, None, None), None, Vitals(0.002, None, None, None), 0, 1.0),
            "PASS",
        ),
        "a heap that grew once": (
            Churn(BEFORE, 300 * MIB, replace(BEFORE, memory=301 * MIB), 0, 1.0),
            "PASS",
        ),
        "a heap that grew late": (Churn(BEFORE, 51 * MIB, replace(BEFORE, memory=300 * MIB), 0, 1.0), "PASS"),
        "a heap that shrank": (Churn(BEFORE, 90 * MIB, replace(BEFORE, memory=40 * MIB), 0, 1.0), "PASS"),
        "a heap that grows": (
            Churn(BEFORE, 50 * MIB + HALF * 20_000, replace(BEFORE, memory=50 * MIB + HALF * 40_000), 0, 1.0),
            "FAIL",
        ),
        "a heap that settled at last": (
            Churn(BEFORE, 60 * MIB, replace(BEFORE, memory=70 * MIB), 0, 1.0, further=(80 * MIB, 81 * MIB)),
            "PASS",
        ),
        "a few descriptors": (Churn(BEFORE, 50 * MIB, replace(BEFORE, descriptors=30), 0, 1.0), "PASS"),
        "many descriptors": (Churn(BEFORE, 50 * MIB, replace(BEFORE, descriptors=31), 0, 1.0), "FAIL"),
        "open streams": (Churn(BEFORE, 50 * MIB, replace(BEFORE, connections=200), 0, 1.0), "FAIL"),
        "somewhat slower": (Churn(BEFORE, 50 * MIB, replace(BEFORE, head=0.05), 0, 1.0), "PASS"),
        "much slower": (Churn(BEFORE, 50 * MIB, replace(BEFORE, head=0.5), 0, 1.0), "FAIL"),
        "refused": (Churn(BEFORE, 50 * MIB, BEFORE, 3, 1.0), "FAIL"),
    }.values(),
)
def test_traces_of_a_thousand_readers(found: Churn, expected: str) -> None:
    assert test_conn.test_churn_leaves_no_trace(found).verdict == expected


@pytest.mark.parametrize(
    ("stopped", "expected"),
    {
        "in time": (TOLD, "PASS"),
        "by the signal itself": (replace(TOLD, end="SIGTERM"), "PASS"),
        "late": (replace(TOLD, late=True, end="SIGKILL"), "FAIL"),
        "dead before": (replace(TOLD, died="it died"), "FAIL"),
    }.values(),
)
def test_an_end_within_the_grace(stopped: Stopped, expected: str) -> None:
    story = Shutdown(stopped, (cut(OK, ZERO),), late=0, published=5)

    assert test_conn.test_ends_when_told_to(story, target()).verdict == expected


@pytest.mark.parametrize(
    ("pieces", "expected"),
    {
        "the last chunk": ((OK, EVENT, ZERO), "PASS"),
        "no event at all": ((OK, ZERO), "PASS"),
        "the end of a response without length": ((CLOSED, b"data: x\n\n"), "PASS"),
        "a comment without a blank line": ((OK, b"6\r\n: bye\n\r\n", ZERO), "PASS"),
        "no last chunk": ((OK, EVENT), "FAIL"),
        "half an event": ((OK, b"8\r\ndata: x\n\r\n", ZERO), "FAIL"),
        "half a line": ((OK, b"3\r\ndat\r\n", ZERO), "FAIL"),
        "half a line, and no length": ((CLOSED, b"data: x\n\nda"), "FAIL"),
        "half a chunk": ((OK, b"9\r\ndata"), "FAIL"),
    }.values(),
)
def test_the_end_of_a_stream(pieces: tuple[bytes, ...], expected: str) -> None:
    story = Shutdown(TOLD, (cut(OK, EVENT, ZERO), cut(*pieces)), late=0, published=5)

    assert test_conn.test_streams_end_at_a_border(story).verdict == expected


def test_the_streams_of_a_killed_server_say_nothing() -> None:
    story = Shutdown(replace(TOLD, late=True), (cut(OK, EVENT),), late=1, published=5)

    with pytest.raises(Unjudged, match="SSE-CONN-005"):
        test_conn.test_streams_end_at_a_border(story)


def test_a_server_that_had_died_has_no_streams_to_look_at() -> None:
    story = Shutdown(replace(TOLD, died="it died"), (), late=0, published=0)

    assert test_conn.test_streams_end_at_a_border(story).verdict == Verdict.INCONCLUSIVE


OWED = ("41.", "42.", "load.")
RESET_EVENT = b"event: reset\ndata: gone\n\n"


def returned(texts: tuple[str, ...] = OWED, *, body: bytes = b"", head: bytes = CLOSED) -> Return:
    return Return("e-40", reading(head + body), OWED, texts)


def story(left: Return, stayed: Return | None = None, after: str = "e-99") -> Restart:
    return Restart(
        TOLD, left, stayed or Return("e-42", left.reading, (), ()), {"40.": "e-40"}, {"new.": after}
    )


@pytest.mark.parametrize(
    ("volatile", "left", "expected"),
    {
        "all came": ("", returned(), "PASS"),
        "all came, though nobody promised": ("volatile = true", returned(), "PASS"),
        "gone, and told": ("volatile = true", returned((), body=RESET_EVENT), "PASS"),
        "gone, and told, nothing declared": ("", returned((), body=RESET_EVENT), "PASS"),
        "gone, and refused": ("", returned((), head=b"HTTP/1.1 410 Gone\r\n\r\n"), "PASS"),
        "gone in silence": ("volatile = true", returned(()), "FAIL"),
        "one gone in silence": ("", returned(("41.", "load.")), "FAIL"),
        "gone, and told, but durable": ("volatile = false", returned((), body=RESET_EVENT), "FAIL"),
        "a server error": ("", returned((), head=b"HTTP/1.1 500 Oops\r\n\r\n"), "FAIL"),
    }.values(),
)
def test_what_a_restart_may_lose(volatile: str, left: Return, expected: str) -> None:
    judgement = test_conn.test_nothing_is_lost_over_a_restart(story(left), target(volatile))

    assert judgement.verdict == expected
    assert judgement.declared is (volatile == "volatile = false" and expected == "FAIL")


def test_what_was_accepted_during_the_stop_is_owed_to_who_stayed() -> None:
    stayed = Return("e-42", reading(CLOSED), ("load.",), ())

    judgement = test_conn.test_nothing_is_lost_over_a_restart(story(returned(), stayed), target())

    assert judgement.verdict == Verdict.FAIL
    assert "who stayed: 1 of 1 event did not come, and nothing told it so" in judgement.observed


@pytest.mark.parametrize(
    ("found", "expected"),
    {
        "new ids, all came": (story(returned()), "PASS"),
        "new ids, told of a gap": (story(returned((), body=RESET_EVENT)), "PASS"),
        "silence": (story(returned(())), "FAIL"),
        "an id with another meaning": (story(returned(), after="e-40"), "FAIL"),
        "nothing after the restart": (replace(story(returned()), ids_after={}), "INCONCLUSIVE"),
        "no ids at all": (replace(story(returned()), ids_before={"40.": ""}, ids_after={"new.": ""}), "PASS"),
    }.values(),
)
def test_ids_after_a_restart(found: Restart, expected: str) -> None:
    assert test_id.test_ids_after_a_restart(found, target()).verdict == expected


def test_a_loss_is_not_told_twice_where_ids_have_lost_their_meaning() -> None:
    with pytest.raises(Unjudged, match="SSE-ID-009"):
        test_conn.test_nothing_is_lost_over_a_restart(story(returned(()), after="e-40"), target())


BUSY = b"HTTP/1.1 503 Busy\r\nRetry-After: 5\r\nContent-Length: 0\r\n\r\n"


def full(**changes: object) -> Capacity:
    usual = Capacity(10, 10, reading(BUSY), (), published=True, returned=reading(CLOSED), seconds=0.1)
    return replace(usual, **changes)  # type: ignore[arg-type] # a test's own tables


@pytest.mark.parametrize(
    ("found", "expected"),
    {
        "refused, and back": (full(), "PASS"),
        "nothing could be published": (full(published=False), "PASS"),
        "one too many": (full(newcomer=reading(OK)), "FAIL"),
        "one thrown out": (full(harmed=(reading(CLOSED),)), "FAIL"),
        "no way back": (full(returned=None, seconds=2.0), "FAIL"),
        "never full": (full(newcomer=None), "INCONCLUSIVE"),
    }.values(),
)
def test_a_cap(found: Capacity, expected: str) -> None:
    assert test_conn.test_the_cap_harms_nobody(found).verdict == expected


@pytest.mark.parametrize(
    ("answer", "expected"),
    {
        "503": (BUSY, "PASS"),
        "429, until a date": (
            b"HTTP/1.1 429 Slow\r\nRetry-After: Fri, 31 Dec 1999 23:59:59 GMT\r\nContent-Length: 0\r\n\r\n",
            "PASS",
        ),
        "no time": (b"HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n", "FAIL"),
        "no number": (b"HTTP/1.1 503 Busy\r\nRetry-After: soon\r\nContent-Length: 0\r\n\r\n", "FAIL"),
        "another status": (b"HTTP/1.1 500 Oops\r\nRetry-After: 5\r\nContent-Length: 0\r\n\r\n", "FAIL"),
        "no answer": (b"", "FAIL"),
    }.values(),
)
def test_a_refusal_for_load(answer: bytes, expected: str) -> None:
    found = full(newcomer=cut(*filter(None, [answer])))

    assert test_http.test_refused_for_load(found).verdict == expected
