"""A receiver's books as they are asked for, and answers that are none."""

import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from simulator.stats import DeviceStats, UnjudgedError, fetch_stats

GOOD = b'{"last_id":"e-3","devices":{"a":{"boot":7,"count":2,"duplicates":1,"first_seq":0,"last_seq":2,\
"missing":1,"gaps":[[1,1]],"digest":"00ff","of another server":true}}}'
Answering = Callable[..., str]


@pytest.fixture
def answering() -> Iterator[Answering]:
    """`answering(status, body)` is the base URL of a server that says so; it notes tokens in `seen`."""
    servers: list[HTTPServer] = []

    def start(status: int, body: bytes, seen: list[str | None] | None = None) -> str:
        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                if seen is not None:
                    seen.append(self.headers["authorization"])
                self.send_response(status)
                self.send_header("content-length", str(len(body)))
                self.send_header("location", "/elsewhere")
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - as the class has it
                """Say nothing."""

        servers.append(server := HTTPServer(("127.0.0.1", 0), Handler))
        threading.Thread(target=server.serve_forever, daemon=True).start()
        return f"http://127.0.0.1:{server.server_port}/"

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


def test_books_are_read_with_a_token(answering: Answering) -> None:
    seen: list[str | None] = []
    stats = fetch_stats(answering(200, GOOD, seen), "secret", "TOKEN")

    assert stats.last_id == "e-3"
    assert stats.devices["a"] == DeviceStats(7, 2, 1, 0, 2, 1, [(1, 1)], "00ff")
    assert seen == ["Bearer secret"]


def test_the_latest_boot_is_that_of_the_devices_that_are_known(answering: Answering) -> None:
    stats = fetch_stats(answering(200, GOOD), None, "TOKEN")

    assert (stats.latest_boot(["b", "a"]), stats.latest_boot(["b"])) == (7, None)


BAD: dict[str, tuple[int, bytes, str]] = {
    "a web page": (200, b"<!doctype html><p>Hello", "/stats: not what `GET /stats` says"),
    "other JSON": (200, b'{"devices": []}', "not what `GET /stats` says (Expected `object`, got `array`"),
    "no token": (401, b"who?", "/stats: 401 'who?': give its token in the environment as TOKEN"),
    "no such page": (404, b"", "/stats: 404: a server without these books cannot be verified"),
    "elsewhere": (302, b"", "/stats: 302; expected 200"),
    "broken": (500, b"\x1b[31moh", "/stats: 500 '\\x1b[31moh'; expected 200"),
}


@pytest.mark.parametrize(("status", "body", "sentence"), BAD.values(), ids=BAD)
def test_other_answers_judge_nothing(answering: Answering, status: int, body: bytes, sentence: str) -> None:
    with pytest.raises(UnjudgedError) as caught:
        fetch_stats(answering(status, body), None, "TOKEN")

    assert sentence in str(caught.value)


@pytest.mark.parametrize("url", ["http://127.0.0.1:9", "nonsense"])
def test_nobody_there_judges_nothing(url: str) -> None:
    with pytest.raises(UnjudgedError, match=r"/stats: no answer \("):
        fetch_stats(url, None, "TOKEN")
