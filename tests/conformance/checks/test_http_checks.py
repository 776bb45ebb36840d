"""The rows of HTTP judge literal answers, and accuse nobody who is only unusual."""

from collections.abc import Callable

import pytest

from conformance.captures.ending import Ending
from conformance.captures.refusals import Refusal
from conformance.checks import test_http
from conformance.checks.bodies import Bodies
from conformance.reading import Reading
from conformance.target import Target, loads
from conformance.verdict import Judgement, Unjudged, Verdict
from tests.conformance.test_reading import CHUNKED, CLOSED, GET, reading

PROMISES = """
schema = 1
target = {{ name = "x", base_url = "http://127.0.0.1:1"{http} }}
subscribe = {{ path = "/"{more} }}
"""
EVENT = b"id: 1\ndata: x\n\n"
CHUNK = b"f\r\nid: 1\ndata: x\n\n\r\n"
LAST = b"0\r\n\r\n"
STREAM = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n"
DELETE = GET.replace(b"GET", b"DELETE")
OLD = GET.replace(b"1.1", b"1.0")


def target(more: str = "", *, http: str = "", tables: str = "") -> Target:
    return loads(PROMISES.format(more=f", {more}" if more else "", http=http) + tables, {})


FINITE = target("finite = true")


def head(*fields: str, status: str = "200 OK") -> Reading:
    lines = "".join(f"{field}\r\n" for field in fields)
    return reading(f"HTTP/1.1 {status}\r\n{lines}\r\n".encode())


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("text/event-stream", "PASS"),
        ("text/event-stream;charset=UTF-8", "PASS"),
        ('text/event-stream ; Charset="utf-8"', "PASS"),
        ("text/event-stream; charset=utf8", "FAIL"),
        ("text/event-stream; charset=iso-8859-1", "FAIL"),
        ("text/event-stream; charset=", "FAIL"),
        ("Text/Event-Stream", "FAIL"),
        ("text/event-stream; boundary=x", "INFO"),
    ],
)
def test_a_charset(value: str, expected: str) -> None:
    assert test_http.test_charset(head(f"Content-Type: {value}")).verdict == expected


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        (["Transfer-Encoding: chunked"], "PASS"),
        (["Content-Length: 5"], "PASS"),
        ([], "PASS"),
        (["Content-Length: 5", "Transfer-Encoding: chunked"], "FAIL"),
    ],
    ids=["chunked", "a length", "neither", "both"],
)
def test_one_way_to_end(fields: list[str], expected: str) -> None:
    assert test_http.test_one_way_to_end(head(*fields)).verdict == expected


ENDS = {
    "in chunks": (CHUNKED + CHUNK + LAST, "", "PASS"),
    "by closing": (STREAM + b"\r\n" + EVENT, "eof", "PASS"),
    "by its length": (STREAM + b"Content-Length: 15\r\n\r\n" + EVENT, "", "PASS"),
    "extensions and trailers": (CHUNKED + b"f ; a=b\r\n" + EVENT + b"\r\n0\r\nA: b\r\n\r\n", "", "PASS"),
    "no zero chunk": (CHUNKED + CHUNK, "eof", "FAIL"),
    "a reset": (CHUNKED + CHUNK, "Connection reset by peer", "FAIL"),
    "short of its length": (STREAM + b"Content-Length: 99\r\n\r\n" + EVENT, "eof", "FAIL"),
    "a size that is none": (CHUNKED + b"xyz\r\n", "", "FAIL"),
    "one byte too many": (CHUNKED + b"e\r\n" + EVENT + b"\r\n", "", "FAIL"),
}


@pytest.mark.parametrize(("answer", "end", "expected"), ENDS.values(), ids=ENDS)
def test_a_finite_stream_ends_as_its_head_says(answer: bytes, end: str, expected: str) -> None:
    open_yet = reading(CHUNKED + CHUNK)

    assert test_http.test_chunks((open_yet, reading(answer, end=end)), FINITE).verdict == expected


@pytest.mark.parametrize("end", ["", "eof"])
def test_a_stream_without_an_end_may_be_cut_off(end: str) -> None:
    judgement = test_http.test_chunks((reading(CHUNKED + CHUNK, end=end),), target())

    assert (judgement.verdict, judgement.observed) == (Verdict.PASS, "1 chunk in 1 stream")


def test_a_wrong_chunk_is_shown() -> None:
    judgement = test_http.test_chunks((reading(CHUNKED + CHUNK + b"data: y\n\n"),), target())

    assert "byte 20 of the coded body, after 1 chunk" in judgement.observed
    assert judgement.evidence.endswith(b"\r\ndata: y\n\n")


OLD_ANSWERS = {
    "closed": (STREAM + b"\r\n" + EVENT, "eof", "PASS"),
    "as HTTP/1.0": (b"HTTP/1.0 200 OK\r\n\r\n" + EVENT, "eof", "PASS"),
    "with its length": (STREAM + b"Content-Length: 15\r\nConnection: keep-alive\r\n\r\n" + EVENT, "", "PASS"),
    "in chunks": (CHUNKED + CHUNK + LAST, "eof", "FAIL"),
    "refused": (b"HTTP/1.1 505 No\r\nContent-Length: 0\r\n\r\n", "eof", "FAIL"),
    "left open": (STREAM + b"\r\n" + EVENT, "", "FAIL"),
    "kept alive": (STREAM + b"Connection: keep-alive\r\n\r\n" + EVENT, "", "FAIL"),
}


