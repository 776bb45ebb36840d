"""Captures of answers, taken from servers on real sockets."""

import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from conformance.captures.ending import ending
from conformance.captures.methods import others
from conformance.captures.midstream import midstream
from conformance.captures.negotiation import negotiation
from conformance.subject import Subject
from conformance.target import Target, loads
from conformance.verdict import Unjudged
from conformance.wire import Wire
from tests.conformance.odd_server import Manners, OddServer, target_of


class FailingStream(BaseHTTPRequestHandler):
    """One event, then silence; `POST /fault` makes the stream go on with its query, and end."""

    protocol_version = "HTTP/1.1"
    failed = threading.Event()
    text = b""
    deaf = False  # to the hook

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(b"data: x\n\n")
        self.failed.wait(1 if self.deaf else 10)
        self.wfile.write(self.text)

    def do_POST(self) -> None:
        status = 204 if self.path == "/fault" else 404
        self.send_response(status)
        self.send_header("Content-Length", "0")
        self.end_headers()
        if not self.deaf:
            self.failed.set()

    def log_message(self, *_: Any) -> None:
        return


@contextmanager
def failing(text: bytes) -> Iterator[str]:
    handler = type("Handler", (FailingStream,), {"failed": threading.Event(), "text": text})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


def taken(target: Target, take: Callable[[Subject], Any]) -> Any:
    with Wire() as wire:
        subject = Subject(target, wire, {}, "nonce")
        with closing(subject), subject.visit() as visitor:
            return take(visitor)


def hooked(url: str, path: str) -> Target:
    return loads(
        f"""
        schema = 1
        target = {{ name = "t", base_url = "{url}" }}
        subscribe = {{ path = "/" }}
        faults = {{ midstream = {{ path = "{path}" }} }}
        """,
        {},
    )


def test_a_declared_fault_is_provoked_in_the_middle_of_a_stream() -> None:
    with failing(b'{"error": "x"}\n\n') as url:
        reading = taken(hooked(url, "/fault"), midstream)

    assert bytes(reading.body) == b'data: x\n\n{"error": "x"}\n\n'
    assert reading.complete


def test_a_fault_that_does_not_show_is_no_verdict(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("conformance.captures.midstream.PATIENCE_SECONDS", 0.3)
    monkeypatch.setattr(FailingStream, "deaf", True)
    with failing(b"") as url, pytest.raises(Unjudged, match="showed nothing"):
        taken(hooked(url, "/fault"), midstream)


def test_a_hook_that_is_not_there_is_told() -> None:
    with failing(b"") as url, pytest.raises(Unjudged, match="could not be provoked: 404"):
        taken(hooked(url, "/nothing"), midstream)


def odd(server: OddServer, more: str = "") -> Target:
    return loads(target_of(server) + more, {})


def test_a_stranger_is_sent_methods_that_change_nothing() -> None:
    with OddServer.started(Manners()) as server:
        polite = taken(odd(server, "\n[politeness]\nallow_attacks = false\n"), others)
        ours = taken(odd(server), others)

    assert polite.keys() == {"OPTIONS"}
    assert {method: reading.head.status for method, reading in ours.items()} == dict.fromkeys(
        ("OPTIONS", "DELETE", "PATCH"), 405
    )
    assert all(reading.complete for reading in ours.values())


def test_a_head_that_waits_for_an_event_gets_one() -> None:
    with OddServer.started(Manners(late=True)) as server:
        answers = taken(odd(server, "\n[limits]\nhead_ms = 200\n"), negotiation)

    assert {reading.head.status for reading in answers.values()} == {200}


def test_a_stream_that_should_end_and_does_not_is_no_verdict(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("conformance.captures.ending.PATIENCE_SECONDS", 0.5)
    with OddServer.started(Manners()) as server:
        text = target_of(server).replace('path = "/{channel}"', 'path = "/{channel}", finite = true', 1)

        with pytest.raises(Unjudged, match="finite = true, but the stream did not end"):
            taken(loads(text, {}), ending)
