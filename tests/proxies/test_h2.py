"""The rows of HTTP/2 pass a good server, and each fault fails its row and no other."""

import socket
import ssl
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

import conformance.subject
from conformance.captures.multiplex import Multiplex, multiplex
from conformance.checks import test_h2
from conformance.requirements import REQUIREMENTS
from conformance.row import Payload
from conformance.target import Target, loads
from conformance.target.request import Request
from conformance.verdict import Judgement, Unjudged
from conformance.wire import Wire
from tests.conformance.test_wire_tls import OPENSSL, identity
from tests.proxies.h2_server import H2_FAULTS, H2Server, Wrong

__all__ = ["identity"]  # a fixture of theirs

CHECKS: Mapping[str, Callable[[Multiplex, Target], Judgement]] = {
    "SSE-H2-001": lambda seen, _: test_h2.test_no_fields_of_the_connection(seen),
    "SSE-H2-002": test_h2.test_many_streams_and_one_that_is_left,
    "SSE-H2-003": test_h2.test_a_closed_window_stops_nobody_else,
}


def target(url: str, more: str = "") -> Target:
    server = f"[target]\nname = 'x'\nbase_url = '{url}'\nhttp = ['1.1', '2']\ntls = {{ verify = false }}\n"
    return loads(f"schema = 1\n{server}[subscribe]\npath = '/'\n{more}", {})


class Subject(SimpleNamespace):
    """What the capture asks of a subject, with a publisher that needs no connection."""

    def __init__(self, server: H2Server, roomy: int = 100) -> None:
        super().__init__(
            target=target(server.url),
            roomy=roomy,
            can_publish=True,
            head_seconds=2.0,
            latency_seconds=0.5,
            pause_seconds=0.0,
        )
        self.server = server

    def channel(self) -> str:
        return "x"

    def afford(self, requests: int) -> None:
        assert requests <= self.roomy

    def request(self, _: str) -> Request:
        return Request("GET", self.server.url, ((b"Accept", b"text/event-stream"),))

    def payload(self, data: str) -> str:
        return data

    def publish(self, _: str, wanted: Payload) -> Any:
        self.server.publish(wanted.data)
        return SimpleNamespace(accepted=True)


def verdicts(seen: Multiplex, promised: Target) -> dict[str, str]:
    """Those that depend on no row that has failed."""
    found: dict[str, str] = {}
    for row, check in CHECKS.items():
        if not any(found.get(other) == "FAIL" for other in REQUIREMENTS[row].requires):
            found[row] = check(seen, promised).verdict
    return found


def seen(wrong: Wrong = "") -> tuple[Multiplex, Target]:
    with H2Server(wrong).serving() as server:
        subject = Subject(server)
        return multiplex(subject), subject.target  # type: ignore[arg-type] # what of a subject it needs


def test_a_good_server_passes() -> None:
    found, promised = seen()

    assert verdicts(found, promised) == dict.fromkeys(CHECKS, "PASS")
    assert found.opened == 8
    assert 49_151 < found.shut_bytes <= 65_535


@pytest.mark.parametrize("wrong", H2_FAULTS)
def test_a_fault_fails_its_row_and_no_other(wrong: Wrong) -> None:
    found = verdicts(*seen(wrong))

    assert {row for row, verdict in found.items() if verdict == "FAIL"} == {*H2_FAULTS[wrong].caught_by}


def test_a_stranger_is_not_asked_for_eight_streams() -> None:
    with H2Server().serving() as server:
        subject = Subject(server, roomy=3)
        found = multiplex(subject)  # type: ignore[arg-type] # as above

    assert (found.wanted, found.opened) == (3, 3)
    with pytest.raises(Unjudged, match="politeness: needs 8 streams at once"):
        test_h2.test_many_streams_and_one_that_is_left(found, subject.target)


def visitor(server: H2Server, politeness: str, streams_open: int, wire: Wire) -> conformance.subject.Subject:
    """A real one, who has so many streams open elsewhere."""
    told = f"[politeness]\n{politeness}\n"
    made = conformance.subject.Subject(target(server.url, told), wire, {}, "nonce")
    made.streams += [SimpleNamespace(closed=False)] * streams_open  # type: ignore[list-item] # all that is asked
    return made


def test_each_stream_of_a_connection_is_a_request() -> None:
    with H2Server().serving() as server, Wire() as wire:
        subject = visitor(server, "max_streams = 8\nmax_requests = 9", 0, wire)
        found = multiplex(subject)

    assert (found.wanted, found.opened) == (8, 8)
    with pytest.raises(Unjudged, match="needs 2 requests, and 1 are left"):
        subject.afford(2)


def test_streams_that_are_open_already_leave_room_for_fewer() -> None:
    with H2Server().serving() as server, Wire() as wire:
        found = multiplex(visitor(server, "max_streams = 3", 1, wire))

    assert (found.wanted, found.opened) == (2, 2)


@pytest.mark.parametrize(
    ("politeness", "streams_open", "why"),
    [
        ("max_streams = 8\nmax_requests = 7", 0, "needs 8 requests, and 7 are left"),
        ("max_streams = 3", 3, "all the streams that the target allows are open already"),
    ],
    ids=["requests", "streams"],
)
def test_what_would_be_too_much_is_not_begun(politeness: str, streams_open: int, why: str) -> None:
    nobody = H2Server(url="http://127.0.0.1:1/")
    with Wire() as wire, pytest.raises(Unjudged, match=f"politeness: {why}"):
        multiplex(visitor(nobody, politeness, streams_open, wire))


@pytest.mark.skipif(OPENSSL is None, reason="no openssl: apt-get install openssl")
def test_a_server_that_agrees_on_something_else_breaks_its_word(identity: Path) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(identity)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=shake_hands, args=[listener, context])
        thread.start()
        subject = Subject(H2Server(url=f"https://127.0.0.1:{listener.getsockname()[1]}/"))
        found = multiplex(subject)  # type: ignore[arg-type] # as above
        thread.join()

    judged = test_h2.test_no_fields_of_the_connection(found)
    assert (judged.verdict, judged.observed) == ("FAIL", "ALPN agreed on nothing")
    assert verdicts(found, subject.target)["SSE-H2-002"] == "INCONCLUSIVE"


def shake_hands(listener: socket.socket, context: ssl.SSLContext) -> None:
    connection, _ = listener.accept()
    with context.wrap_socket(connection, server_side=True) as secure:
        secure.recv(1)


def test_without_the_library_the_rows_are_skipped_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "h2.connection", None)

    with pytest.raises(Unjudged, match=r"needs-h2: pip install 'eventbahn\[http2\]'"):
        seen()
