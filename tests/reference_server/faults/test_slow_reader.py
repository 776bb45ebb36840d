"""Faults with slow readers, in literal bytes."""

import asyncio

import pytest

from reference_server.faults import slow_reader
from reference_server.faults.slow_reader import FAULTS
from reference_server.limits import Limits
from tests.reference_server.faults.readers import Reader, fan_out, read_by

EVENTS = [b"data: 1\n\n", b"data: 2\n\n", b"data: 3\n\n"]
WAITS = 1 << 20  # bytes


def test_all_wait_for_the_one_that_takes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(slow_reader, "LOOK_SECONDS", 0.001)

    async def main() -> tuple[list[bytes], list[bytes]]:
        stalled, other = Reader(), Reader()
        outlets = [
            read_by(reader, FAULTS["slow-reader-blocks-all"].parts.outlet) for reader in (stalled, other)
        ]
        fan_out(outlets, EVENTS[0])
        await asyncio.sleep(0)
        stalled.waits = WAITS
        fan_out(outlets, EVENTS[1])
        await asyncio.sleep(0)
        during = list(other.got)
        other.wrote.clear()
        stalled.abort()
        await asyncio.wait_for(other.wrote.wait(), 10)
        return during, other.got

    assert asyncio.run(main()) == ([EVENTS[0]], EVENTS[:2])


def test_readers_of_other_channels_do_not_wait() -> None:
    async def main() -> list[bytes]:
        stalled, other = Reader(), Reader()
        outlets = [
            read_by(reader, FAULTS["slow-reader-blocks-all"].parts.outlet) for reader in (stalled, other)
        ]
        fan_out(outlets[:1], EVENTS[0])
        fan_out(outlets[1:], EVENTS[0])
        stalled.waits = WAITS
        await asyncio.sleep(0)
        fan_out(outlets[1:], EVENTS[1])
        await asyncio.sleep(0)
        return other.got

    assert asyncio.run(main()) == EVENTS[:2]


def test_a_queue_without_end_is_never_full() -> None:
    async def main() -> bool:
        stalled = Reader()
        outlet = read_by(stalled, FAULTS["unbounded-queue"].parts.outlet)
        stalled.waits = WAITS
        return outlet.full()

    assert not asyncio.run(main())


def test_what_does_not_fit_is_left_out_and_who_stays_is_cut_later() -> None:
    async def main() -> list[bytes]:
        slow = Reader()
        outlet = read_by(slow, FAULTS["slow-reader-silent-gap"].parts.outlet, Limits(stall_seconds=0.01))
        fan_out([outlet], EVENTS[0])
        slow.waits = WAITS
        fan_out([outlet], EVENTS[1])
        slow.waits = 0
        fan_out([outlet], EVENTS[2])
        slow.waits = WAITS
        await asyncio.wait_for(slow.aborted.wait(), 10)
        return slow.got

    assert asyncio.run(main()) == [EVENTS[0], EVENTS[2]]


def test_who_catches_up_is_not_left_without() -> None:
    async def main() -> list[bytes]:
        slow = Reader()
        outlet = read_by(slow, FAULTS["slow-reader-silent-gap"].parts.outlet)
        slow.waits = WAITS
        outlet.write(outlet.framed(EVENTS[0]))
        return slow.got

    assert asyncio.run(main()) == EVENTS[:1]
