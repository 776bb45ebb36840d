"""Requests built from templates, compared byte for byte."""

import pytest

from conformance.target import TARGETS, Target, load, loads
from conformance.target.request import (
    Message,
    Request,
    UnsendableError,
    channel_name,
    publish_request,
    setup_request,
    shown,
    sse_frame,
    subscribe_request,
)

ENVIRON = {
    "EVENTBAHN_URL": "http://127.0.0.1:8000/",
    "EVENTBAHN_HEARTBEAT": "15s",
    "MERCURE_JWT": "j.w.t",
    "LLM_URL": "https://llm.example/v1",
    "LLM_KEY": "k",
    "PORT": "8082",
    "CONTROL_PORT": "5561",
    "BACKEND_PORT": "8083",
    "READY_PORT": "8084",
    "WORK": "/tmp/work",
}
ACCEPT = (b"Accept", b"text/event-stream")
FULL = Message("c", "a\nb", event="e", id="7", retry=1000, comment="hi")


def shipped(name: str) -> Target:
    return load(str(TARGETS / f"{name}.toml"), ENVIRON)


def published_by(request: str, auth: str = "") -> Target:
    return loads(
        f"""
        schema = 1
        target = {{ name = "t", base_url = "http://h/base" }}
        subscribe = {{ path = "/e" }}
        auth = {{ main = {{ headers = {{ Authorization = "Bearer x" }} }} }}
        [publish]
        driver = "http"
        {auth}
        request = {request}
        """,
        {},
    )


def test_a_subscription_to_our_own_server() -> None:
    assert subscribe_request(shipped("eventbahn"), "conf-1") == Request(
        "GET", "http://127.0.0.1:8000/events/conf-1", (ACCEPT,), b""
    )


def test_a_cursor_by_header_and_by_query() -> None:
    target = shipped("eventbahn")

    assert subscribe_request(target, "c", last_event_id="e-7").headers == (ACCEPT, (b"Last-Event-ID", b"e-7"))
    assert subscribe_request(target, "c", last_event_id="").headers == (ACCEPT, (b"Last-Event-ID", b""))
    assert subscribe_request(target, "c", last_event_id="…").headers[1][1] == b"\xe2\x80\xa6"
    assert (
        subscribe_request(target, "c", query_cursor="e 7&x=1").url
        == "http://127.0.0.1:8000/events/c?lastEventId=e%207%26x%3D1"
    )


def test_a_channel_in_the_query_joins_the_cursor() -> None:
    url = subscribe_request(shipped("nchan/target"), "a/b", query_cursor="1432052416:0").url

    assert url == "http://127.0.0.1:8082/sub?id=a%2Fb&last_event_id=1432052416%3A0"


def test_a_subscription_by_post_with_credentials() -> None:
    assert subscribe_request(shipped("llm-gateway"), "unused") == Request(
        "POST",
        "https://llm.example/v1/chat/completions",
        (
            (b"Authorization", b"Bearer k"),
            ACCEPT,
            (b"Content-Type", b"application/json"),
        ),
        b'{"model": "small", "stream": true, "messages": [{"role": "user", "content": "Count to five."}]}',
    )


def test_nobody_sends_no_credentials() -> None:
    assert subscribe_request(shipped("mercure"), "c", principal="none").headers == (ACCEPT,)
    with pytest.raises(KeyError):
        subscribe_request(shipped("mercure"), "c", principal="other")


def test_an_accept_of_the_file_is_the_only_one() -> None:
    target = loads(
        'schema = 1\ntarget = { name = "t", base_url = "http://h" }\n'
        'subscribe = { path = "/e", headers = { accept = "*/*" } }',
        {},
    )

    assert subscribe_request(target, "c").headers == ((b"accept", b"*/*"),)


def test_a_url_is_asked_for_as_it_is() -> None:
    target = load("http://127.0.0.1:8000/a%20b?topic=x", {})

    assert subscribe_request(target, "c") == Request("GET", "http://127.0.0.1:8000/a%20b?topic=x", (ACCEPT,))


