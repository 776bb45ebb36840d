"""DATA checks on recorded captures: what is held against a server, and what is not."""

from collections.abc import Callable

import pytest

from conformance.captures.burst import Burst
from conformance.captures.channel import Cursor
from conformance.captures.large import Large
from conformance.captures.unencodable import Attempt
from conformance.checks import test_data
from conformance.publishers.publisher import Receipt
from conformance.target import Target, loads
from conformance.target.request import Request
from conformance.verdict import Judgement
from tests.conformance.test_reading import CLOSED, reading

STREAM = reading(CLOSED, b"data: x\n\n")
SENT = Request("POST", "http://x/publish")
TEXTS = tuple(f"burst-{number}." for number in range(30))


def target(delivery: str = "exactly-once") -> Target:
    text = f"""
        schema = 1
        target = {{ name = "t", base_url = "http://127.0.0.1:1" }}
        subscribe = {{ path = "/" }}
        cursor = {{ header = true, delivery = "{delivery}" }}
    """
    return loads(text, {})


def large(text: str, *came: str | None, after: bool = True, refused: str = "") -> Large:
    return Large("one line", text, refused, came, after, STREAM, 0)


@pytest.mark.parametrize(
    ("one", "verdict", "words"),
    {
        "intact": (large("xyz", "xyz"), "PASS", "3 characters in one line came intact"),
        "beside a heartbeat": (large("xyz", "beat", "xyz"), "PASS", "intact"),
        "larger ones refused": (large("xyz", "xyz", refused="9 bytes were refused (413)"), "PASS", "413"),
        "cut": (
            large("xyz", "xy"),
            "FAIL",
            "1 event came, the first of 2 characters, other ones from number 2 on",
        ),
        "changed": (large("xyz", "xYz"), "FAIL", "from number 1 on"),
        "in pieces": (large("xyz", "x", "yz"), "FAIL", "2 events came, the first of 1 characters"),
        "unreadable": (large("xyz", None), "FAIL", "the first of 0 characters"),
        "lost": (large("xyz"), "FAIL", "it never came: the stream went on"),
        "lost, and all after it": (large("xyz", after=False), "FAIL", "it never came: so did what followed"),
    }.values(),
    ids=lambda value: None if isinstance(value, Large) else str(value),
)
def test_large_events(one: Large, verdict: str, words: str) -> None:
    found = test_data.test_large_events([one])

    assert (found.verdict, words in found.observed) == (verdict, True), found.observed


def burst(*came: str, texts: tuple[str, ...] = TEXTS, end: str = "") -> Burst:
    body = "".join(f"data: {text}\n\n" for text in came).encode()
    places = tuple(body.find(text.encode()) for text in came)
    return Burst(texts, 1.0, Cursor("", reading(CLOSED, body), came, ("",) * len(came), places), end)


SWAPPED = (*TEXTS[:10], TEXTS[11], TEXTS[10], *TEXTS[12:])
MISSING = TEXTS[:10] + TEXTS[11:]
TWICE = (*TEXTS, TEXTS[3])


@pytest.mark.parametrize(
    ("came", "delivery", "verdict", "words"),
    {
        "all": (TEXTS, "exactly-once", "PASS", "30 events in 1.0 s, 30 came, in order"),
        "one missing": (
            MISSING,
            "exactly-once",
            "FAIL",
            '1 did not come as events of their own, "burst-10."',
        ),
        "one missing, as declared": (MISSING, "at-most-once", "PASS", "29 came, in order"),
        "two swapped": (SWAPPED, "exactly-once", "FAIL", '"burst-11." came out of turn'),
        "two swapped, at most once": (SWAPPED, "at-most-once", "FAIL", "out of turn"),
        "one twice": (TWICE, "exactly-once", "FAIL", '"burst-3." came out of turn, or twice'),
        "one twice, as declared": (TWICE, "at-least-once", "PASS", "30 came, in order"),
        "none": ((), "exactly-once", "FAIL", "30 did not come"),
    }.values(),
    ids=lambda value: value if isinstance(value, str) else None,
)
def test_bursts(came: tuple[str, ...], delivery: str, verdict: str, words: str) -> None:
    found = test_data.test_burst(burst(*came), target(delivery))

    assert (found.verdict, words in found.observed) == (verdict, True), found.observed


def test_a_handful_of_events_is_no_burst() -> None:
    assert test_data.test_burst(burst("a", texts=("a",)), target()).verdict == "INCONCLUSIVE"


def test_a_stream_that_ended_in_a_burst_says_so() -> None:
    assert (
        "the stream was ended: eof" in test_data.test_burst(burst(*TEXTS[:9], end="eof"), target()).observed
    )


def attempt(
    body: bytes,
    *,
    status: str = "201 Created",
    came: int = 0,
    alive: bool = True,
    request: Request | None = SENT,
) -> Attempt:
    receipt = Receipt(status.startswith("2"), status, request)
    return Attempt("a lone surrogate", receipt, came, alive, reading(CLOSED, body), 0)


@pytest.mark.parametrize(
    ("one", "verdict", "words"),
    {
        "refused": (attempt(b"", status="422 No"), "PASS", "a lone surrogate: 422 No"),
        "replaced": (attempt("data: a\ufffdb\n\n".encode(), came=1), "PASS", "201 Created"),
        "refused by a crash, and streams live on": (attempt(b"", status="500 Oops"), "PASS", "500 Oops"),
        "taken and dropped": (attempt(b""), "FAIL", "was answered 201 Created, and never came"),
        "taken and written": (attempt(b"data: a\xffb\n\n", came=1), "FAIL", "no UTF-8"),
        "the stream is lost": (attempt(b"", alive=False), "FAIL", "and then: the next event did not come"),
        "refused, and the stream is lost": (attempt(b"", status="500 Oops", alive=False), "FAIL", "500 Oops"),
    }.values(),
    ids=lambda value: value if isinstance(value, str) else None,
)
def test_what_cannot_be_encoded(one: Attempt, verdict: str, words: str) -> None:
    found = test_data.test_what_cannot_be_encoded([one])

    assert (found.verdict, words in found.observed) == (verdict, True), found.observed


def test_what_was_never_sent_is_not_judged() -> None:
    check: Callable[[list[Attempt]], Judgement] = test_data.test_what_cannot_be_encoded

    assert check([attempt(b"", status="cannot be written", request=None)]).verdict == "INCONCLUSIVE"