@pytest.mark.parametrize(("answer", "end", "expected"), OLD_ANSWERS.values(), ids=OLD_ANSWERS)
def test_a_client_of_http_1_0(answer: bytes, end: str, expected: str) -> None:
    captured = reading(answer, request=OLD, end=end)

    assert test_http.test_http_1_0(captured, FINITE).verdict == expected


def test_an_open_ended_stream_in_http_1_0_need_not_end() -> None:
    judgement = test_http.test_http_1_0(reading(STREAM + b"\r\n" + EVENT, request=OLD), target())

    assert (judgement.verdict, judgement.observed.rpartition("; ")[2]) == ("PASS", "its end was not awaited")


METHODS = {
    "405 and Allow": (b"HTTP/1.1 405 No\r\nAllow: GET\r\nContent-Length: 0\r\n\r\n", "", "PASS"),
    "405 and an empty Allow": (b"HTTP/1.1 405 No\r\nAllow:\r\nContent-Length: 0\r\n\r\n", "", "PASS"),
    "404": (b"HTTP/1.1 404 No\r\nContent-Length: 2\r\n\r\nno", "", "PASS"),
    "501": (b"HTTP/1.1 501 No\r\n\r\n", "eof", "PASS"),
    "supported": (b"HTTP/1.1 204 Gone\r\n\r\n", "", "PASS"),
    "405 alone": (b"HTTP/1.1 405 No\r\nContent-Length: 0\r\n\r\n", "", "FAIL"),
    "500": (b"HTTP/1.1 500 Oh\r\nContent-Length: 0\r\n\r\n", "", "FAIL"),
    "a stream": (CHUNKED + CHUNK, "", "FAIL"),
    "half an answer": (b"HTTP/1.1 404 No\r\nContent-Length: 9\r\n\r\nno", "eof", "FAIL"),
    "no answer": (b"", "", "FAIL"),
    "hung up": (b"", "eof", "FAIL"),
}


@pytest.mark.parametrize(("answer", "end", "expected"), METHODS.values(), ids=METHODS)
def test_another_method(answer: bytes, end: str, expected: str) -> None:
    captured = reading(*filter(None, [answer]), request=DELETE, end=end)

    assert test_http.test_other_methods({"DELETE": captured}).verdict == expected


def test_a_stranger_is_not_sent_a_delete_and_the_report_says_so() -> None:
    observed = test_http.test_other_methods({"OPTIONS": reading(METHODS["404"][0])}).observed

    assert "`politeness.allow_attacks`" in observed


NOT_ACCEPTABLE = b"HTTP/1.1 406 No\r\nContent-Length: 0\r\n\r\n"
FOUND = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n[]"
BROKE = b"HTTP/1.1 500 Oh\r\nContent-Length: 0\r\n\r\n"


@pytest.mark.parametrize(
    ("name", "answer", "expected"),
    [
        ("no Accept", CHUNKED, "PASS"),
        ("no Accept", NOT_ACCEPTABLE, "FAIL"),
        ("Accept: */*", FOUND, "FAIL"),
        ("Accept: */*", b"", "FAIL"),
        ("Accept: image/png", NOT_ACCEPTABLE, "PASS"),
        ("Accept: image/png", CHUNKED, "PASS"),
        ("Accept: image/png", FOUND, "PASS"),
        ("Accept: image/png", BROKE, "FAIL"),
        ("Accept: image/png", b"", "FAIL"),
    ],
)
def test_what_is_accepted(name: str, answer: bytes, expected: str) -> None:
    answers = {name: reading(*filter(None, [answer]))}

    assert test_http.test_accept(answers, reading(CLOSED)).verdict == expected


REFUSED = b"HTTP/1.1 404 No\r\nContent-Length: 0\r\n\r\n"


@pytest.mark.parametrize(
    ("answer", "statuses", "expected"),
    [
        (REFUSED, (400, 404), "PASS"),
        (REFUSED, (), "PASS"),
        (REFUSED, (400,), "FAIL"),
        (CHUNKED + CHUNK, (404,), "FAIL"),
        (BROKE, (), "FAIL"),
        (b"", (404,), "FAIL"),
    ],
)
def test_a_bad_request(answer: bytes, statuses: tuple[int, ...], expected: str) -> None:
    refusal = Refusal(reading(*filter(None, [answer])), statuses)

    judgement = test_http.test_refusals({"bad_requests[0]": refusal})
    assert (judgement.verdict, judgement.declared) == (expected, expected == "FAIL")


def test_without_a_bad_request_there_is_nothing_to_judge() -> None:
    with pytest.raises(Unjudged, match="declared-absent"):
        test_http.test_refusals({})


