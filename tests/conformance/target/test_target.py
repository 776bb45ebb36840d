"""Target files: the shipped ones load, and say what was written."""

from datetime import date
from pathlib import Path

import pytest

from conformance.target import TARGETS, Command, Target, commands, is_loopback, load, loads
from conformance.target.schema import Politeness, Step, Waiver
from conformance.target.stream import FixedChannel, Frame, RandomChannel, Signal

ENVIRON = {
    "EVENTBAHN_URL": "http://127.0.0.1:8000",
    "EVENTBAHN_HEARTBEAT": "300ms",
    "PORT": "8082",
    "CONTROL_PORT": "5561",
    "BACKEND_PORT": "8083",
    "READY_PORT": "8084",
    "WORK": "/tmp/work",
    "MERCURE_JWT": "e30.e30.x",
    "LLM_URL": "https://llm.example/v1",
    "LLM_KEY": "k",
}
BARE = """
schema = 1
target = { name = "t", base_url = "http://127.0.0.1:8000" }
subscribe = { path = "/events/{channel}" }
"""


def target_of(more: str = "", **environ: str) -> Target:
    return loads(BARE + more, environ)


FILES = {
    str(file.relative_to(TARGETS).with_suffix("")): file
    for file in [*TARGETS.glob("*.toml"), *TARGETS.glob("*/*.toml")]
}


@pytest.mark.parametrize("file", [pytest.param(file, id=name) for name, file in FILES.items()])
def test_every_shipped_file_loads(file: Path) -> None:
    target = load(str(file), ENVIRON)

    assert target.politeness is not None
    assert target.publish is not None


def test_all_of_the_shipped_files_are_there() -> None:
    described = "closed-public eventbahn llm-gateway mercure"
    started = (
        "aiohttp-sse better-sse-express better-sse-http django-eventstream fastapi flask llm-post nchan "
        "pushpin sse-starlette starlette"
    )

    assert {*FILES} == {*described.split(), *(f"{name}/target" for name in started.split())}


def test_our_own_server_is_described_in_full() -> None:
    target = load(str(TARGETS / "eventbahn.toml"), ENVIRON)

    assert target.target.base_url == "http://127.0.0.1:8000"
    assert target.subscribe.path == "/events/{channel}"
    assert target.subscribe.channel == RandomChannel("conf-{uuid}")
    assert target.subscribe.greeting == (Frame(id_only=True),)
    assert target.heartbeat is not None
    assert target.heartbeat.interval == 0.3
    assert target.cursor is not None
    assert (target.cursor.supported, target.cursor.header, target.cursor.query) == (True, True, "lastEventId")
    assert target.cursor.signal == Signal(event="reset")
    assert target.publish is not None
    assert (target.publish.fields.event, target.publish.fields.id) == (True, True)


def test_what_is_left_out_is_unknown() -> None:
    target = target_of()

    assert (target.cursor, target.publish, target.heartbeat, target.cors) == (None, None, None, None)
    assert (target.limits.head_ms, target.limits.latency_ms) == (1000, 500)


def test_a_capability_has_three_values() -> None:
    target = target_of("""
        [cursor]
        header = false
        query = "since"
        [publish]
        driver = "http"
        request = { path = "/p", body = "{data}" }
        fields = { event = true, id = false }
    """)

    assert target.cursor is not None
    assert (target.cursor.supported, target.cursor.header, target.cursor.unknown) == (True, False, None)
    assert target.publish is not None
    fields = target.publish.fields
    assert (fields.data, fields.event, fields.id, fields.retry) == (True, True, False, None)


def test_heartbeats_may_be_declared_absent() -> None:
    target = target_of('heartbeat = { interval = "none" }')

    assert target.heartbeat is not None
    assert target.heartbeat.interval is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('"15s"', 15),
        ('"300ms"', 0.3),
        ('"1.5s"', 1.5),
        ('"2m"', 120),
        ('"1h"', 3600),
        ('"15"', 15),
        ("15", 15),
    ],
)
def test_durations_are_seconds(text: str, expected: float) -> None:
    target = target_of(f"heartbeat = {{ interval = {text} }}")

    assert target.heartbeat is not None
    assert target.heartbeat.interval == pytest.approx(expected)


def test_a_waiver_has_a_date() -> None:
    target = target_of('[[waive]]\nid = "SSE-HTTP-009"\nreason = "known"\nuntil = 2027-06-30')

    assert target.waive == (Waiver("SSE-HTTP-009", "known", date(2027, 6, 30)),)


