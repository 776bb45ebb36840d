"""Checks are pure: they judge a recorded capture as they judge a live one."""

from collections.abc import Callable
from inspect import signature

import pytest

from conformance.captures.exchange import Trial, Trials
from conformance.captures.quiet import Quiet, beats_of
from conformance.checks import test_beat, test_frame, test_http, test_id
from conformance.checks.bodies import Bodies
from conformance.checks.payloads import intact, normalised, structure
from conformance.publishers.publisher import Receipt
from conformance.reading import Reading
from conformance.row import Payload
from conformance.target import Target, loads
from conformance.verdict import Judgement, Unjudged, Verdict
from tests.conformance.test_reading import CLOSED, GET, HEAD, reading

PROMISES = (
    'schema = 1\nsubscribe = { path = "/" }\ntarget = { name = "x", base_url = "http://127.0.0.1:1" }\n'
)
BEATING = PROMISES + '[heartbeat]\ninterval = "1s"\n'
TAKEN = Receipt(accepted=True, text="201 Created", request=None)


def target(text: str = PROMISES) -> Target:
    return loads(text, {})


def head(*fields: str, status: str = "200 OK") -> Reading:
    lines = "".join(f"{field}\r\n" for field in fields)
    return reading(f"HTTP/1.1 {status}\r\n{lines}\r\n".encode())


def verdict(check: Callable[..., Judgement], *captures: object) -> Verdict:
    return check(*captures).verdict


@pytest.mark.parametrize(
    ("status", "expected"), [("200 OK", "PASS"), ("202 Accepted", "FAIL"), ("206 Partial Content", "FAIL")]
)
def test_only_200_is_a_stream(status: str, expected: str) -> None:
    assert verdict(test_http.test_status, head(status=status)) == expected


@pytest.mark.parametrize("status", ["401 Unauthorized", "404 Not Found", "301 Moved", "503 Busy"])
def test_a_refused_subscription_is_no_verdict(status: str) -> None:
    with pytest.raises(Unjudged, match="was not accepted: HTTP/1.1 " + status):
        test_http.test_status(head("Location: /there", status=status))


@pytest.mark.parametrize(
    ("fields", "expected"),
    {
        "plain": (["Content-Type: text/event-stream"], "PASS"),
        "case and parameters": (["content-type: Text/Event-Stream ;charset=utf-8"], "PASS"),
        "another": (["Content-Type: text/plain"], "FAIL"),
        "a longer name": (["Content-Type: text/event-streamy"], "FAIL"),
        "none": ([], "FAIL"),
        "two": (["Content-Type: text/event-stream", "Content-Type: text/event-stream"], "FAIL"),
    }.values(),
)
def test_one_content_type(fields: list[str], expected: str) -> None:
    assert verdict(test_http.test_content_type, head(*fields)) == expected


@pytest.mark.parametrize(
    ("answer", "expected"),
    {
        "the same head": (CLOSED, "PASS"),
        "a body": (CLOSED + b"data: x\n\n", "FAIL"),
        "not allowed": (b"HTTP/1.1 405 No\r\nContent-Type: text/event-stream\r\n\r\n", "WARN"),
        "no answer": (b"", "FAIL"),
    }.values(),
)
def test_head(answer: bytes, expected: str) -> None:
    answered = reading(*filter(None, [answer]), request=HEAD)

    assert verdict(test_http.test_head_request, answered, reading(CLOSED)) == expected


