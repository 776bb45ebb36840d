"""FRAME and RETRY checks on recorded captures: what is held against a server, and what is not."""

from collections.abc import Callable

import pytest

from conformance.captures.ending import Ending
from conformance.captures.writers import Writers
from conformance.checks import test_frame, test_retry
from conformance.checks.bodies import Bodies
from conformance.verdict import Judgement
from tests.conformance.test_reading import CHUNKED, CLOSED, reading

Check = Callable[[Bodies], Judgement]


@pytest.mark.parametrize(
    ("check", "body", "verdict", "words"),
    [
        (test_frame.test_no_byte_order_mark, b"data: x\n\n", "PASS", "1 streams"),
        (test_frame.test_no_byte_order_mark, b"\xef\xbb\xbfdata: x\n\n", "FAIL", "byte 0"),
        (test_frame.test_no_byte_order_mark, b": x\n\n\xef\xbb\xbfdata: x\n\n", "FAIL", "byte 5"),
        (test_frame.test_no_byte_order_mark, b"data: \xef\xbb\xbfx\n\n", "PASS", ""),
        (test_frame.test_no_event_without_data, b"event: e\n\n", "FAIL", "without a data line"),
        (
            test_frame.test_no_event_without_data,
            b"event: e\ndata\n\nid: 7\n\n: x\n\nretry: 100\n\n",
            "PASS",
            "",
        ),
        (
            test_frame.test_no_event_is_named_like_those_of_a_browser,
            b"event: error\ndata: x\n\n",
            "FAIL",
            '"error"',
        ),
        (
            test_frame.test_no_event_is_named_like_those_of_a_browser,
            b"event: Open\ndata: x\n\n",
            "PASS",
            '"Open"',
        ),
        (test_frame.test_no_event_is_named_like_those_of_a_browser, b"event: open\n\n", "INCONCLUSIVE", ""),
        (test_frame.test_no_long_line, b":" + b" " * 65_536 + b"\n\n", "FAIL", "a line of 65537 bytes"),
        (test_frame.test_no_long_line, b":" + b" " * 65_535 + b"\n\n", "PASS", ""),
        (test_frame.test_one_kind_of_line_ending, b"data: x\r\n\r\n:\r\n\r\n", "PASS", ""),
        (
            test_frame.test_one_kind_of_line_ending,
            b"data: x\r\n\r\n:\n\n",
            "FAIL",
            "LF, the first one in CRLF",
        ),
        (test_frame.test_one_kind_of_line_ending, b"data: x\r\r", "FAIL", "CR alone"),
        (test_frame.test_no_field_is_repeated, b"data: x\ndata: y\n: c\n: c\n\n", "PASS", ""),
        (test_frame.test_no_field_is_repeated, b"id: 1\ndata: x\nid: 1\n\n", "FAIL", "2 id lines"),
        (test_retry.test_digits, b"retry: 3000\n\n", "PASS", ""),
        (test_retry.test_digits, b"retry: 3s\n\n", "FAIL", '"3s"'),
        (test_retry.test_digits, b"data: retry: x\n\n", "INFO", "no retry line came"),
        (test_retry.test_plausible, b"retry: 100\n\nretry: 3600000\n\n", "PASS", ""),
        (test_retry.test_plausible, b"retry: 3\n\n", "FAIL", "retry 3 ms"),
        (test_retry.test_digits, b"", "INCONCLUSIVE", ""),
    ],
    ids=lambda value: value.__name__ if callable(value) else repr(value)[:40],
)
def test_bodies(check: Check, body: bytes, verdict: str, words: str) -> None:
    found = check(Bodies((reading(CLOSED, body),)))

    assert (found.verdict, words in found.observed) == (verdict, True), found.observed


@pytest.mark.parametrize(
    ("check", "body"),
    [
        (test_frame.test_no_event_without_data, b"event: e\n\n"),
        (test_frame.test_no_field_is_repeated, b"id: 1\nid: 1\n\n"),
        (test_retry.test_digits, b"retry: 1.5\n\n"),
    ],
    ids=lambda value: value.__name__ if callable(value) else None,
)
def test_what_a_payload_wrote_is_another_row_s_matter(check: Check, body: bytes) -> None:
    other = b"retry: 3000\n\ndata: x\n\n"

    found = check(Bodies((reading(CLOSED, body + other),), (), ((0, len(body)),)))

    assert found.verdict == "PASS"


@pytest.mark.parametrize(
    ("body", "verdict"),
    {
        "closed": (b"data: x\n\n", "PASS"),
        "a comment at the end": (b"data: x\n\n: bye\n", "PASS"),
        "not closed": (b"data: x\n\ndata: y\n", "FAIL"),
        "in mid line": (b"data: x\n\ndata: y", "FAIL"),
        "no event": (b": bye\n\n", "INCONCLUSIVE"),
    }.values(),
)
def test_the_last_event_of_a_finite_stream(body: bytes, verdict: str) -> None:
    chunk = b"%x\r\n%b\r\n0\r\n\r\n" % (len(body), body)

    assert test_frame.test_the_last_event_is_closed(Ending(reading(CHUNKED, chunk), ())).verdict == verdict


def test_a_stream_that_broke_off_shows_no_last_event() -> None:
    body = b"data: x\n\ndata: y"

    torn = Ending(reading(CHUNKED, b"%x\r\n%b\r\n" % (len(body), body), end="eof"), ())

    assert test_frame.test_the_last_event_is_closed(torn).verdict == "PASS"


TEXTS = tuple("\n".join(f"{writer}-{line}." for line in range(3)) for writer in "abcdefgh")


def block(text: str, comment: str = "", before: str = "") -> str:
    """A comment goes behind the first line of data."""
    first, *rest = [f"data: {line}\n" for line in text.split("\n")]
    return f"{before}id: 7\n{first}{comment}{''.join(rest)}\n"


WHOLE = "".join(map(block, TEXTS))


@pytest.mark.parametrize(
    ("body", "verdict", "words"),
    {
        "whole": (WHOLE, "PASS", "8 events of 8 publishers at once came whole"),
        "comments between events": (":\n\n".join(map(block, TEXTS)), "PASS", ""),
        "a comment in front of an event": (WHOLE + block(TEXTS[0], before=":\n"), "PASS", ""),
        "a comment in all of them": ("".join(block(text, ": c\n") for text in TEXTS), "PASS", ""),
        "a comment in one": (
            block(TEXTS[0], ":\n") + "".join(map(block, TEXTS[1:])),
            "FAIL",
            "a comment between the lines of an event",
        ),
        "two torn": (
            "data: a-0.\ndata: b-0.\ndata: b-1.\ndata: b-2.\n\ndata: a-1.\ndata: a-2.\n\n"
            + "".join(map(block, TEXTS[2:])),
            "FAIL",
            "2 did not come whole",
        ),
        "one lost": ("".join(map(block, TEXTS[1:])), "INCONCLUSIVE", ""),
    }.values(),
)
def test_many_writers(body: str, verdict: str, words: str) -> None:
    capture = reading(CLOSED, body.encode())
    whole = frozenset(event.data for event in capture.events) & set(TEXTS)

    found = test_frame.test_events_are_written_whole(Writers(capture, TEXTS, whole))

    assert (found.verdict, words in found.observed) == (verdict, True), found.observed
