"""FLOW faults in literal bytes."""

import asyncio
import zlib

import pytest

from reference_server.faults import flow
from reference_server.faults.chunks import body_of
from reference_server.faults.flow import FAULTS
from tests.reference_server.faults.connection import written
from tests.reference_server.faults.readers import Reader, fan_out, read_by
from tests.reference_server.faults.talk import fields, lines, talk

EVENTS = [b"data: 1\n\n", b"data: 2\n\n"]
BEAT = b":\n\n"


def test_an_event_waits_for_what_follows_it() -> None:
    got = written(FAULTS["late-flush"].parts.outlet, [BEAT, *EVENTS, BEAT])

    assert got == [BEAT, b"", EVENTS[0], EVENTS[1] + BEAT]


def test_who_takes_gzip_gets_it_late() -> None:
    answer = talk("gzip-unflushed", lines("GET /events/c HTTP/1.1", "Accept-Encoding: br, gzip"), events=2)

    body = body_of(answer.partition(b"\r\n\r\n")[2], chunked=True)
    assert fields(answer)["content-encoding"] == "gzip"
    assert b"data" not in zlib.decompressobj(31).decompress(body)


def test_who_takes_none_gets_none() -> None:
    answer = talk("gzip-unflushed", lines("GET /events/c HTTP/1.1"), events=1)

    assert "content-encoding" not in fields(answer)
    assert b"data: 0\n\n" in answer


def test_none_is_named_as_a_coding() -> None:
    assert fields(talk("coding-none", lines("GET /events/c HTTP/1.1")))["content-encoding"] == "none"


def test_the_third_reader_hears_of_ten_events() -> None:
    async def main() -> list[int]:
        readers = [Reader() for _ in range(3)]
        outlets = [read_by(reader, FAULTS["two-workers"].parts.outlet) for reader in readers]
        for _ in range(12):
            fan_out(outlets, EVENTS[0])
        return [len(reader.got) for reader in readers]

    assert asyncio.run(main()) == [12, 12, 10]


def test_so_many_streams_are_served_and_one_more_when_one_has_left(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(flow, "THREADS", 2)

    async def main() -> list[list[bytes]]:
        readers = [Reader() for _ in range(4)]
        outlets = [read_by(reader, FAULTS["thread-each"].parts.outlet) for reader in readers[:3]]
        readers[0].abort()
        outlets.append(read_by(readers[3], FAULTS["thread-each"].parts.outlet))
        fan_out(outlets, EVENTS[0])
        return [reader.got for reader in readers[1:]]

    assert asyncio.run(main()) == [[EVENTS[0]], [], [EVENTS[0]]]


def test_a_stream_is_cut_at_its_age(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(flow, "AGE_SECONDS", 0.01)

    async def main() -> None:
        reader = Reader()
        read_by(reader, FAULTS["ends-after-a-minute"].parts.outlet)
        await asyncio.wait_for(reader.aborted.wait(), 10)

    asyncio.run(main())
