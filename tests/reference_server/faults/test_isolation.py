"""Channels that are not kept apart: live by the beginnings of names, and by a borrowed cursor."""

import httpx

from tests.reference_server.faults.test_id import came, settings
from tests.reference_server.listener import Listener
from tests.reference_server.running import running


def publish(url: str, channel: str, text: str) -> str:
    """Its id."""
    id_: str = httpx.post(f"{url}/events/{channel}", json={"data": text}).json()["id"]
    return id_


def test_a_channel_hears_those_whose_names_begin_with_its_own() -> None:
    with (
        running(settings("prefix-channels")) as url,
        Listener(url, "/events/c") as short,
        Listener(url, "/events/cc") as long,
    ):
        publish(url, "cc", "of the long one")
        publish(url, "c", "of the short one")
        publish(url, "cc", "end")
        heard = [[event.data for event in each.take(count)] for each, count in ((short, 3), (long, 2))]

    assert heard == [["of the long one", "of the short one", "end"], ["of the long one", "end"]]


def test_a_cursor_of_another_channel_brings_its_events() -> None:
    with running(settings("cross-channel-replay")) as url:
        borrowed = publish(url, "a", "of the other, before")
        own = publish(url, "b", "own")
        publish(url, "a", "of the other")

        assert came(url, "/events/b", {"Last-Event-ID": borrowed}) == ["own", "of the other"]
        assert came(url, "/events/b", {"Last-Event-ID": own}) == []
        assert came(url, "/events/b", {}) == []
