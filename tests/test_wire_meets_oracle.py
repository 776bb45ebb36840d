"""The only place where the server's encoder and the suite's oracle meet: what one writes, the other reads."""

import re

from hypothesis import given
from hypothesis import strategies as st

from conformance.eventstream import EventStream
from reference_server import wire

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)  # what UTF-8 can encode
LINE = TEXT.map(lambda text: re.sub("[\r\n\0]", "", text))
RICH = st.text(st.sampled_from("a :\r\n\t\0\ufeff\u2028\x85é😀"), max_size=20)
EVENT = st.builds(
    wire.Event, TEXT | RICH, LINE, st.none() | LINE, st.none() | st.integers(0, 2**31), st.none() | LINE
)


@given(st.lists(EVENT, max_size=5), st.integers(1, 7))
def test_what_is_written_is_what_is_read(events: list[wire.Event], size: int) -> None:
    body = b"".join(map(wire.encode, events))
    oracle = EventStream()

    read = [event for at in range(0, len(body), size) for event in oracle.feed(body[at : at + size])]

    last_id = ""
    expected = []
    for event in events:
        last_id = last_id if event.id is None else event.id
        expected.append((re.sub("\r\n|\r", "\n", event.data), event.event or "message", last_id))
    assert [(each.data, each.type, each.last_event_id) for each in read] == expected


@given(st.lists(EVENT, min_size=1, max_size=3))
def test_blocks_between_events_dispatch_nothing(events: list[wire.Event]) -> None:
    between = wire.HEARTBEAT + wire.retry(2000) + wire.position("e-7")
    body = between.join([b"", *map(wire.encode, events), b""])

    oracle = EventStream()
    read = list(oracle.feed(body))

    assert len(read) == len(events)
    assert (oracle.last_event_id, oracle.retry) == ("e-7", 2000)


@given(LINE, st.sampled_from("\r\n\0"), LINE)
def test_what_could_create_a_line_is_never_written(before: str, evil: str, after: str) -> None:
    text = before + evil + after

    for event in (wire.Event("", text), wire.Event("", id=text), wire.Event("", comment=text)):
        try:
            wire.encode(event)
        except ValueError:
            continue
        raise AssertionError(f"{event} was written")
