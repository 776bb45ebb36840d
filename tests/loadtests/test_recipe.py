"""The fan-out story's requests, byte by byte."""

import json

from loadtests._recipe import Story, request

PROBE = b'{"seq":3}'


def test_everybody_holds_the_same_stream() -> None:
    assert Story("http://127.0.0.1:8000").subscribe("t", "") == (
        b"GET /events HTTP/1.1\r\nHost: 127.0.0.1:8000\r\nAccept: text/event-stream\r\n"
        b"Cache-Control: no-cache\r\n\r\n"
    )


def test_whoever_comes_back_says_what_it_saw_last() -> None:
    assert Story("http://127.0.0.1").subscribe("t", "e-7").endswith(b"\r\nLast-Event-ID: e-7\r\n\r\n")


def test_a_measurement_goes_below_a_prefix() -> None:
    assert Story("http://127.0.0.1/api/").publish("t", PROBE) == (
        b"POST /api/measurements HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
        b'Content-Length: 9\r\n\r\n{"seq":3}'
    )


def test_a_topic_is_a_channel_of_its_own() -> None:
    story = Story("http://127.0.0.1", topics=True)

    head, _, body = story.publish("t-4", PROBE).partition(b"\r\n\r\n")
    assert head.startswith(b"POST /events/t-4 HTTP/1.1\r\n")
    assert json.loads(body) == {"data": '{"seq":3}'}
    assert story.subscribe("t-4", "").startswith(b"GET /events/t-4 HTTP/1.1\r\n")


def test_only_success_is_a_yes() -> None:
    assert [status for status in (200, 201, 302, 404, 503) if Story("").took(status)] == [200, 201]


def test_credentials_of_a_url_are_not_sent_as_a_host() -> None:
    assert request("GET", "http://u:p@h:1/x?y=z") == b"GET /x?y=z HTTP/1.1\r\nHost: h:1\r\n\r\n"
