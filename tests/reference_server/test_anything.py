"""Whatever is sent: never an error of our own, and nothing is accepted that breaks the wire."""

import json
import socket
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode, urlsplit

from hypothesis import given, settings
from hypothesis import strategies as st

from conformance.eventstream import EventStream
from reference_server import wire
from reference_server.cursor import Place, locate
from reference_server.limits import Limits
from reference_server.log import Item
from reference_server.measurement import read_measurements
from reference_server.memory_log import MemoryLog
from reference_server.publication import read_publication
from reference_server.refusal import RefusedError
from tests.conftest import DEADLINE

LIMITS = Limits(batch=5, item=200)
scalars = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20)
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
)
words = st.text(max_size=8) | st.sampled_from(
    ["x\ny", "a\r", "\r\n\r\n", "\0", "\u2028", " data: x", ":", ""]
)
count = st.integers(0, 9) | st.integers()
published: dict[str, st.SearchStrategy[Any]] = dict.fromkeys(("event", "id", "comment"), words)
near = st.fixed_dictionaries({"data": words}, optional={**published, "retry": count}) | st.fixed_dictionaries(
    {"device": st.just("d") | words, "value": st.floats() | count},
    optional={
        "boot": count,
        "seq": count,
        "ts": count,
        "values": st.just({"t": 1.5}) | values,
        "é\n": values,
    },
)
texts = (near | values | st.lists(near, max_size=7)).map(lambda value: json.dumps(value).encode())
bodies = st.binary(max_size=60) | texts | st.tuples(texts, st.binary(max_size=3)).map(b"".join)


def exchange(url: str, name: str, query: str, field: bytes) -> bytes:
    """The status line that a stream with such a query and such a field gets."""
    at = urlsplit(url)
    path = f"/events?{urlencode({name: query})}"
    with socket.create_connection((at.hostname or "", at.port or 80), DEADLINE) as peer:
        head = f"GET {path} HTTP/1.1\r\nHost: localhost\r\nLast-Event-ID: ".encode()
        peer.sendall(head + field + b"\r\n\r\n")
        return peer.recv(65536).partition(b"\r\n")[0]


def accepted(read: Callable[[], list[Item]]) -> list[Item]:
    """What was read; nothing, if it was refused in good order."""
    try:
        return read()
    except RefusedError as refused:
        json.dumps(refused.fields).encode()
        if refused.status not in {400, 413, 422}:
            raise
        return []


def heard(item: Item, id_: str) -> list[tuple[str, str, str]]:
    """What the oracle makes of an item's block, with an event before and after it."""
    fence = wire.encode(wire.Event("fence", id="f"))
    stream = EventStream()
    block = wire.encode(
        wire.Event(item.data, item.event, id_ if item.id is None else item.id, item.retry, item.comment)
    )
    return [(each.type, each.data, each.last_event_id) for each in stream.feed(fence + block + fence)]


@settings(deadline=None, max_examples=150)
@given(body=bodies, lines=st.booleans())
def test_a_measurement_is_refused_or_arrives_as_one_event(body: bytes, lines: bool) -> None:
    for item in accepted(lambda: read_measurements(body, LIMITS, {}, lines=lines)):
        before, event, after = heard(item, "e-1")
        assert (before[1], after[1]) == ("fence", "fence")
        assert event == ("measurement", item.data, "e-1")
        assert isinstance(json.loads(event[1])["device"], str)


@settings(deadline=None, max_examples=150)
@given(body=bodies)
def test_a_publication_is_refused_or_arrives_as_one_event(body: bytes) -> None:
    for item in accepted(lambda: [read_publication(body, "c", LIMITS)]):
        before, event, after = heard(item, "e-1")
        assert (before[1], after[1]) == ("fence", "fence")
        told: dict[str, Any] = json.loads(body)
        data = told["data"].replace("\r\n", "\n").replace("\r", "\n")
        assert event == (told.get("event") or "message", data, "e-1" if item.id is None else item.id)


@settings(deadline=None)
@given(asked=st.text(max_size=40) | st.from_regex(r"\A[a-f0-9]{0,8}-[0-9]{0,20}\Z"))
def test_a_cursor_is_followed_or_answered_by_a_reset(asked: str) -> None:
    log = MemoryLog(10, LIMITS)

    place = locate(asked, log)

    assert place == Place(0) or (place.reset is not None and place.reset.asked == asked)
    if place.reset is not None:
        stream = EventStream()
        (event,) = stream.feed(wire.encode(wire.Event(place.reset.data(log), "reset")))
        assert json.loads(event.data)["asked"] == asked


@settings(deadline=None, max_examples=60)
@given(
    name=st.sampled_from(["lastEventId", "device", "limit", "watchdog", "x"]),
    query=st.text(st.characters(exclude_categories=["Cs"]), max_size=40) | st.integers().map(str),
    field=st.binary(max_size=20).filter(lambda each: not set(each) & {0, 10, 13}),
)
def test_no_query_and_no_field_is_an_error_of_ours(url: str, name: str, query: str, field: bytes) -> None:
    answer = exchange(url, name, query, field)

    assert answer.split(b" ", 2)[1] in {b"200", b"204", b"400"}, answer