@pytest.mark.parametrize(
    ("body", "row", "expected"),
    {
        "closed": (b"data: one.\n\ndata: two.\n\n", test_frame.test_every_event_is_closed, "PASS"),
        "two in a block": (b"data: one.\ndata: two.\n\n", test_frame.test_every_event_is_closed, "FAIL"),
        "nothing": (b"", test_frame.test_every_event_is_closed, "INCONCLUSIVE"),
        "an unknown field": (b"Data: one.\n\n", test_frame.test_known_fields_only, "FAIL"),
        "not UTF-8": (b"data: \xe9\n\n", test_frame.test_utf8, "FAIL"),
        "cut inside a character": (b"data: \xc3", test_frame.test_utf8, "PASS"),
        "an id each": (b"id: 1\ndata: one.\n\n", test_id.test_every_event_has_an_id, "PASS"),
        "an id for one": (b"id: 1\ndata: one.\n\ndata: two.\n\n", test_id.test_every_event_has_an_id, "FAIL"),
        "no event": (b": hello\n\n", test_id.test_every_event_has_an_id, "INCONCLUSIVE"),
    }.values(),
    ids=lambda value: None if callable(value) else str(value),
)
def test_bodies(body: bytes, row: Callable[..., Judgement], expected: str) -> None:
    capture = reading(*filter(None, [CLOSED, body]))

    more = [target()] if "sse_target" in signature(row).parameters else []
    assert verdict(row, Bodies((capture,), ("one.", "two.")), *more) == expected


def test_a_declared_greeting_needs_no_id() -> None:
    declared = PROMISES.replace('{ path = "/" }', '{ path = "/", greeting = [{ event = "hello" }] }')
    capture = reading(CLOSED, b"event: hello\ndata: you\n\nid: 1\ndata: x\n\n")

    assert verdict(test_id.test_every_event_has_an_id, Bodies((capture,)), target(declared)) == "PASS"
    assert verdict(test_id.test_every_event_has_an_id, Bodies((capture,)), target()) == "FAIL"


def test_what_a_payload_wrote_is_not_held_against_the_grammar() -> None:
    body = b"data: a\nb\n\nnonsense\n\n"

    bodies = Bodies((reading(CLOSED, body),), (), ((0, 11),))

    judgement = test_frame.test_known_fields_only(bodies)
    assert "nonsense" in judgement.observed
    assert '"b"' not in judgement.observed


def trial(capture: Reading, payload: Payload, receipt: Receipt = TAKEN) -> Trial:
    """All of the capture is what came for the payload."""
    blocks = tuple(block for block in capture.blocks if block.fields)
    payloads = tuple(event.data for event in capture.events)
    return Trial(
        payload, receipt, fenced=True, blocks=blocks, events=tuple(capture.events), payloads=payloads
    )


def trials(
    body: bytes,
    payload: str | Payload,
    *,
    receipt: Receipt = TAKEN,
    plain: bytes = b"id: 1\ndata: harmless\n\n",
) -> Trials:
    """One payload, of which `body` came; a control came as `id`, its own field and `data`."""
    if isinstance(payload, str):
        payload = Payload(payload)
    attack = reading(CLOSED, body)
    harmless = {
        Payload("harmless"): plain,
        Payload("harmless", "control"): b"id: 1\nevent: control\ndata: harmless\n\n",
        Payload("harmless", id="control"): b"id: control\ndata: harmless\n\n",
        Payload("harmless", comment="control"): b": control\nid: 1\ndata: harmless\n\n",
    }
    controls = {one.fields: trial(reading(CLOSED, came), one) for one, came in harmless.items()}
    return Trials(attack, controls, (trial(attack, payload, receipt),))


REFUSED = Receipt(accepted=False, text="422 No", request=None)


@pytest.mark.parametrize(
    ("body", "data", "expected"),
    {
        "as published": (b"data: a\ndata: b\n\n", "a\nb", "PASS"),
        "one line lost": (b"data: a\nb\n\n", "a\nb", "FAIL"),
        "no event": (b"id: 7\n\n", "", "FAIL"),
        "an empty event": (b"data\n\n", "", "PASS"),
        "a heartbeat beside it": (b"data: beat\n\ndata: x\n\n", "x", "PASS"),
        "CR as it was": (b"data: a\rb\n\n", "a\rb", "FAIL"),
        "CR as a line break": (b"data: a\ndata: b\n\n", "a\rb", "PASS"),
    }.values(),
)
def test_payloads_by_value(body: bytes, data: str, expected: str) -> None:
    assert intact(trials(body, data), accept=normalised).verdict == expected