def test_a_json_body_keeps_types_and_leaves_out_what_is_not_set() -> None:
    target = shipped("eventbahn")

    full = publish_request(target, FULL)
    bare = publish_request(target, Message("c", "x"))

    assert full == Request(
        "POST",
        "http://127.0.0.1:8000/events/c",
        ((b"Content-Type", b"application/json"),),
        b'{"data": "a\\nb", "event": "e", "id": "7", "retry": 1000, "comment": "hi"}',
    )
    assert bare.body == b'{"data": "x"}'


def test_an_empty_field_is_not_a_missing_one() -> None:
    assert (
        publish_request(shipped("eventbahn"), Message("c", "", event="")).body == b'{"data": "", "event": ""}'
    )


def test_a_form_is_encoded_after_filling() -> None:
    request = publish_request(shipped("mercure"), Message("a&b", "x=1\n ü", id="urn:7", retry=5))

    assert request == Request(
        "POST",
        "https://localhost/.well-known/mercure",
        (
            (b"Authorization", b"Bearer j.w.t"),
            (b"Content-Type", b"application/x-www-form-urlencoded"),
        ),
        b"topic=a%26b&data=x%3D1%0A%20%C3%BC&id=urn%3A7&retry=5",
    )


def test_a_text_body_is_the_payload_itself() -> None:
    request = publish_request(shipped("nchan/target"), Message("c", "a\r\nb {data} é", event="e"))

    assert request == Request(
        "POST",
        "http://127.0.0.1:8082/pub?id=c",
        ((b"X-EventSource-Event", b"e"), (b"Content-Type", b"text/plain; charset=utf-8")),
        b"a\r\nb {data} \xc3\xa9",
    )


def test_a_header_without_value_is_left_out() -> None:
    request = publish_request(shipped("nchan/target"), Message("c", "x"))

    assert request.headers == ((b"Content-Type", b"text/plain; charset=utf-8"),)


@pytest.mark.parametrize("event", ["a\nb", "a\rb", "a\0b", " a", "a\t"])
def test_a_header_refuses_what_it_cannot_carry(event: str) -> None:
    with pytest.raises(UnsendableError, match="X-EventSource-Event cannot carry"):
        publish_request(shipped("nchan/target"), Message("c", "x", event=event))


def test_json_carries_everything() -> None:
    request = publish_request(shipped("eventbahn"), Message("c", "\ud800\0", event="a\ndata: evil\n\n"))

    assert request.body == b'{"data": "\\ud800\\u0000", "event": "a\\ndata: evil\\n\\n"}'


def test_a_form_refuses_what_is_not_unicode() -> None:
    with pytest.raises(UnsendableError, match="UTF-8"):
        publish_request(shipped("mercure"), Message("c", "\ud800"))


def test_a_relay_gets_the_block_itself() -> None:
    request = publish_request(shipped("pushpin/target"), FULL)

    assert request.url == "http://127.0.0.1:5561/publish/"
    assert request.body == (
        b'{"items": [{"channel": "c", "formats": {"http-stream": {"content": '
        b'": hi\\nid: 7\\nevent: e\\nretry: 1000\\ndata: a\\ndata: b\\n\\n"}}}]}'
    )


def test_a_block_has_one_data_line_for_each_line() -> None:
    assert sse_frame(Message("c", "a\r\nb\rc\n")) == "data: a\ndata: b\ndata: c\ndata: \n\n"
    assert sse_frame(Message("c", "")) == "data: \n\n"
    assert sse_frame(Message("c", "x", id="")) == "id: \ndata: x\n\n"


def test_lists_and_constants_pass_and_unset_items_go() -> None:
    target = published_by(
        '{ path = "/p", json = { l = ["{event}", "{data}", 1, true], n = { e = "{event}" } } }'
    )

    assert publish_request(target, Message("c", "x")).body == b'{"l": ["x", 1, true], "n": {}}'


def test_text_around_a_placeholder() -> None:
    target = published_by(
        '{ path = "/p", query = { a = "<{event}>", b = "{retry}" }, body = "[{event}|{data}]" }'
    )

    bare = publish_request(target, Message("c", "x"))
    full = publish_request(target, Message("c", "x", event="e", retry=5))

    assert (bare.url, bare.body) == ("http://h/base/p", b"[|x]")
    assert (full.url, full.body) == ("http://h/base/p?a=%3Ce%3E&b=5", b"[e|x]")


