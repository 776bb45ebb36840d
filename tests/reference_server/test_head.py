"""Which values of `Accept` let a client have the stream."""

import pytest

from reference_server.head import accepts

TAKEN = [
    "",
    "*/*",
    "text/*",
    "text/event-stream",
    "TEXT/Event-Stream; charset=utf-8",
    "application/json, text/event-stream;q=0.1",
    "application/json, */*;q=0.001",
    "text/*;q=0, text/event-stream",
]
REFUSED = [
    "application/json",
    "text/html, application/xml",
    "text/event-stream;q=0",
    "text/event-stream; q=0.000, */*",
    "text/*;q=0, */*",
    "nonsense",
]


@pytest.mark.parametrize("field", TAKEN)
def test_a_client_who_takes_streams_gets_one(field: str) -> None:
    assert accepts(field)


@pytest.mark.parametrize("field", REFUSED)
def test_a_client_who_does_not_is_refused(field: str) -> None:
    assert not accepts(field)
