"""One POST: what is said, what is not said, and whether it may be compressed."""

import asyncio
import gzip
import json
import ssl
from collections.abc import Callable

import pytest

from simulator.answer import Meaning
from simulator.connection import Connection, Manner, Posted

MESSAGES = [b'{"seq":%d}' % seq for seq in range(50)]
Speak = Callable[[bytes, bytes], bytes]  # head and body of a request to the bytes of an answer
DEADLINE = 20.0
SILENCE = {
    "closes": (b"", "the connection broke (Server disconnected without sending a response.)"),
    "speaks something else": (b"220 smtp ready\r\n\r\n", "the connection broke (illegal status line"),
    "half an answer": (
        b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n[",
        "the connection broke (peer closed connection",
    ),
}
UNFINISHED = [answer for answer, _ in SILENCE.values()]


def manner(said: list[str], *, compress: bool = False) -> Manner:
    return Manner({"x-mine": "1"}, ssl.create_default_context(), said.append, compress)


async def listening(speak: Speak) -> asyncio.Server:
    """A server that answers each request with these bytes; none: it closes."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                length = int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0])
                answer = speak(head, await reader.readexactly(length))
                writer.write(answer)
                await writer.drain()
                if answer in UNFINISHED:
                    break
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        writer.close()

    return await asyncio.start_server(serve, "127.0.0.1", 0)


def post(speak: Speak, times: int = 1, *, compress: bool = False) -> tuple[list[Posted], list[str]]:
    said: list[str] = []

    async def play() -> list[Posted]:
        async with await listening(speak) as server:
            port = server.sockets[0].getsockname()[1]
            async with Connection(manner(said, compress=compress)) as connection:
                url = f"http://127.0.0.1:{port}/measurements"
                return [await connection.post(url, MESSAGES) for _ in range(times)]

    return asyncio.run(asyncio.wait_for(play(), DEADLINE)), said


def whole(status: str, body: bytes = b"", *headers: bytes) -> bytes:
    lines = [b"HTTP/1.1 " + status.encode(), b"Content-Length: %d" % len(body), *headers, b"", body]
    return b"\r\n".join(lines)


def test_an_array_arrives_with_its_headers() -> None:
    heads, bodies = list[bytes](), list[bytes]()

    def speak(head: bytes, body: bytes) -> bytes:
        heads.append(head)
        bodies.append(body)
        return whole("200 OK", b'{"accepted": 48, "duplicates": 2}')

    (posted,), said = post(speak)

    assert json.loads(bodies[0]) == [{"seq": seq} for seq in range(50)]
    assert b"\r\nx-mine: 1\r\n" in heads[0]
    assert b"\r\ncontent-type: application/json\r\n" in heads[0]
    assert posted.answer[:3] == (Meaning.TAKEN, 48, 2)
    assert posted.size == len(bodies[0])
    assert said == []


@pytest.mark.parametrize(("answer", "reason"), SILENCE.values(), ids=SILENCE)
def test_what_is_no_answer_is_tried_again(answer: bytes, reason: str) -> None:
    (posted,), _ = post(lambda *_: answer)

    assert posted.answer.meaning is Meaning.RETRY
    assert posted.answer.reason.startswith(reason)
    assert (posted.answer.status, posted.size) == (0, 0)


def test_who_says_nothing_is_waited_for_in_vain(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("simulator.connection.DEADLINE", 0.1)

    async def mute(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await over.wait()
        writer.close()

    async def play() -> Posted:
        async with await asyncio.start_server(mute, "127.0.0.1", 0) as server:
            port = server.sockets[0].getsockname()[1]
            async with Connection(manner([])) as connection:
                posted = await connection.post(f"http://127.0.0.1:{port}/", MESSAGES)
            over.set()
            return posted

    over = asyncio.Event()

    assert asyncio.run(asyncio.wait_for(play(), DEADLINE)).answer.reason == "no answer within 0.1 s"


def test_a_receiver_may_take_compressed_bodies() -> None:
    def speak(head: bytes, body: bytes) -> bytes:
        assert b"\r\ncontent-encoding: gzip\r\n" in head
        return whole("200 OK", b'{"accepted": %d}' % len(json.loads(gzip.decompress(body))))

    (posted,), said = post(speak, compress=True)

    assert posted.answer.accepted == 50
    assert posted.size < sum(map(len, MESSAGES))
    assert said == []


@pytest.mark.parametrize("status", ["400 Bad Request", "415 Unsupported Media Type"])
def test_a_receiver_that_takes_no_gzip_gets_none_from_then_on(status: str) -> None:
    compressed: list[bool] = []

    def speak(head: bytes, _: bytes) -> bytes:
        compressed.append(b"content-encoding: gzip" in head)
        return whole(status, b"what?") if compressed[-1] else whole("204 No Content")

    found, said = post(speak, times=3, compress=True)

    assert [posted.answer.meaning for posted in found] == [Meaning.TAKEN] * 3
    assert compressed == [True, False, False, False]
    assert len(said) == 1
    assert f"takes no gzip ({status[:3]} what?): going on without" in said[0]


def test_a_receiver_that_takes_neither_is_not_accused_of_gzip() -> None:
    found, said = post(lambda *_: whole("400 Bad Request", b"no"), times=1, compress=True)

    assert (found[0].answer.meaning, found[0].answer.reason) == (Meaning.STOP, "400 no")
    assert said == []
