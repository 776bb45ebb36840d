"""RETRY faults in literal bytes."""

from reference_server.faults.retry import FAULTS
from tests.reference_server.faults.connection import written

BODIES = [b"retry: 2345\n\nid: 1\n\n", b"data: retry: 2345\n\n"]


def test_a_unit_stands_behind_the_number() -> None:
    got = written(FAULTS["retry-with-unit"].parts.outlet, BODIES)

    assert got == [b"retry: 2345ms\n\nid: 1\n\n", BODIES[1]]


def test_seconds_stand_where_milliseconds_are_meant() -> None:
    got = written(FAULTS["retry-in-seconds"].parts.outlet, BODIES)

    assert got == [b"retry: 2\n\nid: 1\n\n", BODIES[1]]
