"""Payloads: which fields they set, and which of them matters."""

import pytest

from conformance.captures.exchange import Exchange, Hello
from conformance.row import Payload
from conformance.verdict import Unjudged, Verdict
from tests.conformance.test_reading import CLOSED, reading


@pytest.mark.parametrize(
    ("payload", "fields", "told"),
    [
        (Payload("x"), set(), "x"),
        (Payload("x", "e"), {"event"}, "e"),
        (Payload("x", "e", "7"), {"event", "id"}, "7"),
        (Payload("x", retry=-1), {"retry"}, "-1"),
        (Payload("x", comment=""), {"comment"}, ""),
    ],
    ids=["data", "a type", "an id", "a retry", "an empty comment"],
)
def test_a_payload_tells_what_it_sets(payload: Payload, fields: set[str], told: str) -> None:
    assert (set(payload.fields), payload.told) == (fields, told)


def test_payloads_that_were_left_out_are_no_verdict() -> None:
    exchanged = Exchange(
        reading(CLOSED), Hello(0, 0.0, None, interrupted=False), (), {}, {"SSE-DATA-007": "why"}
    )

    with pytest.raises(Unjudged) as left_out:
        exchanged.of("SSE-DATA-007")

    assert (left_out.value.judgement.verdict, left_out.value.judgement.reason) == (Verdict.SKIP, "why")
