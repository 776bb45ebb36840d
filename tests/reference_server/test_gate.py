"""Limits on connections and heads, over real sockets: who is sent away, who is cut, who notices nothing."""

import socket
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest

from reference_server.gate import most
from reference_server.limits import Limits
from reference_server.settings import Settings
from tests.conftest import DEADLINE
from tests.reference_server.listener import Listener
from tests.reference_server.running import running

Limited = Callable[..., str]


@pytest.fixture
def limited() -> Iterator[Limited]:
    """`limited(connections=20)`: the URL of a server with such limits."""
    with ExitStack() as stack:

        def start(log: str = "memory", **limits: Any) -> str:
            return stack.enter_context(running(Settings(port=0, log=log, limits=Limits(**limits))))

        yield start


@contextmanager
def peer(url: str, *said: bytes) -> Iterator[socket.socket]:
    at = urlsplit(url)
    with socket.create_connection((at.hostname or "", at.port or 80), DEADLINE) as connection:
        for each in said:
            connection.sendall(each)
        yield connection


def heard(connection: socket.socket) -> bytes:
    """All until the server hangs up."""
    got = b""
    try:
        while data := connection.recv(65536):
            got += data
    except ConnectionResetError:
        pass
    return got


def publish(url: str, data: str) -> int:
    return httpx.post(f"{url}/events/c", json={"data": data}, timeout=DEADLINE).status_code


def test_a_flood_of_connections_leaves_streams_alone(limited: Limited) -> None:
    url = limited(connections=20)
    with ExitStack() as stack, httpx.Client(base_url=url, trust_env=False, timeout=DEADLINE) as publisher:
        assert publisher.get("/healthz").status_code == 200
        stream = stack.enter_context(Listener(url, "/events/c"))
        flood = [stack.enter_context(peer(url)) for _ in range(200)]
        turned_away = [heard(each) for each in flood[18:]]
        sent = [publisher.post("/events/c", json={"data": str(n)}).status_code for n in range(10)]

        assert {each.partition(b"\r\n")[0] for each in turned_away} == {b"HTTP/1.1 503 Service Unavailable"}
        assert all(b"Retry-After: 5\r\n" in each for each in turned_away)
        assert set(sent) == {201}
        assert [each.data for each in stream.take(10)] == [str(n) for n in range(10)]


def test_there_is_room_again_when_idle_connections_were_cut(limited: Limited) -> None:
    url = limited(connections=5, idle_seconds=0.5)
    with ExitStack() as stack:
        flood = [stack.enter_context(peer(url)) for _ in range(5)]
        assert [heard(each) for each in flood] == [b""] * 5

        assert publish(url, "x") == 201


@pytest.mark.parametrize(
    "said",
    [
        b"",
        b"GET /events HTTP/1.1\r\nHost: localhost\r\n",
        b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\nGET /healthz HT",
    ],
    ids=["none", "half", "after another"],
)
def test_a_head_that_never_ends_has_a_deadline(limited: Limited, said: bytes) -> None:
    url = limited(idle_seconds=0.5)

    with Listener(url, "/events/c") as stream, peer(url, said) as slow:
        assert heard(slow).count(b"HTTP/1.1 200") == said.count(b"\r\n\r\n")
        publish(url, "a stream has no such deadline")
        assert len(stream.take(1)) == 1


def test_one_byte_at_a_time_is_no_progress(limited: Limited) -> None:
    url = limited(idle_seconds=0.5)

    with peer(url, b"GET /healthz HTTP/1.1\r\nX: ") as slow:
        slow.settimeout(0.05)
        for _ in range(int(DEADLINE / 0.05)):
            slow.sendall(b"a")
            try:
                assert slow.recv(100) == b""
                break
            except TimeoutError:
                continue
            except ConnectionError:
                break
        else:
            pytest.fail("the connection was never cut")


