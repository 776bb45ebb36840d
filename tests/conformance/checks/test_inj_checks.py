"""INJ checks on recorded captures: what is held against a server, and what is not."""

import pytest

from conformance.captures.exchange import Trials
from conformance.captures.reflection import Reflection
from conformance.checks import test_inj
from conformance.checks.payloads import loud, structure
from conformance.publishers.publisher import Receipt
from conformance.row import Payload
from conformance.verdict import Judgement
from tests.conformance.checks.test_checks import REFUSED, trials
from tests.conformance.test_reading import CLOSED, reading

CRASHED = Receipt(accepted=False, text="500 Internal Server Error", request=None)


def id_(text: str) -> Payload:
    return Payload("harmless", id=text)


def comment(text: str) -> Payload:
    return Payload("harmless", comment=text)


@pytest.mark.parametrize(
    ("body", "payload", "verdict"),
    {
        "an id as it came": (b"id: a\ndata: evil\ndata: harmless\n\n", id_("a\ndata: evil"), "FAIL"),
        "an event from an id": (b"id: a\ndata: evil\n\ndata: harmless\n\n", id_("a\ndata: evil\n\n"), "FAIL"),
        "line ends taken out of an id": (
            b"id: adata: evil\ndata: harmless\n\n",
            id_("a\ndata: evil"),
            "PASS",
        ),
        "an id left out": (b"data: harmless\n\n", id_("a\ndata: evil"), "PASS"),
        "a comment as it came": (b": a\ndata: evil\ndata: harmless\n\n", comment("a\ndata: evil"), "FAIL"),
        "an event from a comment": (
            b": a\ndata: evil\n\ndata: harmless\n\n",
            comment("a\ndata: evil\n\n"),
            "FAIL",
        ),
        "a comment in two lines": (
            b": a\n: data: evil\ndata: harmless\n\n",
            comment("a\ndata: evil"),
            "PASS",
        ),
        "a comment in a block of its own": (
            b": a\n: data: evil\n\ndata: harmless\n\n",
            comment("a\nevil"),
            "PASS",
        ),
    }.values(),
    ids=lambda value: value if isinstance(value, str) else repr(value)[:60],
)
def test_ids_and_comments_by_structure(body: bytes, payload: Payload, verdict: str) -> None:
    assert structure(trials(body, payload)).verdict == verdict


def test_an_attack_is_not_judged_where_a_harmless_one_did_not_come() -> None:
    silent = trials(b"data: harmless\n\n", "harmless", plain=b":\n\n")

    assert structure(silent).verdict == "INCONCLUSIVE"


RETRIES = Payload("harmless", "control")  # whose control sets no retry, so that one is another line


@pytest.mark.parametrize(
    ("body", "verdict"),
    [
        (b"id: 1\nevent: e\nretry: 1.5\ndata: harmless\n\n", "FAIL"),
        (b"id: 1\nevent: e\nretry: -1\ndata: harmless\n\n", "FAIL"),
        (b"id: 1\nevent: e\nretry: 3000\ndata: harmless\n\n", "FAIL"),
        (b"id: 1\nevent: e\ndata: harmless\n\n", "PASS"),
    ],
    ids=["a fraction", "negative", "a line of its own", "left out"],
)
def test_a_retry_is_digits_and_writes_nothing_else(body: bytes, verdict: str) -> None:
    assert test_inj.test_retry(trials(body, RETRIES)).verdict == verdict


@pytest.mark.parametrize(
    ("body", "verdict"),
    [
        (b"id: a\0b\ndata: harmless\n\n", "FAIL"),
        (b"id: ab\ndata: a\0b\n\n", "PASS"),
        (b"data: x\n\n", "PASS"),
    ],
    ids=["written", "taken out", "left out"],
)
def test_a_null_in_an_id(body: bytes, verdict: str) -> None:
    assert test_inj.test_null_in_id(trials(body, id_("a\0b"))).verdict == verdict


def named(body: bytes, name: str, receipt: Receipt | None = None) -> Trials:
    payload = Payload("harmless", name)
    return trials(body, payload) if receipt is None else trials(body, payload, receipt=receipt)


@pytest.mark.parametrize(
    ("found", "verdict", "words"),
    {
        "as published": (loud(named(b"event: a b\ndata: harmless\n\n", "a b")), "PASS", "under their names"),
        "refused": (loud(named(b"", "a\nb", REFUSED)), "PASS", "1 refused (422 No)"),
        "altered": (loud(named(b"event: ab\ndata: harmless\n\n", "a\nb")), "FAIL", 'and came as "ab"'),
        "left out": (loud(named(b"data: harmless\n\n", "a\nb")), "FAIL", 'and came as "message"'),
        "lost": (loud(named(b"", "a\nb")), "FAIL", "and did not come"),
        "a crash": (loud(named(b"", "a\nb", CRASHED)), "FAIL", "was answered 500"),
    }.values(),
    ids=lambda value: None if isinstance(value, Judgement) else str(value),
)
def test_names_are_refused_loudly_or_arrive(found: Judgement, verdict: str, words: str) -> None:
    assert (found.verdict, words in found.observed) == (verdict, True), found.observed


HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n"
PAGE = b"HTTP/1.1 404 No\r\nContent-Type: text/plain\r\nConnection: close\r\n\r\n"


@pytest.mark.parametrize(
    ("octets", "verdict", "words"),
    {
        "nothing of it": (CLOSED + b"data: x\n\n", "PASS", "a channel: 200"),
        "in a payload": (CLOSED + b"data: a\ndata: data: reflected-evil\n\n", "PASS", ""),
        "in JSON": (CLOSED + b'data: "a\\r\\ndata: reflected-evil"\n\n', "PASS", ""),
        "on a page": (PAGE + b"no a\r\ndata: reflected-evil\r\n", "PASS", "a channel: 404"),
        "as a line": (CLOSED + b": a\r\ndata: reflected-evil\r\n\r\n", "FAIL", "data: reflected-evil"),
        "as a line that is not closed": (
            CLOSED + b": a\ndata: reflected-evil\n",
            "FAIL",
            "data: reflected-evil",
        ),
        "as an unknown line": (CLOSED + b": a\nX-Reflected-Evil: 1\n\n", "FAIL", "X-Reflected-Evil: 1"),
        "as a header field": (HEAD + b"X: a\r\nX-Reflected-Evil: 1\r\n\r\n", "FAIL", "a header field"),
        "bytes": (CLOSED + b"data: a\xe9\xff\n\n", "FAIL", "no UTF-8"),
    }.values(),
)
def test_values_of_the_request(octets: bytes, verdict: str, words: str) -> None:
    found = test_inj.test_reflection([Reflection("a channel", reading(octets))])

    assert (found.verdict, words in found.observed) == (verdict, True), found.observed
