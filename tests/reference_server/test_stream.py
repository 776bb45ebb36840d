"""Streams over a socket: where they begin, what they carry, how they resume, and how they end."""

import http.client
import json
import signal
import socket
import subprocess
from urllib.parse import urlsplit

import httpx
import pytest

from tests.conftest import DEADLINE, Serve
from tests.reference_server.listener import Listener, stalled


def publish(url: str, *data: str, channel: str = "c") -> list[str]:
    """Publish, one after another; the ids."""
    with httpx.Client(base_url=url, trust_env=False, timeout=DEADLINE) as client:
        answers = [client.post(f"/events/{channel}", json={"data": each}) for each in data]
    assert {answer.status_code for answer in answers} == {201}
    return [answer.json()["id"] for answer in answers]


def exchange(url: str, request: bytes) -> bytes:
    """All that comes back for raw bytes, until the server closes or is silent for half a second."""
    at = urlsplit(url)
    got = b""
    with socket.create_connection((at.hostname or "", at.port or 80), DEADLINE) as peer:
        peer.sendall(request)
        peer.settimeout(0.5)
        try:
            while data := peer.recv(65536):
                got += data
        except TimeoutError:
            pass
    return got


def test_a_stream_begins_with_retry_and_position_before_any_event(url: str) -> None:
    with Listener(url) as stream:
        raw = stream.until(b"\n\nid: ")

    head = dict(stream.response.getheaders())
    retry = int(raw.partition(b"retry: ")[2].partition(b"\n")[0])
    assert stream.response.status == 200
    assert head["Content-Type"] == "text/event-stream"
    assert head["Cache-Control"] == "no-cache, no-transform"
    assert head["X-Accel-Buffering"] == "no"
    assert "Content-Length" not in head
    assert 1500 <= retry <= 2500


def test_priming_and_retry_can_be_left_out(serve: Serve) -> None:
    url = serve("--no-prime", "--retry", "0").url

    with Listener(url, "/events/c") as stream:
        (id_,) = publish(url, "x")
        raw = stream.until(b"\n\n")

    assert raw == f"id: {id_}\ndata: x\n\n".encode()


def test_every_subscriber_of_the_channel_gets_every_event_in_order(url: str) -> None:
    with (
        Listener(url, "/events/c") as one,
        Listener(url, "/events/c") as two,
        Listener(url, "/events/d") as other,
    ):
        ids = publish(url, *map(str, range(20)))
        (last,) = publish(url, "for d", channel="d")
        heard = [[(each.last_event_id, each.data) for each in stream.take(20)] for stream in (one, two)]
        elsewhere = [each.data for each in other.take(1)]

    assert heard[0] == heard[1] == list(zip(ids, map(str, range(20)), strict=True))
    assert (elsewhere, other.position) == (["for d"], last)


def test_measurements_arrive_as_they_were_sent(serve: Serve) -> None:
    url = serve().url

    with Listener(url) as stream:
        answer = httpx.post(f"{url}/measurements", json={"device": "sensor-03", "value": 19.2})
        (event,) = stream.take(1)

    assert answer.json() == {
        "accepted": 1,
        "duplicates": 0,
        "last_id": event.last_event_id,
        "durability": "memory",
    }
    assert (event.type, event.data) == ("measurement", '{"device":"sensor-03","value":19.2}')


def test_a_cursor_gets_exactly_what_follows_it(url: str) -> None:
    ids = publish(url, *"abcde")

    with (
        Listener(url, "/events/c", last_id=ids[1]) as middle,
        Listener(url, "/events/c", last_id=ids[4]) as newest,
        Listener(url, f"/events/c?lastEventId={ids[2]}") as query,
        Listener(url, f"/events/c?lastEventId={ids[0]}", last_id=ids[3]) as both,
    ):
        publish(url, "f")
        heard = [
            [each.data for each in stream.take(n)]
            for stream, n in ((middle, 4), (newest, 1), (query, 3), (both, 2))
        ]

    assert ["".join(each) for each in heard] == ["cdef", "f", "def", "ef"]


def test_a_newcomer_who_saw_no_event_can_resume(url: str) -> None:
    publish(url, "before")
    with Listener(url, "/events/c") as stream:
        stream.until(b"\n\nid: ")
        while not stream.position:
            stream.read()
    publish(url, "missed")

    with Listener(url, "/events/c", last_id=stream.position) as again:
        assert [each.data for each in again.take(1)] == ["missed"]


@pytest.mark.parametrize(
    ("asked", "reason"),
    [("nonsense", "unknown"), ("other-1", "epoch"), ("{epoch}-99", "ahead"), ("{epoch}-1", "evicted")],
)
def test_a_cursor_that_cannot_be_followed_is_told_so(serve: Serve, asked: str, reason: str) -> None:
    url = serve("--retain", "3").url
    epoch = publish(url, *"abcdef")[0].partition("-")[0]
    asked = asked.format(epoch=epoch)

    with Listener(url, "/events/c", last_id=asked) as stream:
        (reset,) = stream.take(1)
        stream.until(f"id: {epoch}-6\n\n".encode())
        publish(url, "live")
        live = stream.take(2)[1]

    told = {"reason": reason, "asked": asked, "oldest": f"{epoch}-4", "newest": f"{epoch}-6"}
    assert (reset.type, json.loads(reset.data), reset.last_event_id) == ("reset", told, "")
    assert (live.data, live.last_event_id) == ("live", f"{epoch}-7")