def test_a_body_that_never_ends_has_a_deadline(limited: Limited) -> None:
    url = limited(body_seconds=0.3)
    head = b"POST /measurements HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"

    with peer(url, head + b"Content-Length: 50\r\n\r\n[") as slow:
        assert b" 408 " in slow.recv(65536)


HEADS = {
    "a field too long": (b"GET / HTTP/1.1\r\nHost: localhost\r\nX: " + b"a" * 2000 + b"\r\n\r\n", b"431"),
    "too many fields": (b"GET / HTTP/1.1\r\nHost: localhost\r\n" + b"X: a\r\n" * 200 + b"\r\n", b"431"),
    "a path too long": (b"GET /" + b"a" * 20_000 + b" HTTP/1.1\r\nHost: localhost\r\n\r\n", b"414"),
    "no HTTP": (b"\x00\xff\r\n\r\n", b"400"),
}


@pytest.mark.parametrize(("head", "status"), HEADS.values(), ids=HEADS)
def test_a_head_that_is_too_large_is_told_so(limited: Limited, head: bytes, status: bytes) -> None:
    with peer(limited(header=1000), head) as client:
        answer = heard(client)

    assert answer.split(b" ", 2)[1] == status
    assert b'{"error": "' in answer


def test_devices_are_bounded_and_known_ones_go_on(limited: Limited) -> None:
    url = limited(devices=3)

    def send(*devices: str) -> httpx.Response:
        return httpx.post(f"{url}/measurements", json=[{"device": each, "value": 1} for each in devices])

    birth = {"device": "b", "boot": 1, "sensors": []}
    statuses = [
        send("a", "a").status_code,
        httpx.put(f"{url}/devices/b", json=birth).status_code,
        (refused := send("a", "c", "d")).status_code,
        httpx.put(f"{url}/devices/c", json={**birth, "device": "c"}).status_code,
        send("a", "b", "c").status_code,
        httpx.put(f"{url}/devices/d", json={**birth, "device": "d"}).status_code,
    ]

    assert statuses == [200, 200, 422, 200, 200, 422]
    assert (refused.json()["index"], refused.json()["field"]) == (2, "device")
    assert httpx.get(f"{url}/snapshot").json()["devices"].keys() == {"a", "b", "c"}


def test_devices_stay_known_over_a_restart(tmp_path: Path) -> None:
    settings = Settings(port=0, log=f"sqlite:{tmp_path / 'log.db'}", limits=Limits(devices=1))
    statuses = []
    for devices in ("a", "ab"):
        with running(settings) as url:
            items = [{"device": each, "value": 1} for each in devices]
            statuses += [httpx.post(f"{url}/measurements", json=each).status_code for each in items]

    assert statuses == [200, 200, 422]


SIZES = {
    "body": ({"body": 100}, " " * 101, 413),
    "batch": (
        {"batch": 2},
        '[{"device":"d","value":1},{"device":"d","value":1},{"device":"d","value":1}]',
        413,
    ),
    "item": ({"item": 30}, '{"device":"d","value":1,"x":"yyyyyyyy"}', 413),
}


@pytest.mark.parametrize(("limits", "body", "status"), SIZES.values(), ids=SIZES)
def test_what_is_too_large_is_told_so(
    limited: Limited, limits: dict[str, int], body: str, status: int
) -> None:
    answer = httpx.post(
        f"{limited(**limits)}/measurements", content=body, headers={"Content-Type": "application/json"}
    )

    assert (answer.status_code, "expected" in answer.json()) == (status, True)


def test_more_subscribers_than_the_limit_are_told_when_to_come_back(limited: Limited) -> None:
    url = limited(subscribers=1)

    with Listener(url), Listener(url) as second:
        assert (second.response.status, second.response.getheader("Retry-After")) == (503, "5")


def test_there_are_never_more_connections_than_descriptors() -> None:
    assert most(1) == 1
    assert 0 < most(1 << 40) <= 1 << 40