def test_a_path_may_have_a_query_of_its_own() -> None:
    target = published_by('{ path = "/p?v=2", query = { c = "{channel}" } }')

    assert publish_request(target, Message("c", "x")).url == "http://h/base/p?v=2&c=c"


def test_a_value_is_never_filled_again() -> None:
    target = published_by('{ path = "/p/{channel}", json = { d = "{data}", e = "x{event}" } }')

    request = publish_request(target, Message("{data}", "{event}", event="{id}"))

    assert (request.url, request.body) == ("http://h/base/p/%7Bdata%7D", b'{"d": "{event}", "e": "x{id}"}')


def test_credentials_only_for_whom_the_file_names() -> None:
    assert publish_request(published_by('{ path = "/p" }'), FULL).headers == ()
    assert publish_request(published_by('{ path = "/p" }', 'auth = "main"'), FULL).headers == (
        (b"Authorization", b"Bearer x"),
    )


def test_a_content_type_of_the_file_stays() -> None:
    target = published_by('{ path = "/p", headers = { content-type = "application/x-ndjson" }, json = {} }')

    assert publish_request(target, FULL).headers == ((b"content-type", b"application/x-ndjson"),)


def test_captured_values_and_a_uuid() -> None:
    target = loads(
        """
        schema = 1
        target = { name = "t", base_url = "http://h" }
        subscribe = { path = "/e/{sid}" }
        [[setup]]
        path = "/session/{uuid}"
        json = {}
        capture = { sid = { header = "X-Session" } }
        [publish]
        driver = "http"
        request = { path = "/p/{sid}", headers = { X-Request-Id = "{uuid}" }, body = "{data}" }
        """,
        {},
    )

    assert setup_request(target, target.setup[0], values={"uuid": "u"}) == Request(
        "POST", "http://h/session/u", ((b"Content-Type", b"application/json"),), b"{}"
    )
    assert subscribe_request(target, "c", values={"sid": "s/1"}).url == "http://h/e/s%2F1"
    published = publish_request(
        target, Message("c", "x"), values={"sid": "s", "uuid": "u", "data": "not this"}
    )
    assert (published.url, published.headers[0], published.body) == (
        "http://h/p/s",
        (b"X-Request-Id", b"u"),
        b"x",
    )


def test_a_target_that_cannot() -> None:
    with pytest.raises(UnsendableError, match="no request that publishes"):
        publish_request(load("http://127.0.0.1/", {}), FULL)
    with pytest.raises(UnsendableError, match="no query parameter"):
        subscribe_request(load("http://127.0.0.1/", {}), "c", query_cursor="7")


def test_channels() -> None:
    assert channel_name(shipped("eventbahn"), "5f") == "conf-5f"
    assert channel_name(shipped("closed-public"), "5f") == "changes"


@pytest.mark.parametrize(
    ("request_", "body"),
    [
        ('{ path = "/p", body = "{data}" }', b"a\xffb"),
        ('{ path = "/p", json = ["{data}", "é"] }', b'["a\xffb", "\xc3\xa9"]'),
        ('{ path = "/p", form = { text = "{data}" } }', b"text=a%FFb"),
    ],
    ids=["text", "JSON", "a form"],
)
def test_bytes_that_are_no_text_are_sent_as_they_are(request_: str, body: bytes) -> None:
    assert publish_request(published_by(request_), Message("c", "a\udcffb")).body == body


def test_a_lone_surrogate_can_be_said_in_json_only() -> None:
    message = Message("c", "a\ud800b")

    assert publish_request(published_by('{ path = "/p", json = "{data}" }'), message).body == b'"a\\ud800b"'
    with pytest.raises(UnsendableError, match="cannot be written in UTF-8"):
        publish_request(published_by('{ path = "/p", body = "{data}" }'), message)


def test_a_request_is_shown_around_without_its_credentials() -> None:
    target = published_by('{ path = "/p", body = "{data}" }', 'auth = "main"')
    built = publish_request(target, FULL)

    assert (b"Authorization", b"Bearer x") in built.headers
    assert (b"Authorization", b"<main of [auth]>") in shown(built, target).headers
    assert shown(built, target).body == built.body