@pytest.mark.parametrize(("may_refuse", "expected"), [(True, "PASS"), (False, "INCONCLUSIVE")])
def test_a_refused_payload_never_reached_the_wire(may_refuse: bool, expected: str) -> None:
    assert intact(trials(b"", "a\rb", receipt=REFUSED), may_refuse=may_refuse).verdict == expected


@pytest.mark.parametrize(
    ("body", "data", "event", "expected"),
    {
        "a line of data": (b"event: a\ndata: evil\ndata: harmless\n\n", "harmless", "a\ndata: evil", "FAIL"),
        "an event": (b"data: evil\n\ndata: harmless\n\n", "harmless", "a\ndata: evil\n\n", "FAIL"),
        "line ends taken out": (
            b"event: adata: evil\ndata: harmless\n\n",
            "harmless",
            "a\ndata: evil",
            "PASS",
        ),
        "the name dropped": (b"id: 2\ndata: harmless\n\n", "harmless", "a\ndata: evil", "PASS"),
        "a type from data": (b"data: harmless\revent: evil\r\r", "harmless\revent: evil\r\r", None, "FAIL"),
        "an id from data": (b"id: 2\ndata: harmless\rid: evil\n\n", "harmless\rid: evil", None, "FAIL"),
        "lines of data": (b"data: harmless\ndata: event: evil\n\n", "harmless\revent: evil", None, "PASS"),
    }.values(),
)
def test_attacks_by_structure(body: bytes, data: str, event: str | None, expected: str) -> None:
    lines_of = "" if event else "data"

    assert structure(trials(body, Payload(data, event)), lines_of=lines_of).verdict == expected


def test_an_attack_without_fences_is_not_called_harmless() -> None:
    unseen = Trial(Payload("x"), TAKEN, fenced=False, blocks=(), events=(), payloads=())
    fine = trials(b"data: harmless\n\n", "harmless")

    assert structure(Trials(fine.reading, fine.controls, (unseen,))).verdict is Verdict.INCONCLUSIVE


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b'event: message\ndata: "harmless\\revent: evil"\n\n', "PASS"),
        (b"event: message\ndata: harmless\revent: evil\n\n", "FAIL"),
    ],
    ids=["escaped", "raw"],
)
def test_a_server_may_write_the_type_that_nobody_set(body: bytes, expected: str) -> None:
    plain = b"event: message\ndata: harmless\n\n"

    found = structure(trials(body, "harmless\revent: evil", plain=plain), lines_of="data")
    assert found.verdict == expected


def test_lost_fences_are_explained() -> None:
    unseen = Trial(Payload("x"), TAKEN, fenced=False, blocks=(), events=(), payloads=())
    fine = trials(b"data: harmless\n\n", "harmless")

    found = intact(Trials(fine.reading, fine.controls, (unseen,), lost="the stream ended"))
    assert (found.verdict, found.reason) == (Verdict.INCONCLUSIVE, "the stream ended")


def test_a_payload_that_vanished_shows_where_it_was_due() -> None:
    found = intact(trials(b"data: fence\n\n\n", ""))

    assert found.verdict is Verdict.FAIL
    assert found.evidence == b"data: fence\n\n\n"


def quiet(*pieces: bytes, promises: str = BEATING, longest: float = 1.0) -> tuple[Quiet, Target]:
    capture = reading(CLOSED, *pieces)
    return Quiet(capture, beats_of(capture, target(promises)), longest, 3.0), target(promises)


