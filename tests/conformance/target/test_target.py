"""Target files: the shipped ones load, and a wrong one is told what is wrong, where, and what to write."""

from datetime import date
from pathlib import Path

import pytest

from conformance.target import TARGETS, Command, Target, TargetError, commands, is_loopback, load, loads
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


METRIC = """
[process]
start = ["x"]
ready = { tcp = "h:1" }
metrics = { connections = { url = "%s", regex = '%s' } }
"""
PUBLISH = '[publish]\ndriver = "http"\n'

# name: (what stands below the bare file, the whole complaint)
WRONG: dict[str, tuple[str, str]] = {
    "a slow reader that is dropped, and kept": (
        'limits = { slow_reader = { policy = "cap", after = "3s" } }\n',
        "limits.slow_reader.after: when it is dropped, so policy must be 'drop', not 'cap'",
    ),
    "an unknown table": ("[heartbeats]", "unknown key 'heartbeats'; did you mean 'heartbeat'?"),
    "an unknown key": (
        'heartbeat = { intervall = "15s" }',
        "heartbeat: unknown key 'intervall'; did you mean 'interval'?",
    ),
    "a key far from all": (
        "cors = { zzz = 1 }",
        "cors: unknown key 'zzz'; there are origin, credentials",
    ),
    "an unknown key far inside": (
        'process = { start = ["x"], ready = { tpc = "a:1" } }',
        "process.ready: unknown key 'tpc'; did you mean 'tcp'?",
    ),
    "an unknown key in a list": (
        "[[waive]]\nidd = 'x'",
        "waive[0]: unknown key 'idd'; did you mean 'id'?",
    ),
    "an unknown key of a principal": (
        'auth.main.header = { Authorization = "x" }',
        "auth[...]: unknown key 'header'; did you mean 'headers'?",
    ),
    "a missing key": ('heartbeat = { kind = "comment" }', "heartbeat: the key 'interval' is missing"),
    "a wrong type": ("limits = { head_ms = '1s' }", "limits.head_ms: expected int, got str"),
    "a text for a truth value": (
        "cursor = { header = 'yes' }",
        "cursor.header: expected bool | null, got str",
    ),
    "a value out of range": ("limits = { streams = 0 }", "limits.streams: expected int >= 1"),
    "a wrong choice": (
        "cursor = { unknown = 'ignore' }",
        "cursor.unknown: expected 'live' or 'all' or 'signal' or 'reject', got 'ignore'",
    ),
    "a wrong driver": (
        "publish = { driver = 'htpp' }",
        "publish.driver: expected 'http' or 'exec' or 'python' or 'none', got 'htpp'",
    ),
    "a wrong pattern": (
        "heartbeat = { interval = '1s', kind = 'comments' }",
        "heartbeat.kind: expected comment or event:TYPE",
    ),
    "a duration without a unit that we know": (
        "heartbeat = { interval = '15 sec' }",
        'heartbeat.interval: expected a duration above zero like "15s" or "300ms", got \'15 sec\'',
    ),
    "a duration of zero": (
        "heartbeat = { interval = '0s' }",
        'heartbeat.interval: expected a duration above zero like "15s" or "300ms", got \'0s\'',
    ),
    "a date that is none": (
        "[[waive]]\nid = 'x'\nreason = 'y'\nuntil = 'soon'",
        "waive[0].until: invalid RFC3339 encoded date",
    ),
    "an unset variable": (
        'auth.main.headers = { Authorization = "Bearer ${TOKEN}" }',
        "auth.main.headers.Authorization: the environment variable TOKEN is not set",
    ),
    "an unset variable in a list": (
        'process.start = ["${SHELL_}"]',
        "process.start[0]: the environment variable SHELL_ is not set",
    ),
    "a variable that does not end": (
        'auth.main.headers = { A = "${TOKEN" }',
        "auth.main.headers.A: '${TOKEN' is no variable: write ${NAME}",
    ),
    "a placeholder that nothing fills": (
        PUBLISH + 'request = { path = "/p/{chanel}", body = "{data}" }',
        "publish.request.path: nothing fills the placeholder {chanel}; did you mean 'channel'?",
    ),
    "a placeholder deep in JSON": (
        PUBLISH + 'request = { path = "/p", json = { a = [{ b = "{daata}" }] } }',
        "publish.request.json: nothing fills the placeholder {daata}; did you mean 'data'?",
    ),
    "a driver without its request": (PUBLISH, "publish: the driver 'http' needs the key 'request'"),
    "a driver without its command": (
        "publish = { driver = 'exec' }",
        "publish: the driver 'exec' needs the key 'command'",
    ),
    "a callable without a module": (
        "publish = { driver = 'python', python = 'send' }",
        "publish.python: expected 'module:callable', got 'send'",
    ),
    "a path and a url": (
        PUBLISH + 'request = { path = "/p", url = "http://h/p" }',
        "publish.request: give either a path, which is appended to target.base_url, or a url",
    ),
    "neither path nor url": (
        PUBLISH + 'request = { body = "{data}" }',
        "publish.request: give either a path, which is appended to target.base_url, or a url",
    ),
    "a path that is none": (
        PUBLISH + 'request = { path = "p" }',
        "publish.request.path: expected to begin with '/', got 'p'",
    ),
    "two bodies": (
        PUBLISH + 'request = { path = "/p", body = "{data}", form = { d = "{data}" } }',
        "publish.request: body and form are two bodies: give one",
    ),
    "an unknown principal": (
        PUBLISH + 'auth = "mian"\nrequest = { path = "/p" }\n[auth.main]\nheaders = {}',
        "publish.auth: nobody in [auth] is called 'mian'; did you mean 'main'?",
    ),
    "a process without a command": (
        "process = { start = [], ready = { tcp = '127.0.0.1:1' } }",
        "process.start: expected a command, got none",
    ),
    "a process that listens nowhere": (
        "process = { start = ['x'], ready = { tcp = '8080' } }",
        "process.ready.tcp: expected an address like '127.0.0.1:8000', got '8080'",
    ),
    "a metric at no address": (
        METRIC % ("metrics", "(1)"),
        "process.metrics.connections.url: expected an address like http://127.0.0.1:8000, got 'metrics'",
    ),
    "a metric without its number": (
        METRIC % ("/m", "clients"),
        "process.metrics.connections.regex: expected a group around the number, as in 'clients ([0-9]+)'",
    ),
    "a metric by no regular expression": (
        METRIC % ("/m", "(*)"),
        "process.metrics.connections.regex: '(*)' is no regular expression: nothing to repeat at position 1",
    ),
    "a signal that is not described": (
        "cursor = { unknown = 'signal' }",
        "cursor.unknown: says 'signal', so cursor.signal must say which",
    ),
    "a signal of two kinds": (
        "cursor = { signal = { event = 'a', status = 410 } }",
        "cursor.signal: expected exactly one of event, header, status",
    ),
    "a cursor that nothing carries": (
        "cursor = { header = false }",
        "cursor: neither header nor query can carry a cursor: write supported = false",
    ),
    "an address of another kind": (
        "[[paths]]\nname = 'nginx'\nbase_url = '127.0.0.1:8081'",
        "paths[0].base_url: expected an address like http://127.0.0.1:8000, got '127.0.0.1:8081'",
    ),
    "a password in an address": (
        "[[paths]]\nname = 'nginx'\nbase_url = 'http://me:secret@h'",
        "paths[0].base_url: a user or password in an address ends up in reports: put it into [auth] headers",
    ),
    "a principal that is built in": (
        "auth = { none = { headers = {} } }",
        "auth.none: this one is built in: give yours another name",
    ),
    "a hook with a message": (
        "faults = { midstream = { path = '/fault', query = { text = '{data}' } } }",
        "faults.midstream.query: nothing fills the placeholder {data}; there are channel, uuid",
    ),
}


