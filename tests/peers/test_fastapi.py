"""The peer says what FastAPI says, and nobody who saw the head of a stream misses an event."""

import os
import socket
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path

import httpx
import pytest

from tests.bench.server import HEAD, serving
from tests.conftest import DEADLINE
from tests.peers.recipe import recipes

FASTAPI = recipes()["fastapi"]


def argv(port: int, work: Path) -> Sequence[str]:
    """With our own interpreter, which has FastAPI too: tests install nothing."""
    return [sys.executable, *FASTAPI.argv(port, work)[1:]]


@pytest.fixture(scope="module")
def peer() -> Iterator[httpx.Client]:
    core = min(os.sched_getaffinity(0))
    with serving(argv, FASTAPI.subscribe, core) as server:
        url = f"http://127.0.0.1:{server.port}"
        with httpx.Client(base_url=url, trust_env=False, timeout=DEADLINE) as client:
            yield client


@pytest.fixture
def streams(peer: httpx.Client) -> Iterator[list[socket.socket]]:
    with ExitStack() as stack:
        streams = []
        for _ in range(20):
            at = ("127.0.0.1", peer.base_url.port or 80)
            stream = stack.enter_context(socket.create_connection(at, DEADLINE))
            stream.sendall(HEAD % FASTAPI.subscribe.encode())
            streams.append(stream)
        for stream in streams:
            read_until(stream, b"\r\n\r\n")
        yield streams


def read_until(stream: socket.socket, mark: bytes) -> bytes:
    data = b""
    while mark not in data:
        data += (part := stream.recv(65536))
        assert part, data
    return data


def test_fields_are_written_by_fastapi_as_they_were_given(
    peer: httpx.Client, streams: list[socket.socket]
) -> None:
    fields = {"raw_data": "a\nb", "event": "e", "id": "1", "retry": 100, "comment": "c"}
    answer = peer.post(FASTAPI.publish, json=fields)

    assert answer.status_code == 201
    assert peer.get("/readers").json() == 20
    for stream in streams:
        assert b": c\nevent: e\ndata: a\ndata: b\nid: 1\nretry: 100\n\n" in read_until(stream, b"\n\n")


@pytest.mark.parametrize(
    "fields", [{"raw_data": "x", "id": "a\nb"}, {"raw_data": "x", "retry": -1}, {"raw_data": 5}, []]
)
def test_what_fastapi_refuses_is_a_422(peer: httpx.Client, fields: object) -> None:
    assert peer.post(FASTAPI.publish, json=fields).status_code == 422
