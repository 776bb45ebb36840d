"""Faults of ids and cursors, in literal bytes; all else is as it should be."""

import re

import httpx
import pytest

from reference_server.cursor import Place, Reset
from reference_server.faults import FAULTS
from reference_server.settings import Settings
from reference_server.wire import Event
from tests.reference_server.listener import Listener
from tests.reference_server.running import running
from tests.reference_server.test_faults import Held

ENCODED = {
    "id-with-space": b"id:  e-7\ndata: a\n\n",
    "foreign-ids": b"id: event-e-7\ndata: a\n\n",
    "id-with-colon": b"id: at:e-7\ndata: a\n\n",
    "long-ids": b"id: e-7." + b"x" * 160 + b"\ndata: a\n\n",
}
LOCATED = {
    "ids-per-connection": "31.e-7",
    "id-with-colon": "at:e-7",
    "long-ids": "e-7." + "x" * 160,
}


@pytest.mark.parametrize("name", ENCODED)
def test_an_id_is_written_unfit(name: str) -> None:
    encode = FAULTS[name].parts.encode

    assert encode(Event("a", id="e-7")) == ENCODED[name]
    assert encode(Event("a")) == b"data: a\n\n"


@pytest.mark.parametrize("name", LOCATED)
def test_an_unfit_id_is_known_again(name: str) -> None:
    locate = FAULTS[name].parts.locate

    assert locate(LOCATED[name], Held()) == Place(7)
    assert locate("e-8", Held()) == Place(8)
    assert locate("x", Held()) == Place(9, Reset("unknown", "x"))


def test_each_connection_has_ids_of_its_own_and_knows_the_others() -> None:
    with running(settings("ids-per-connection")) as url:
        with Listener(url, "/events/c") as first, Listener(url, "/events/c") as second:
            publish(url, "a", "b")
            events = [first.take(2), second.take(2)]
        with Listener(url, "/events/c", events[0][0].last_event_id) as back:
            again = back.take(1)

    marks = [one[0].last_event_id.partition(".")[0] for one in (*events, again)]
    ids = {re.sub(r"^\d+\.", "", one[-1].last_event_id) for one in (*events, again)}
    assert len(set(marks)) == 3
    assert len(ids) == 1
    assert again[0].data == "b"


ASKED = {  # what is asked for by header, in one spelling and another; by the query; and by both
    "case-sensitive-header": (["b", "c"], [], ["b", "c"], ["b", "c"]),
    "query-ignored": (["b", "c"], ["b", "c"], [], ["b", "c"]),
    "query-wins": (["b", "c"], ["b", "c"], ["b", "c"], ["c"]),
}


@pytest.mark.parametrize("name", ASKED)
def test_a_cursor_is_not_found_where_it_stands(name: str) -> None:
    with running(settings(name)) as url:
        first, second, _ = publish(url, "a", "b", "c")
        by_query = f"/events/c?lastEventId={first}"
        found = (
            came(url, "/events/c", {"Last-Event-ID": first}),
            came(url, "/events/c", {"last-event-id": first}),
            came(url, by_query, {}),
            came(url, f"/events/c?lastEventId={second}", {"Last-Event-ID": first}),
        )

    assert found == ASKED[name]


def settings(name: str) -> Settings:
    return Settings(port=0, retry=0, heartbeat=0.1, parts=FAULTS[name].parts)


def publish(url: str, *texts: str) -> list[str]:
    """The id of each."""
    answers = [httpx.post(f"{url}/events/c", json={"data": text}) for text in texts]
    return [answer.json()["id"] for answer in answers]


def came(url: str, path: str, headers: dict[str, str]) -> list[str]:
    """What comes before the first heartbeat."""
    with Listener(url, path, **headers) as listener:
        listener.until(b":\n\n")
        return [event.data for event in listener.events]