@pytest.mark.parametrize("http", [["1.0"], ["2"]])
def test_without_http_1_1_there_is_little_to_judge(http: list[str]) -> None:
    with pytest.raises(TargetError, match=r"all rows but a few ask in HTTP/1\.1"):
        loads(BARE.replace('8000" }', f'8000", http = {http} }}'), {})


def test_a_target_may_be_asked_in_http_1_0_too() -> None:
    target = loads(BARE.replace('8000" }', '8000", http = ["1.1", "1.0"] }'), {})

    assert target.target.http == ("1.1", "1.0")


@pytest.mark.parametrize(("more", "expected"), WRONG.values(), ids=WRONG)
def test_a_wrong_file_is_told_what_and_where(more: str, expected: str) -> None:
    with pytest.raises(TargetError) as caught:
        loads(BARE + more, {}, "my.toml")

    assert str(caught.value) == f"my.toml: {expected}"


def test_all_contradictions_are_told_at_once() -> None:
    with pytest.raises(TargetError) as caught:
        target_of("cursor = { unknown = 'signal' }\npublish = { driver = 'exec' }")

    assert len(str(caught.value).splitlines()) == 2


@pytest.mark.parametrize(
    ("text", "expected"),
    {
        "no TOML": ("schema = ]\n", "Invalid value (at line 1, column 10)"),
        "another schema": ("schema = 2", "schema: expected 1, got 2"),
        "empty": ("", "the key 'schema' is missing"),
        "a frame of two kinds": (
            BARE.replace('{channel}"', '{channel}", greeting = [{ comment = true, event = "x" }]'),
            "subscribe.greeting[0]: expected exactly one of comment, event, id_only",
        ),
        "a channel of another mode": (
            BARE.replace('{channel}"', '{channel}", channel = { mode = "fix", value = "x" }'),
            "subscribe.channel.mode: expected 'random' or 'fixed', got 'fix'",
        ),
        "a bound without a number": (
            BARE.replace('{channel}"', '{channel}", bounded = { query = { limit = "3" } }'),
            "subscribe.bounded: expected {count} in its query or headers: after how many events it ends",
        ),
        "a bound of what is finite anyway": (
            BARE.replace('{channel}"', '{channel}", finite = true, bounded = { query = { n = "{count}" } }'),
            "subscribe: where every stream is finite, none needs to be bounded: leave one of them out",
        ),
        "a bad request that counts": (
            BARE.replace('{channel}"', '{channel}", bad_requests = [{ path = "/{count}", expect = [400] }]'),
            "subscribe.bad_requests[0].path: nothing fills the placeholder {count}; there are channel, uuid",
        ),
        "a path with a line end": (
            BARE.replace("/events/", "/events\\n/"),
            r"subscribe.path: write what cannot be printed as %00 to %1F, got '/events\n/{channel}'",
        ),
        "a bad request at half a path": (
            BARE.replace('{channel}"', '{channel}", bad_requests = [{ path = "x", expect = [400] }]'),
            "subscribe.bad_requests[0].path: expected to begin with '/', got 'x'",
        ),
        "a message's placeholder in a subscription": (
            BARE.replace("{channel}", "{event}"),
            "subscribe.path: nothing fills the placeholder {event}; there are channel, uuid",
        ),
    }.values(),
    ids=str,
)
def test_a_file_that_is_wrong_from_the_start(text: str, expected: str) -> None:
    with pytest.raises(TargetError) as caught:
        loads(text, {}, "my.toml")

    assert str(caught.value) == f"my.toml: {expected}"


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    latin1 = tmp_path / "latin1.toml"
    latin1.write_bytes(b'schema = "\xe9"')

    with pytest.raises(TargetError, match=r"nowhere.toml: no such file; a URL begins with http://"):
        load("nowhere.toml", {})
    with pytest.raises(TargetError, match="directory"):
        load(str(tmp_path), {})
    with pytest.raises(TargetError, match="utf-8"):
        load(str(latin1), {})


@pytest.mark.parametrize(
    "url", ["http://", "http://:80/", "http://h:port/", "http://h:99999/", "https://[::1/"]
)
def test_a_url_that_is_none(url: str) -> None:
    with pytest.raises(TargetError, match="expected an address like"):
        load(url, {})


def test_a_file_knows_the_folder_that_it_lies_in_and_what_it_is_installed_from(tmp_path: Path) -> None:
    file = tmp_path / "target.toml"
    file.write_text(BARE + '[install]\npypi = ["x==1"]\n[process]\nstart = ["python", "${HERE}/app.py"]\n')
    file.write_text(file.read_text() + 'ready = { tcp = "127.0.0.1:8000" }\n')

    target = load(str(file), {})

    assert target.process is not None
    assert target.process.start == ("python", f"{tmp_path}/app.py")
    assert (target.install.pypi, target.install.npm, target.install.debian) == (("x==1",), (), ())