@pytest.mark.parametrize(
    ("longest", "expected"),
    [(1.0, "PASS"), (1.9, "PASS"), (2.1, "FAIL")],
    ids=["kept", "within noise", "missed"],
)
def test_a_declared_interval_is_a_promise(longest: float, expected: str) -> None:
    judgement = test_beat.test_interval(*quiet(b":\n\n", longest=longest))

    assert (judgement.verdict, judgement.declared) == (Verdict(expected), expected == "FAIL")


@pytest.mark.parametrize(
    ("beat", "kind", "expected"),
    {
        "a comment": (b": beat\n\n", "comment", "PASS"),
        "a bare line": (b":\n", "comment", "PASS"),
        "an event": (b"data: beat\n\n", "comment", "FAIL"),
        "a declared event": (b"event: beat\ndata:\n\n", "event:beat", "PASS"),
        "another event": (b"event: beat\ndata:\n\n", "event:ping", "FAIL"),
    }.values(),
)
def test_a_heartbeat_is_what_was_declared(beat: bytes, kind: str, expected: str) -> None:
    judgement = test_beat.test_kind(*quiet(beat, beat, promises=f'{BEATING}kind = "{kind}"\n'))

    assert judgement.verdict == expected


def test_a_heartbeat_without_evidence_is_not_judged() -> None:
    capture, _ = quiet(b"id: 9\n\n")  # once: a late greeting, not a heartbeat

    assert test_beat.test_no_id_and_no_retry(capture).verdict is Verdict.INCONCLUSIVE


@pytest.mark.parametrize("field", [b"id: 1", b"retry: 1"])
def test_a_heartbeat_must_not_move_the_cursor(field: bytes) -> None:
    capture, _ = quiet(*[b":\n" + field + b"\n\n"] * 2)

    assert test_beat.test_no_id_and_no_retry(capture).verdict is Verdict.FAIL


@pytest.mark.parametrize(("ignored", "expected"), [("", "FAIL"), ("ignore = [{ id_only = true }]", "PASS")])
def test_a_position_is_no_heartbeat_where_it_is_declared(ignored: str, expected: str) -> None:
    promises = BEATING.replace('path = "/"', f'path = "/", {ignored}' if ignored else 'path = "/"')
    capture, promised = quiet(*[b":\n\nid: 7\n\n"] * 2, promises=promises)

    assert test_beat.test_no_id_and_no_retry(capture).verdict == expected
    assert test_beat.test_kind(capture, promised).verdict == expected


def test_a_failure_shows_its_bytes_and_how_to_see_them_again() -> None:
    judgement = test_frame.test_utf8(Bodies((reading(CLOSED, b"data: " + b"x" * 200 + b"\xe9\n\n"),)))

    assert b"\xe9" in judgement.evidence
    assert len(judgement.evidence) == 80
    assert judgement.cut == (True, False)
    assert judgement.reproduce == "curl -sNi -H Accept: http://x/events"
    assert judgement.arrivals == ((1.0, len(CLOSED)), (2.0, 209))
    assert GET.startswith(b"GET /events")


def test_a_busy_stream_was_not_silent() -> None:
    capture = Quiet(reading(CLOSED, b"data: x\n\n"), (), longest=0.13, watched=20.5, events=1230)

    reason = test_beat.test_no_id_and_no_retry(capture).reason
    assert reason.startswith(
        "1230 events came in 20.5 s, and no heartbeat among them: the stream was silent for 0.13"
    )
    assert "1230 events" in test_beat.test_interval(capture, target()).observed


CHUNKED = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"


@pytest.mark.parametrize(
    "ended",
    [reading(CLOSED, b":\n\n", end="eof"), reading(CHUNKED, b"0\r\n\r\n")],
    ids=["closed", "kept alive"],
)
def test_a_stream_that_ended_early_shows_no_interval(ended: Reading) -> None:
    capture = Quiet(ended, (), longest=0.1, watched=0.2)

    assert test_beat.test_interval(capture, target(BEATING)).verdict is Verdict.INCONCLUSIVE
