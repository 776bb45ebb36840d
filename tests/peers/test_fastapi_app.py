"""The peer says what FastAPI says, and nobody who saw the head of a stream misses an event."""

import socket
from collections.abc import Iterator

import httpx
import pytest

from tests.bench import FASTAPI, free_port, running, subscribe


@pytest.fixture(scope="module")
def peer() -> Iterator[httpx.Client]:
    with running(FASTAPI, free_port()) as (_, client):
        yield client


@pytest.fixture
def streams(peer: httpx.Client) -> Iterator[list[socket.socket]]:
    streams = subscribe(str(peer.base_url), FASTAPI.subscribe, 20)
    yield streams
    for stream in streams:
        stream.close()


def read_until(stream: socket.socket, mark: bytes) -> bytes:
    data = b""
    while mark not in data:
        data += (part := stream.recv(65536))
        assert part, data
    return data


def test_fields_are_written_by_fastapi_as_they_were_given(
    peer: httpx.Client, streams: list[socket.socket]
) -> None:
    fields = {"data": "a\nb", "event": "e", "id": "1", "retry": 100, "comment": "c"}
    answer = peer.post(FASTAPI.publish, json=fields)

    assert (answer.status_code, answer.json()) == (201, {"subscribers": 20})
    for stream in streams:
        assert b": c\nevent: e\ndata: a\ndata: b\nid: 1\nretry: 100\n\n" in read_until(stream, b"\n\n")


@pytest.mark.parametrize("fields", [{"data": "x", "id": "a\nb"}, {"data": "x", "retry": -1}, {"data": 5}, []])
def test_what_fastapi_refuses_is_a_422(peer: httpx.Client, fields: object) -> None:
    assert peer.post(FASTAPI.publish, json=fields).status_code == 422