@pytest.mark.parametrize(
    "cursor",
    [b"", b"x" * 8192, b"\xff\xfe", "é".encode(), b'"', b"%00", b"-1", b"1" + b"0" * 30],
    ids=["empty", "8 KiB", "not UTF-8", "not ASCII", "quote", "%00", "negative", "10^30"],
)
def test_any_cursor_is_survived(url: str, cursor: bytes) -> None:
    got = exchange(url, b"GET /events HTTP/1.1\r\nHost: [::1]\r\nLast-Event-ID: " + cursor + b"\r\n\r\n")

    assert got.startswith(b"HTTP/1.1 200 OK\r\n")
    assert (b"event: reset" in got) == bool(cursor)


def test_silence_is_filled_with_comments_that_carry_no_id(serve: Serve) -> None:
    url = serve("--heartbeat", "0.1", "--retry", "0", "--no-prime").url

    with Listener(url) as stream:
        raw = stream.until(b":\n\n" * 3)

    assert raw.replace(b":\n\n", b"") == b""


def test_a_client_on_a_quiet_channel_is_moved_along(serve: Serve) -> None:
    url = serve("--heartbeat", "0.1").url
    lines = "\n".join(json.dumps({"device": "d", "value": n}) for n in range(1000))

    with Listener(url, "/events/quiet") as stream:
        stream.until(b"-0\n\n")
        httpx.post(f"{url}/measurements", content=lines, headers={"Content-Type": "application/x-ndjson"})
        stream.until(b"-1000\n\n")

    assert stream.events == []


def test_an_old_client_gets_no_chunks_and_a_close(serve: Serve) -> None:
    served = serve("--retry", "0")
    at = urlsplit(served.url)
    with socket.create_connection((at.hostname or "", at.port or 80), DEADLINE) as peer:
        peer.sendall(b"GET /events/c HTTP/1.0\r\n\r\n")
        got = b""
        while b"-0\n\n" not in got:
            got += peer.recv(65536)
        publish(served.url, "x")
        while b"data: x\n\n" not in got:
            got += peer.recv(65536)
        served.process.terminate()
        while data := peer.recv(65536):
            got += data

    head, _, body = got.partition(b"\r\n\r\n")
    assert b"transfer-encoding" not in head.lower()
    assert body.startswith(b"id: ")
    assert body.endswith(b"data: x\n\n")


def test_head_gives_the_head_and_subscribes_nobody(serve: Serve) -> None:
    url = serve("--heartbeat", "0.1").url

    got = exchange(
        url, b"HEAD /events HTTP/1.1\r\nHost: [::1]\r\n\r\nGET /healthz HTTP/1.1\r\nHost: [::1]\r\n\r\n"
    )

    head, _, rest = got.partition(b"\r\n\r\n")
    assert b"Content-Type: text/event-stream" in head
    assert b"Content-Length" not in head
    assert rest.startswith(b"HTTP/1.1 200 OK\r\n")
    assert rest.endswith(b'{"status": "ok"}')


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_streams_with_the_zero_chunk(serve: Serve, number: signal.Signals) -> None:
    served = serve()
    with Listener(served.url, "/events/c") as stream:
        publish(served.url, "x")
        stream.take(1)

        served.process.send_signal(number)
        raw = stream.rest()

    assert raw.endswith(b"data: x\n\n")
    assert served.process.wait(DEADLINE) == (0 if number == signal.SIGTERM else 130)


def test_one_who_reads_nothing_delays_nobody_and_misses_nothing(url: str) -> None:
    slow = stalled(url, "/events/c")
    data = [f"{n}:" + "x" * 4000 for n in range(60)]

    with Listener(url, "/events/c") as quick:
        publish(url, *data)
        assert [each.data for each in quick.take(60)] == data
    response = http.client.HTTPResponse(slow)
    response.begin()
    got = b""
    while b"data: 59:" not in got:
        got += response.read1(65536)
    slow.close()
    response.close()

    numbers = [int(line[6:].partition(b":")[0]) for line in got.split(b"\n") if line.startswith(b"data: ")]
    assert numbers == list(range(60))


def test_a_stalled_reader_does_not_hold_up_the_end(serve: Serve) -> None:
    served = serve()
    slow = stalled(served.url, "/events/c")
    publish(served.url, *("x" * 1_000_000 for _ in range(8)))

    served.process.terminate()

    try:
        assert served.process.wait(5) == 0
    except subprocess.TimeoutExpired:
        pytest.fail("a stalled reader held up the server's end")
    finally:
        slow.close()


def test_many_who_come_and_go_leave_nothing_behind(url: str) -> None:
    with Listener(url, "/events/c") as witness:
        for n in range(30):
            with Listener(url, "/events/c"):
                publish(url, str(n))
        assert [each.data for each in witness.take(30)] == [str(n) for n in range(30)]


def test_a_filter_by_device_holds_for_replay_and_live(url: str) -> None:
    def send(*devices: str) -> str:
        items = [{"device": device, "value": 1} for device in devices]
        last: str = httpx.post(f"{url}/measurements", json=items).json()["last_id"]
        return last

    start = send("x")
    send("a-1", "b", "a-2")
    with (
        Listener(url, "/events?device=a-*", last_id=start) as replay,
        Listener(url, "/events?device=b&device=a-3") as live,
        Listener(url, last_id=start) as everything,
    ):
        last = send("c", "b", "a-3")
        heard = [
            [json.loads(each.data)["device"] for each in stream.take(n)]
            for stream, n in ((replay, 3), (live, 2), (everything, 6))
        ]

    assert heard == [["a-1", "a-2", "a-3"], ["b", "a-3"], ["a-1", "b", "a-2", "c", "b", "a-3"]]
    assert {replay.position, live.position, everything.position} == {last}


@pytest.mark.parametrize(
    "path", ["/events/c?device=a", "/events?device=" + "a" * 129, "/events?" + "device=a{}&" * 40]
)
def test_a_filter_that_makes_no_sense_is_refused(url: str, path: str) -> None:
    assert httpx.get(url + path.format(*range(40))).status_code == 400
