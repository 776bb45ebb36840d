"""The server under test is started, noticed when it dies, stopped, and never left behind."""

import json
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from conformance.process import ServerProcess, running
from conformance.target import Target, loads
from conformance.verdict import Unjudged
from conformance.version import versioned
from conformance.vitals import connections
from tests.conftest import EVENTBAHN

DEADLINE = 10.0
LISTEN = """
import http.server, os, signal, sys
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"# clients 7\\nclients 7.0\\n")
    def log_message(self, *_): pass
def serve():
    print("here I am", flush=True)
    http.server.HTTPServer(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()
"""
DIES_AT_ONCE = """
answer = Handler.do_GET
def once(self):
    answer(self)
    self.wfile.flush()
    os._exit(9)
Handler.do_GET = once
serve()
"""
Declare = Callable[..., Target]


@pytest.fixture
def port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def declare(port: int, tmp_path: Path) -> Declare:
    """Makes a target whose process is a Python program, which has `serve` and its port in argv."""

    def declared(code: str, *, timeout: str = "10s", grace: str = "10s", more: str = "") -> Target:
        program = tmp_path / "server.py"
        program.write_text(LISTEN + code)
        return loads(
            f"""
            schema = 1
            target = {{ name = "x", base_url = "http://127.0.0.1:{port}" }}
            subscribe = {{ path = "/" }}
            [process]
            start = {json.dumps([sys.executable, str(program), str(port)])}
            ready = {{ tcp = "127.0.0.1:{port}", timeout = "{timeout}" }}
            stop = {{ grace = "{grace}" }}
            {more}
            """,
            {},
        )

    return declared


@pytest.fixture
def process(declare: Declare) -> Iterator[Callable[..., ServerProcess]]:
    started: list[ServerProcess] = []

    def start(code: str, **options: str) -> ServerProcess:
        declared = declare(code, **options).process
        assert declared is not None
        started.append(ServerProcess(declared))
        started[-1].start()
        return started[-1]

    yield start
    for one in started:
        one.kill()


def answers(port: int) -> bool:
    with socket.socket() as sock:
        return sock.connect_ex(("127.0.0.1", port)) == 0


def test_a_server_lives_as_long_as_it_is_needed(declare: Declare, port: int) -> None:
    with running(declare("serve()")) as process:
        assert answers(port)
        assert process is not None
        assert process.running
        assert process.died == ""

    assert not answers(port)


def test_without_a_process_there_is_none() -> None:
    text = 'schema = 1\ntarget = { name = "x", base_url = "http://127.0.0.1:1" }\nsubscribe = { path = "/" }'

    with running(loads(text, {})) as process:
        assert process is None


@pytest.mark.parametrize(
    ("code", "timeout", "why"),
    {
        "it ends": ("sys.exit('no database')", "10s", "exit code 1; the last that it said: no database"),
        "it never listens": (
            "print('waiting', flush=True); signal.pause()",
            "1s",
            "nothing listens on 127.0.0.1:[0-9]+ after 1 s; the last that it said: waiting",
        ),
    }.values(),
    ids=str,
)
def test_a_server_that_does_not_get_ready(code: str, timeout: str, why: str, declare: Declare) -> None:
    with (
        pytest.raises(Unjudged, match=f"process.start: `.*server.py [0-9]+` did not get ready: {why}"),
        running(declare(code, timeout=timeout)),
    ):
        pass


def test_another_server_in_its_place_is_not_judged(declare: Declare, port: int) -> None:
    with (
        socket.create_server(("127.0.0.1", port)),
        pytest.raises(Unjudged, match=f"something listens on 127.0.0.1:{port} already"),
        running(declare("serve()")),
    ):
        pass


def test_a_server_that_dies_is_noticed(process: Callable[..., ServerProcess], port: int) -> None:
    server = process("import threading; threading.Timer(0.2, os._exit, [9]).start(); serve()")
    deadline = time.monotonic() + DEADLINE
    while not server.died and time.monotonic() < deadline:
        time.sleep(0.01)

    died = "the server's process died by itself: exit code 9; the last that it said: here I am"
    assert server.died == died
    stopped = server.stop()
    assert (stopped.died, stopped.late, stopped.end) == (died, False, "exit code 9")
    assert server.died == ""


def test_a_server_that_is_stopped_says_how_it_ended(process: Callable[..., ServerProcess]) -> None:
    server = process("signal.signal(signal.SIGTERM, lambda *_: sys.exit(0)); serve()")

    stopped = server.stop()

    assert (stopped.signal, stopped.end, stopped.late, stopped.died) == ("SIGTERM", "exit code 0", False, "")


def test_a_server_that_outlives_its_grace_is_killed(process: Callable[..., ServerProcess], port: int) -> None:
    server = process("signal.signal(signal.SIGTERM, signal.SIG_IGN); serve()", grace="300ms")

    stopped = server.stop()

    assert (stopped.late, stopped.end) == (True, "SIGKILL")
    assert stopped.seconds >= 0.3
    assert not answers(port)


def test_a_server_can_be_started_again(process: Callable[..., ServerProcess], port: int) -> None:
    server = process("serve()")
    server.stop()
    assert not answers(port)

    server.start()

    assert answers(port)
    assert server.starts == 2