def test_the_environment_is_put_into_every_text() -> None:
    target = target_of('auth.main.headers = { Authorization = "Bearer ${TOKEN}" }', TOKEN="a${b}c")

    assert target.auth["main"].headers == {"Authorization": "Bearer a${b}c"}


def test_a_url_is_its_own_stream_and_nothing_is_sent_there() -> None:
    target = load("https://stream.example.org:8443/v2/{x}?topic=%41", {})

    assert target.target.name == "https://stream.example.org:8443/v2/{x}?topic=%41"
    assert target.target.base_url == "https://stream.example.org:8443"
    assert target.subscribe.url == "https://stream.example.org:8443/v2/%7Bx%7D?topic=%41"
    assert target.publish is not None
    assert target.publish.driver == "none"
    assert (target.cursor, target.heartbeat) == (None, None)
    assert target.politeness == Politeness(3, 60, allow_attacks=False)
    assert commands(target) == []


@pytest.mark.parametrize(
    ("url", "loopback"),
    {
        "http://127.0.0.1:8000": True,
        "http://127.1.2.3": True,
        "http://localhost:8000/x": True,
        "http://[::1]:8000": True,
        "http://x.localhost": True,
        "http://192.168.1.1": False,
        "http://localhost.example.org": False,
        "https://example.org": False,
    }.items(),
)
def test_politeness_follows_from_the_address(url: str, loopback: bool) -> None:
    assert is_loopback(url) is loopback
    assert load(url, {}).politeness == (Politeness(None, None, True) if loopback else Politeness())


def test_a_stranger_by_any_address_is_spared() -> None:
    elsewhere = '[publish]\ndriver = "http"\nrequest = { url = "https://example.org/p", body = "{data}" }'

    assert target_of().politeness == Politeness(None, None, True)
    assert target_of(elsewhere).politeness == Politeness()
    assert target_of("politeness = { max_streams = 9 }").politeness == Politeness(9, 60, False)


def test_what_a_file_would_run_is_listed() -> None:
    target = loads(
        """
        schema = 1
        target = { name = "t", base_url = "http://127.0.0.1:1", version = { exec = ["srv", "--version"] } }
        subscribe = { path = "/e" }
        process = { start = ["python", "my fixture.py"], ready = { tcp = "127.0.0.1:1" } }
        publish = { driver = "exec", command = ["python", "publisher.py"] }
        [[setup]]
        path = "/session"
        """,
        {},
    )

    assert commands(target) == [
        Command("target.version", "srv --version"),
        Command("process.start", "python 'my fixture.py'"),
        Command("setup[0]", "POST /session"),
        Command("publish.command", "python publisher.py"),
    ]


def test_a_python_publisher_is_listed() -> None:
    target = target_of('publish = { driver = "python", python = "mine:send" }')

    assert commands(target) == [Command("publish.python", "mine:send")]


def test_setup_requests_capture_values_for_placeholders() -> None:
    target = target_of("""
        [[setup]]
        path = "/session"
        json = {}
        capture = { sid = { header = "X-Session" }, name = { json = "/a/b" } }
        [publish]
        driver = "http"
        request = { path = "/p/{sid}", json = { name = "{name}", data = "{data}" } }
    """)

    assert isinstance(target.setup[0], Step)
    assert target.setup[0].capture["sid"].header == "X-Session"


def test_a_fixed_channel() -> None:
    target = loads(BARE.replace('{channel}"', '{channel}", channel = { mode = "fixed", value = "demo" }'), {})

    assert target.subscribe.channel == FixedChannel("demo")


def test_a_target_may_be_asked_in_http_1_0_too() -> None:
    target = loads(BARE.replace('8000" }', '8000", http = ["1.1", "1.0"] }'), {})

    assert target.target.http == ("1.1", "1.0")


def test_a_file_knows_the_folder_that_it_lies_in_and_what_it_is_installed_from(tmp_path: Path) -> None:
    file = tmp_path / "target.toml"
    file.write_text(BARE + '[install]\npypi = ["x==1"]\n[process]\nstart = ["python", "${HERE}/app.py"]\n')
    file.write_text(file.read_text() + 'ready = { tcp = "127.0.0.1:8000" }\n')

    target = load(str(file), {})

    assert target.process is not None
    assert target.process.start == ("python", f"{tmp_path}/app.py")
    assert (target.install.pypi, target.install.npm, target.install.debian) == (("x==1",), (), ())
