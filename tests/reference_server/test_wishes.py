"""What a subscriber may ask of a stream: so many events, heartbeats as events; and how long it lasts."""

import json
import time

import httpx
import pytest

from tests.conftest import DEADLINE, Serve
from tests.reference_server.listener import Listener
from tests.reference_server.test_stream import exchange, publish


def test_a_limit_ends_the_stream_after_so_many_events_live_or_replayed(url: str) -> None:
    start = publish(url, "first", channel="limit")[0]
    with Listener(url, "/events/limit?limit=3") as live, Listener(url, "/events/limit") as other:
        ids = publish(url, *"abcde", channel="limit")
        live.rest()
        heard = [each.data for each in live.events], live.position
        others = [each.data for each in other.take(5)]
    with Listener(url, "/events/limit?limit=2", last_id=start) as replay:
        replay.rest()
    with Listener(url, "/events/limit?limit=2", last_id=ids[1]) as again:
        again.rest()

    assert heard == (["a", "b", "c"], ids[2])
    assert "".join(others) == "abcde"
    assert [[each.data for each in stream.events] for stream in (replay, again)] == [["a", "b"], ["c", "d"]]


def test_a_limit_holds_within_one_batch_and_counts_matches_only(url: str) -> None:
    items = [{"device": "ab"[n % 2], "value": n} for n in range(10)]

    with Listener(url, "/events?device=b&limit=3") as stream:
        httpx.post(f"{url}/measurements", json=items)
        stream.rest()

    assert [json.loads(each.data)["value"] for each in stream.events] == [1, 3, 5]


def test_one_whose_stream_reached_its_limit_gets_204_until_there_is_more(url: str) -> None:
    with Listener(url, "/events/end?limit=2") as stream:
        publish(url, "x", channel="end")
        publish(url, "elsewhere", channel="other")
        publish(url, "y", channel="end")
        stream.rest()
    publish(url, "elsewhere", channel="other")
    headers = {"Last-Event-ID": stream.position}

    at_the_head = httpx.get(f"{url}/events/end?limit=2", headers=headers)
    publish(url, "more", "and more", channel="end")
    later = httpx.get(f"{url}/events/end?limit=2", headers=headers)

    assert (at_the_head.status_code, at_the_head.content) == (204, b"")
    assert (later.status_code, b"data: more" in later.content) == (200, True)


def test_one_who_was_cut_before_the_limit_goes_on(url: str) -> None:
    with Listener(url, "/events/cut?limit=2") as first:
        while not first.position:
            first.read()
    with Listener(url, "/events/cut?limit=2", last_id=first.position) as second:
        publish(url, "x", channel="cut")
        second.take(1)
    with Listener(url, "/events/cut?limit=2", last_id=second.position) as third:
        publish(url, "y", "z", channel="cut")
        third.rest()

    assert [each.data for each in third.events] == ["y", "z"]


@pytest.mark.parametrize(
    "query", ["limit=0", "limit=-1", "limit=x", "limit=", "limit=9999999999", "watchdog=yes"]
)
def test_a_wish_that_makes_no_sense_is_refused(url: str, query: str) -> None:
    answer = httpx.get(f"{url}/events?{query}")

    assert (answer.status_code, sorted(answer.json())) == (400, ["error", "expected"])


def test_whoever_takes_no_event_stream_is_refused(url: str) -> None:
    got = httpx.get(f"{url}/events", headers={"Accept": "application/json"})
    head = httpx.head(f"{url}/events", headers={"Accept": "application/json"})

    assert (got.status_code, got.json()["expected"]) == (406, "Accept: text/event-stream")
    assert head.status_code == 406


def test_a_watchdog_hears_heartbeats_as_events_without_an_id(serve: Serve) -> None:
    url = serve("--heartbeat", "0.1").url
    begin = time.time() * 1000

    with Listener(url, "/events?watchdog=1") as stream, Listener(url) as other:
        beats = stream.take(3)
        other.until(b":\n\n" * 3)

    assert {(each.type, each.last_event_id) for each in beats} == {("heartbeat", stream.position)}
    times = [json.loads(each.data)["now"] for each in beats]
    assert times == sorted(times)
    assert begin - 1000 < times[0] < begin + DEADLINE * 1000
    assert other.events == []


def test_a_stream_ends_at_its_age_and_the_next_goes_on(serve: Serve) -> None:
    url = serve("--max-age", "1").url

    with Listener(url, "/events/c") as stream:
        publish(url, "a")
        raw = stream.rest()  # fails without the zero chunk
    publish(url, "b")
    with Listener(url, "/events/c", last_id=stream.position) as again:
        again.rest()

    assert raw.endswith(b"data: a\n\n")
    assert [each.data for each in again.events] == ["b"]


@pytest.mark.parametrize("retain", [1, 7, 40])
@pytest.mark.parametrize("path", ["/events/quiet", "/events?device=none"])
def test_no_cursor_is_lost_because_nothing_happened_on_its_channel(
    serve: Serve, path: str, retain: int
) -> None:
    url = serve("--retain", str(retain)).url

    with Listener(url, path) as stream:
        ids = publish(url, *map(str, range(200)))
        number = 0
        while number < 200 - retain:
            assert stream.read()
            number = int(stream.position.rpartition("-")[2] or 0)
        assert stream.events == []
    with Listener(url, "/events/c", last_id=stream.position) as again:
        again.until(b"data: 199\n\n") if stream.position != ids[-1] else again.until(b"retry")

    assert [each.type for each in again.events if each.type == "reset"] == []


ROUTES = {
    "/": "GET, HEAD, OPTIONS",
    "/healthz": "GET, HEAD, OPTIONS",
    "/snapshot": "GET, HEAD, OPTIONS",
    "/stats": "GET, HEAD, OPTIONS",
    "/devices": "GET, HEAD, OPTIONS, POST",
    "/devices/a": "OPTIONS, PUT",
    "/measurements": "OPTIONS, POST",
    "/events": "GET, HEAD, OPTIONS",
    "/events/c": "GET, HEAD, OPTIONS, POST",
}


@pytest.mark.parametrize(("path", "allowed"), ROUTES.items(), ids=ROUTES)
def test_every_path_says_which_methods_it_has(url: str, path: str, allowed: str) -> None:
    options = httpx.options(url + path)
    refused = httpx.request("DELETE", url + path)

    assert (options.status_code, options.headers["Allow"]) == (204, allowed)
    assert (refused.status_code, refused.headers["Allow"]) == (405, allowed)
    if "HEAD" in allowed:
        head = httpx.head(url + path)
        assert (head.status_code, head.content) == (200, b"")


@pytest.mark.parametrize("path", ["/healthz", "/stats", "/snapshot", "/devices", "/"])
def test_an_old_client_is_answered_and_let_go(url: str, path: str) -> None:
    got = exchange(url, f"GET {path} HTTP/1.0\r\n\r\n".encode())

    assert got.split(b"\r\n")[0].endswith(b" 200 OK")
    assert b"Transfer-Encoding" not in got.partition(b"\r\n\r\n")[0]
