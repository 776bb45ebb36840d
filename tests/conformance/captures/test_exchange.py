"""Payloads against a hub that ends the streams of a channel at some of them, always or once."""

import json
import threading
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from queue import SimpleQueue

import pytest

from conformance.captures.exchange import exchange
from conformance.checks.payloads import intact, structure
from conformance.row import Payload
from conformance.subject import Subject
from conformance.target import loads
from conformance.verdict import Verdict
from conformance.wire import Wire

CR = Payload("harmless\revent: evil")
ROWS = {
    "SSE-DATA-001": [Payload("a\nb"), Payload("c\nd")],
    "SSE-INJ-003": [CR, Payload("harmless\r\rdata: evil")],
    "SSE-DATA-004": [Payload(" x")],
}


class Hub(ThreadingHTTPServer):
    """Ends streams at a payload that holds one of `deadly`, as often as it is told to."""

    daemon_threads = True

    def __init__(self, deadly: dict[str, int]) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.deadly = deadly
        self.readers: defaultdict[str, list[SimpleQueue[str | None]]] = defaultdict(list)


class Handler(BaseHTTPRequestHandler):
    server: Hub

    def do_GET(self) -> None:
        queue: SimpleQueue[str | None] = SimpleQueue()
        self.server.readers[self.path].append(queue)
        self.wfile.write(b"HTTP/1.0 200 OK\r\nContent-Type: text/event-stream\r\n\r\n")
        while (data := queue.get()) is not None:
            self.wfile.write(b"".join(b"data: %s\n" % line.encode() for line in data.split("\n")) + b"\n")

    def do_POST(self) -> None:
        data = json.loads(self.rfile.read(int(self.headers["Content-Length"])))["data"]
        deadly = next((word for word, times in self.server.deadly.items() if word in data and times), None)
        if deadly:
            self.server.deadly[deadly] -= 1
        for queue in self.server.readers[self.path]:
            queue.put(None if deadly else data)
        self.wfile.write(b"HTTP/1.0 201 Created\r\nContent-Length: 0\r\n\r\n")

    def log_message(self, *_: object) -> None:
        """Nobody reads it."""


@contextmanager
def hub(deadly: dict[str, int]) -> Iterator[Subject]:
    with Hub(deadly) as server:
        threading.Thread(target=server.serve_forever).start()
        target = loads(
            f"""
            schema = 1
            target = {{ name = "x", base_url = "http://127.0.0.1:{server.server_port}" }}
            subscribe = {{ path = "/{{channel}}" }}
            [publish]
            driver = "http"
            fields = {{ event = false }}
            request = {{ path = "/{{channel}}", json = {{ data = "{{data}}" }} }}
            """,
            {},
        )
        with Wire() as wire:
            one = Subject(target, wire, {}, "nonce")
            with one.visit() as visitor:
                yield visitor
            one.close()
        for queue in [queue for many in server.readers.values() for queue in many]:
            queue.put(None)
        server.shutdown()


@pytest.mark.parametrize("times", [1, 2], ids=["once", "always"])
def test_the_rest_is_tried_on_another_stream(times: int) -> None:
    with hub({"evil": times * len(ROWS["SSE-INJ-003"])}) as subject:
        found = exchange(subject, ROWS)

    assert intact(found.of("SSE-DATA-001")).verdict is Verdict.PASS
    assert intact(found.of("SSE-DATA-004")).verdict is Verdict.PASS


def test_a_payload_that_ends_the_stream_twice_has_written_nothing() -> None:
    with hub({"evil": 4}) as subject:
        found = exchange(subject, ROWS)

    attacked = structure(found.of("SSE-INJ-003"), lines_of="data")
    assert (attacked.verdict, attacked.observed) == (
        Verdict.PASS,
        "at 2 the subscriber's stream was ended",
    )
    assert all(trial.ended for trial in found.of("SSE-INJ-003").trials)


def test_an_ordinary_payload_that_ends_the_stream_did_not_arrive() -> None:
    with hub({"c\nd": 2}) as subject:
        found = exchange(subject, ROWS)

    judged = intact(found.of("SSE-DATA-001"))
    assert judged.verdict is Verdict.FAIL
    assert judged.observed == 'no event came for "c\\nd", and the subscriber\'s stream was ended, twice'


def test_a_stream_that_ended_once_is_held_against_nobody() -> None:
    with hub({"c\nd": 1}) as subject:
        found = exchange(subject, ROWS)

    assert intact(found.of("SSE-DATA-001")).verdict is Verdict.PASS
    assert not any(trial.ended for trial in found.of("SSE-DATA-001").trials)


def test_bytes_of_another_stream_are_not_taken_for_those_of_the_first() -> None:
    with hub({"a\nb": 2}) as subject:
        found = exchange(subject, ROWS)

    assert len(found.reading.events) == 3  # the greeting, and the control between fences
    assert all(end <= len(found.reading.body) for _, end in found.written)