TEXTS = {
    "JSON": (b'{"error": "x"}\n\n', "FAIL"),
    "JSON in lines": (b'{\n  "error": "x"\n}\n', "FAIL"),
    "HTML": (b"<!DOCTYPE html>\n<html>\n", "FAIL"),
    "a status": (b"Internal Server Error\n\n", "FAIL"),
    "a status with its number": (b"502 Bad Gateway\n\n", "FAIL"),
    "a response": (b"HTTP/1.1 500 Internal Server Error\r\n\r\n", "FAIL"),
    "a traceback": (b"Traceback (most recent call last):\n", "FAIL"),
    "an exception": (b"TypeError: x is not a function\n", "FAIL"),
    "no line end": (b'{"error": "x"}', "FAIL"),
    "an event": (b'event: error\ndata: {"error": "x"}\n\n', "PASS"),
    "a comment": (b': {"error": "x"}\n\n', "PASS"),
    "a field of its own": (b"channel: x\ndata: y\n\n", "PASS"),
    "a word": (b"errors: 0\n\n", "PASS"),
}


@pytest.mark.parametrize(("text", "expected"), TEXTS.values(), ids=TEXTS)
def test_text_that_is_no_field(text: bytes, expected: str) -> None:
    bodies = Bodies((reading(CLOSED, EVENT + text), reading(CLOSED, EVENT)))

    judgement = test_http.test_no_bare_error(bodies, target())
    assert judgement.verdict == expected
    assert (b"data: x" in judgement.evidence) is (expected == "FAIL")


def test_text_that_a_payload_may_have_written_is_another_rows_matter() -> None:
    bodies = Bodies((reading(CLOSED, EVENT + b'{"a": 1}\n\n' + EVENT),), written=((len(EVENT), 40),))

    assert test_http.test_no_bare_error(bodies, target()).verdict == "PASS"


def test_silence_is_no_evidence() -> None:
    assert test_http.test_no_bare_error(Bodies((reading(CLOSED),)), target()).verdict == "INCONCLUSIVE"


WHOLE = reading(CHUNKED + CHUNK + LAST)
RESUMING = target("finite = true", tables='cursor = { signal = { event = "reset" } }')
CURSORLESS = target("finite = true", tables="cursor = { supported = false }")


@pytest.mark.parametrize(
    ("promised", "answer", "expected"),
    [
        (RESUMING, b"HTTP/1.1 204 No Content\r\n\r\n", "PASS"),
        (RESUMING, b"HTTP/1.1 410 Gone\r\nContent-Length: 0\r\n\r\n", "PASS"),
        (RESUMING, CHUNKED + b"14\r\nevent: reset\ndata:\n\n\r\n", "PASS"),
        (RESUMING, CHUNKED, "FAIL"),
        (CURSORLESS, CHUNKED + CHUNK, "FAIL"),
    ],
    ids=["204", "another status", "a reset", "silence", "from the beginning"],
)
def test_back_after_the_end(promised: Target, answer: bytes, expected: str) -> None:
    ending = Ending(WHOLE, ("x",), None, reading(answer))

    assert test_http.test_after_the_end(ending, promised).verdict == expected


@pytest.mark.parametrize(
    ("ending", "promised", "reason"),
    [
        (Ending(WHOLE, ("x", "y"), None, reading(CHUNKED)), RESUMING, "SSE-FRAME-003: 1 of 2"),
        (Ending(WHOLE, ("x",), None, reading(CHUNKED + CHUNK)), RESUMING, "SSE-REPLAY-009"),
        (
            Ending(reading(CHUNKED + b"9\r\ndata: x\n\n\r\n" + LAST), ("x",), None, reading(CHUNKED)),
            RESUMING,
            "SSE-ID-001",
        ),
        (Ending(WHOLE, ("x",)), CURSORLESS, "declared-absent"),
    ],
    ids=["events that cannot be read", "a resume that repeats", "no id", "a stream by POST"],
)
def test_what_other_rows_say_already_is_not_said_again(ending: Ending, promised: Target, reason: str) -> None:
    with pytest.raises(Unjudged, match=reason):
        test_http.test_after_the_end(ending, promised)


@pytest.mark.parametrize(
    ("then", "expected"),
    [
        (None, "PASS"),
        (b"HTTP/1.1 401 Unauthorized\r\n\r\n", "PASS"),
        (b"", "FAIL"),
        (b"data: more\n\n", "FAIL"),
    ],
    ids=["announced", "used again", "closed", "more of the stream"],
)
def test_the_connection_after_the_end(then: bytes | None, expected: str) -> None:
    assert test_http.test_connection_after_the_end(Ending(WHOLE, (), then)).verdict == expected


def test_a_connection_after_half_a_stream_is_not_judged() -> None:
    half = Ending(reading(CHUNKED + CHUNK, end="eof"), ())

    assert test_http.test_connection_after_the_end(half).verdict == "INCONCLUSIVE"


@pytest.mark.parametrize(
    "check", [test_http.test_charset, test_http.test_one_way_to_end], ids=["charset", "lengths"]
)
def test_a_refused_subscription_is_no_verdict(check: Callable[[Reading], Judgement]) -> None:
    with pytest.raises(Unjudged, match="was not accepted"):
        check(reading(REFUSED))
