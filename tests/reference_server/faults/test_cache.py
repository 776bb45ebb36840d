"""Faults of caching, in literal fields."""

import pytest

from tests.reference_server.faults.talk import fields, lines, talk

GET = lines("GET /events/c HTTP/1.1")


def test_a_stream_may_be_cached() -> None:
    assert fields(talk("cacheable", GET))["cache-control"] == "max-age=60, no-transform"


def test_proxies_are_told_nothing() -> None:
    found = fields(talk("proxies-may-buffer", GET))

    assert found["cache-control"] == "no-cache"
    assert "x-accel-buffering" not in found


@pytest.mark.parametrize(
    ("condition", "status"),
    [('If-None-Match: "x"', b"304"), ("If-Modified-Since: now", b"304"), ("Range: bytes=0-", b"200")],
)
def test_conditions_hold(condition: str, status: bytes) -> None:
    answer = talk("not-modified", lines("GET /events/c HTTP/1.1", condition))

    assert answer.startswith(b"HTTP/1.1 " + status)
