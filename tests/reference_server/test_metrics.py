"""What `/metrics` says after things of each kind have happened, over sockets."""

import socket
import threading
import time
from collections.abc import Callable

import httpx
from prometheus_client.parser import text_string_to_metric_families

from reference_server.limits import Limits
from reference_server.settings import Settings
from tests.conftest import DEADLINE
from tests.reference_server.listener import Listener, stalled
from tests.reference_server.running import running

Samples = dict[str, float]


def scraped(url: str) -> Samples:
    """Each sample, named as Prometheus writes it: `name` or `name{label}`; buckets left out."""
    text = httpx.get(f"{url}/metrics").text
    return {
        sample.name + "".join(f"{{{value}}}" for value in sample.labels.values()): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
        if "le" not in sample.labels
    }


def when(url: str, true: Callable[[Samples], bool]) -> Samples:
    """The samples, once they are as expected."""
    end = time.monotonic() + DEADLINE
    while not true(found := scraped(url)):
        assert time.monotonic() < end, found
    return found


def publish(url: str, *data: str) -> list[str]:
    with httpx.Client(base_url=url, trust_env=False, timeout=DEADLINE) as client:
        return [client.post("/events/c", json={"data": each}).json()["id"] for each in data]


def test_events_are_counted_in_and_out() -> None:
    with running(Settings(port=0)) as url:
        one = {"device": "d", "seq": 1, "value": 1}
        with Listener(url) as first, Listener(url, "/events?device=d") as second, Listener(url, "/events/c"):
            before = when(url, lambda found: found["eventbahn_subscribers"] == 3)
            httpx.post(f"{url}/measurements", json=[one, one, {"device": "e", "value": 1}])
            sent = len(first.until(b'"e"')) and first.take(2), second.take(1)
            found = scraped(url)
        after = when(url, lambda found: found["eventbahn_subscribers"] == 0)

    assert sent
    assert before["eventbahn_events_in_total"] == 0
    assert found["eventbahn_events_in_total"] == 2
    assert found["eventbahn_duplicates_total"] == 1
    assert found["eventbahn_events_out_total"] == 3
    assert found["eventbahn_bytes_in_total"] > 80
    assert found["eventbahn_bytes_out_total"] > 3 * 50
    assert found["eventbahn_commit_seconds_count"] == found["eventbahn_publish_to_write_seconds_count"] == 1
    assert found["eventbahn_publish_to_write_seconds_sum"] > 0
    assert after["eventbahn_streams_ended_total{left}"] == 3


def test_resumes_are_counted_by_outcome() -> None:
    with running(Settings(port=0, retain=3)) as url:
        ids = publish(url, *"abcdef")
        for cursor in (ids[2], ids[5], ids[0], "nonsense", "other-1", ids[5] + "0"):
            with Listener(url, "/events/c", last_id=cursor) as stream:
                stream.until(b"retry: ")
                if cursor == ids[2]:
                    stream.take(3)
        found = scraped(url)

    outcomes = {"replayed", "current", "evicted", "unknown", "epoch", "ahead"}
    assert {f"eventbahn_resumes_total{{{each}}}": 1.0 for each in outcomes}.items() <= found.items()
    assert found["eventbahn_events_replayed_total"] == found["eventbahn_events_out_total"] == 3


def test_one_who_stalls_is_counted() -> None:
    with (
        running(Settings(port=0, limits=Limits(backlog=1_000, stall_seconds=0.4))) as url,
        stalled(url, "/events/c"),
    ):
        when(url, lambda found: found["eventbahn_subscribers"] == 1)
        publish(url, *["x" * 200_000] * 40)  # more than the kernel would hold
        found = when(url, lambda found: found["eventbahn_subscribers"] == 0)

    reasons = {name: count for name, count in found.items() if "streams_ended" in name}
    assert sum(reasons.values()) == reasons["eventbahn_streams_ended_total{stalled}"] == 1


def test_one_whom_the_kernel_gives_up_is_counted_as_lost() -> None:
    with (
        running(Settings(port=0, limits=Limits(backlog=1 << 30, stall_seconds=0.2))) as url,
        stalled(url, "/events/c"),  # takes nothing, but there is room: the server itself is content
    ):
        when(url, lambda found: found["eventbahn_subscribers"] == 1)
        publish(url, *["x" * 200_000] * 40)
        found = when(url, lambda found: found["eventbahn_subscribers"] == 0)

    assert found["eventbahn_streams_ended_total{lost}"] == 1


def test_one_who_is_slow_for_several_stall_times_is_not_cut() -> None:
    with (
        running(Settings(port=0, limits=Limits(backlog=1_000, stall_seconds=0.5))) as url,
        Listener(url, "/events/c") as slow,
    ):
        # a large buffer is told of in large steps, which would be no progress for long
        slow.connection.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 15)
        data = [f"{n}:" + "x" * 100_000 for n in range(80)]
        publisher = threading.Thread(target=publish, args=(url, *data))
        publisher.start()
        while len(slow.events) < 80:
            assert slow.read()
            time.sleep(0.001)  # the reader's own pace: several stall times in all
        publisher.join()
        found = scraped(url)

    assert [each.data.partition(":")[0] for each in slow.events] == [str(n) for n in range(80)]
    assert not any("streams_ended" in name for name in found)


def test_refusals_are_counted_by_status() -> None:
    with running(Settings(port=0)) as url:
        httpx.get(f"{url}/nothing")
        httpx.post(f"{url}/measurements", content=b"{}")
        httpx.get(url, headers={"Host": "evil.example"})
        found = scraped(url)

    assert {f"eventbahn_refusals_total{{{each}}}": 1.0 for each in (404, 415, 403)}.items() <= found.items()


def test_one_who_reads_needs_the_token() -> None:
    with running(Settings(port=0, token="w" * 20, read_token="r" * 20)) as url:
        statuses = [
            httpx.get(f"{url}/metrics", headers={"Authorization": f"Bearer {each}"}).status_code
            for each in ("r" * 20, "x")
        ]

    assert statuses == [200, 401]


def test_channels_and_devices_add_no_series() -> None:
    with running(Settings(port=0)) as url:
        lines = [
            [httpx.post(f"{url}/events/c{n}", json={"data": "x"}) for n in range(3)],
            httpx.post(f"{url}/measurements", json=[{"device": f"d{n}", "value": 1} for n in range(3)]),
        ]
        text = httpx.get(f"{url}/metrics").text

    assert lines
    assert not any(name in text for name in ("c0", "d0", 'measurements"'))