def test_memory_is_looked_at_only_where_that_is_declared(process: Callable[..., ServerProcess]) -> None:
    assert process("serve()").memory is None


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="needs-linux: /proc")
def test_numbers_are_those_of_all_processes_of_the_group(process: Callable[..., ServerProcess]) -> None:
    two = "import subprocess; subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)'])\n"
    server = process(two + "serve()", more='metrics = { rss = "pid" }')

    memory, descriptors = server.memory, server.descriptors

    assert memory is not None
    assert memory > 2**20
    assert descriptors is not None
    assert descriptors >= 6


@pytest.mark.parametrize(
    ("regex", "found"),
    [
        ("clients ([0-9.]+)", 7),
        ("readers ([0-9]+)", "shows nothing like"),
        ("(clients)", "could not convert"),
    ],
    ids=["a number", "nothing", "no number"],
)
def test_a_metric_is_read(
    regex: str, found: int | str, declare: Declare, process: Callable[..., ServerProcess]
) -> None:
    more = f"metrics = {{ connections = {{ url = '/metrics', regex = '{regex}' }} }}"
    process("serve()", more=more)
    target = declare("serve()", more=more)

    if isinstance(found, int):
        assert connections(target) == found
    else:
        with pytest.raises(Unjudged, match=rf"process\.metrics\.connections: .*{found}"):
            connections(target)


@pytest.mark.parametrize(
    ("command", "version"),
    {
        "the first line": (["printf", r"\n mysrv 1.2\nmore\n"], "mysrv 1.2"),
        "made harmless": (["printf", r"\033[31m1"], r"\x1b[31m1"),
    }.values(),
    ids=str,
)
def test_a_version_is_the_first_line_that_is_printed(command: list[str], version: str) -> None:
    assert versioned(_asking(command)).target.version == version


@pytest.mark.parametrize(
    ("command", "why"),
    {
        "not there": (["no-such-program"], "No such file"),
        "a failure": (["sh", "-c", "echo 1; echo lost >&2; exit 3"], "exit code 3, and lost"),
        "silence": (["true"], "exit code 0, and not a word"),
    }.values(),
    ids=str,
)
def test_a_version_that_is_not_told(command: list[str], why: str) -> None:
    with pytest.raises(Unjudged, match=rf"target\.version: `.*` told none: .*{why}"):
        versioned(_asking(command))


def _asking(command: list[str]) -> Target:
    return loads(
        f'schema = 1\nsubscribe = {{ path = "/" }}\n[target]\nname = "x"\nbase_url = "http://127.0.0.1:1"\n'
        f"version = {{ exec = {json.dumps(command)} }}",
        {},
    )


def test_commands_are_shown_before_they_are_run(declare: Declare, tmp_path: Path, port: int) -> None:
    """And a server that dies makes nothing of what is left, but one row says so."""
    declare(DIES_AT_ONCE)
    file = tmp_path / "target.toml"
    start = json.dumps([sys.executable, str(tmp_path / "server.py"), str(port)])
    file.write_text(
        f'schema = 1\nheartbeat = {{ interval = "none" }}\n'
        f'target = {{ name = "x", base_url = "http://127.0.0.1:{port}" }}\nsubscribe = {{ path = "/" }}\n'
        f'process = {{ start = {start}, ready = {{ tcp = "127.0.0.1:{port}" }} }}\n'
    )
    options = ["--allow-exec", "--sse-only", "BEAT-001,HTTP-001,CONN-005", "--sse-json", "result.json"]

    done = subprocess.run(
        [*EVENTBAHN, "check", str(file), *options],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        timeout=60,
        check=False,
    )

    assert done.stdout.splitlines()[0] == f"process.start: {sys.executable} {tmp_path}/server.py {port}"
    rows = {row["id"]: row for row in json.loads((tmp_path / "result.json").read_text())["rows"]}
    assert rows["SSE-CONN-005"]["verdict"] in {"FAIL", "DEPENDENCY"}, done.stdout
    assert not answers(port)


@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL], ids=lambda one: one.name)
def test_a_run_that_is_stopped_leaves_no_server(
    sent: signal.Signals, declare: Declare, tmp_path: Path, port: int
) -> None:
    declare("serve()")
    start = json.dumps([sys.executable, str(tmp_path / "server.py"), str(port)])
    file = tmp_path / "target.toml"
    file.write_text(
        f'schema = 1\ntarget = {{ name = "x", base_url = "http://127.0.0.1:{port}" }}\n'
        'subscribe = { path = "/" }\n'
        f'process = {{ start = {start}, ready = {{ tcp = "127.0.0.1:{port}" }} }}\n'
    )
    command = [
        sys.executable,
        "-P",
        "-m",
        "pytest",
        "-q",
        "-p",
        "no:cacheprovider",
        "--pyargs",
        "conformance",
    ]
    run = subprocess.Popen(
        [*command, "--sse-target", str(file), "--allow-exec", "--sse-only", "BEAT-001,BEAT-002"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd=tmp_path,
    )
    deadline = time.monotonic() + 3 * DEADLINE
    while not answers(port) and run.poll() is None and time.monotonic() < deadline:
        time.sleep(0.05)
    assert answers(port)

    run.send_signal(sent)
    run.wait(3 * DEADLINE)

    deadline = time.monotonic() + DEADLINE
    while answers(port) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not answers(port)
