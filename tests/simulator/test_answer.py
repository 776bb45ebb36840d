"""What answers mean."""

from datetime import UTC, datetime

import pytest

from simulator.answer import Answer, Meaning, backoff, read_answer, retry_after

NOW = datetime(2026, 3, 2, 8, 0, 0, tzinfo=UTC)
HTML = {"content-type": "text/html; charset=utf-8"}
CASES: dict[str, tuple[int, dict[str, str], bytes, Answer]] = {
    "counted": (200, {}, b'{"accepted": 3, "duplicates": 7}', Answer(Meaning.TAKEN, 3, 7)),
    "a server that does not count": (204, {}, b"", Answer(Meaning.TAKEN, 10, 0)),
    "a body that is no object": (200, {}, b"[1]", Answer(Meaning.TAKEN, 10, 0)),
    "absurd counts": (200, {}, b'{"accepted": -1, "duplicates": true}', Answer(Meaning.TAKEN, 10, 0)),
    "busy": (503, {"retry-after": "2"}, b"", Answer(Meaning.RETRY, wait=2.0, reason="503")),
    "too many": (429, {}, b"slow down\n", Answer(Meaning.RETRY, reason="429 slow down")),
    "full disk": (507, {}, b"", Answer(Meaning.RETRY, reason="507")),
    "too early": (425, {}, b"", Answer(Meaning.RETRY, reason="425")),
    "timed out": (408, {}, b"", Answer(Meaning.RETRY, reason="408")),
    "broken": (500, {}, b"", Answer(Meaning.RETRY, reason="500")),
    "too large": (413, {}, b"", Answer(Meaning.HALVE, reason="413")),
    "a bad item": (422, {}, b'{"index": 4}', Answer(Meaning.REJECT, item=4, reason='422 {"index": 4}')),
    "a bad item, unnamed": (422, {}, b"", Answer(Meaning.REJECT, reason="422")),
    "an item that was not sent": (
        422,
        {},
        b'{"index": 10}',
        Answer(Meaning.REJECT, reason='422 {"index": 10}'),
    ),
    "no token": (401, {}, b"", Answer(Meaning.STOP, reason="401")),
    "wrong token": (403, {}, b"", Answer(Meaning.STOP, reason="403")),
    "no such path": (404, {}, b"", Answer(Meaning.STOP, reason="404")),
    "moved": (
        301,
        {"location": "https://x/"},
        b"",
        Answer(Meaning.STOP, reason="301, redirected to https://x/"),
    ),
    "moved, but nobody says where": (307, {}, b"", Answer(Meaning.STOP, reason="307, redirected to nowhere")),
    "a web page": (
        200,
        HTML,
        b"<html><title> Sign in\n</title>",
        Answer(Meaning.STOP, reason="200 a web page, 'Sign in'"),
    ),
    "a gateway's page": (
        502,
        HTML,
        b"<h1>Bad Gateway</h1>",
        Answer(Meaning.RETRY, reason="502 a web page"),
    ),
}


@pytest.mark.parametrize(("status", "headers", "body", "answer"), CASES.values(), ids=CASES)
def test_answers(status: int, headers: dict[str, str], body: bytes, answer: Answer) -> None:
    assert read_answer(status, headers, body, 10, NOW) == answer._replace(status=status)


@pytest.mark.parametrize(
    ("status", "busy"), [(200, False), (429, True), (500, False), (503, True), (507, False)]
)
def test_who_is_busy_says_so(status: int, busy: bool) -> None:
    assert read_answer(status, {}, b"", 10, NOW).busy == busy


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        (None, None),
        ("0", 0.0),
        (" 120 ", 120.0),
        ("Mon, 02 Mar 2026 08:00:30 GMT", 30.0),
        ("Mon, 02 Mar 2026 07:00:00 GMT", 0.0),
        ("soon", None),
        ("-5", None),
    ],
)
def test_retry_after(value: str | None, seconds: float | None) -> None:
    assert retry_after(value, NOW) == seconds


def test_backoff_grows_is_jittered_and_bounded() -> None:
    assert [backoff(failures, 1.0, None) for failures in (1, 2, 3, 9, 5000)] == [0.4, 0.8, 1.6, 30.0, 30.0]
    assert backoff(5, 0.0, None) == 0.0
    assert backoff(1, 0.5, 2.0) == 2.0
