"""`eventbahn target new URL` as a command, against our own server and against none."""

import subprocess
from pathlib import Path

import httpx

from conformance.target import load
from tests.conftest import DEADLINE, EVENTBAHN, Serve


def new(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [*EVENTBAHN, "target", "new", *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=DEADLINE, check=False)


def test_a_file_is_written_that_check_takes(serve: Serve, tmp_path: Path) -> None:
    url, file = serve("--heartbeat", "0.2").url, tmp_path / "mine.toml"

    done = new(f"{url}/events/some", "-o", str(file))

    assert (done.returncode, done.stdout) == (0, f"{file}: edit it, then: eventbahn check {file}\n")
    target = load(str(file), {})
    assert (target.target.base_url, target.subscribe.path) == (url, "/events/some")
    assert target.heartbeat is not None
    assert target.heartbeat.kind == "comment"
    command = [*EVENTBAHN, "check", str(file), "--sse-only", "HTTP-001,BEAT-002"]
    checked = subprocess.run(command, capture_output=True, text=True, timeout=DEADLINE, check=False)
    assert (checked.returncode, "2 of 2 rows judged" in checked.stdout) == (0, True), checked.stdout


def test_a_replay_is_tried(serve: Serve) -> None:
    url = serve("--heartbeat", "0.2").url
    with httpx.stream("GET", f"{url}/events/some", timeout=DEADLINE):
        httpx.post(f"{url}/events/some", json={"data": "before"}).raise_for_status()
        with subprocess.Popen(
            [*EVENTBAHN, "target", "new", f"{url}/events/some"],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        ) as process:
            assert process.stderr is not None
            assert process.stderr.readline().startswith("listening to ")
            while process.poll() is None:
                httpx.post(f"{url}/events/some", json={"data": "x"}).raise_for_status()
            assert process.stdout is not None
            text = process.stdout.read()

    assert 'It was tried, and it works.\n[cursor]\nheader    = true\nunknown   = "signal"' in text


def test_what_is_no_stream_is_told(serve: Serve, tmp_path: Path) -> None:
    url = serve().url
    there = tmp_path / "there.toml"
    there.write_text("mine")

    wrong = [
        (f"{url}/snapshot",),
        ("http://127.0.0.1:1/events",),
        ("events",),
        (f"{url}/events", "-o", str(there)),
    ]

    done = [(arguments, new(*arguments)) for arguments in wrong]

    outcomes = {arguments: (one.returncode, one.stderr.splitlines()[-1]) for arguments, one in done}
    assert [code for code, _ in outcomes.values()] == [3, 3, 2, 2]
    assert "there is no event stream: HTTP/1.1 200 OK, application/json" in outcomes[f"{url}/snapshot",][1]
    assert "Connection refused" in outcomes["http://127.0.0.1:1/events",][1]
    assert "a URL begins with http:// or https://" in outcomes["events",][1]
    assert there.read_text() == "mine"
