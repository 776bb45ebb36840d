"""A wrong target file is told what is wrong, where, and what to write."""

from pathlib import Path

import pytest

from conformance.target import TargetError, load, loads
from tests.conformance.target.test_target import BARE, target_of

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
