"""`eventbahn lint` as a command: what it prints, and how it leaves."""

import signal
import subprocess
from pathlib import Path

import pytest

from conformance.lint import LARGEST
from tests.conftest import DEADLINE, EVENTBAHN

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n"


def lint(*arguments: str, stdin: bytes = b"") -> tuple[int, list[str], str]:
    """Exit code, lines on stdout, stderr."""
    command = [*EVENTBAHN, "lint", *arguments]
    done = subprocess.run(command, input=stdin, capture_output=True, timeout=DEADLINE, check=False)
    return done.returncode, done.stdout.decode().splitlines(), done.stderr.decode()


def test_a_good_stream_is_counted_and_passes(tmp_path: Path) -> None:
    file = tmp_path / "good.txt"
    file.write_bytes(HEAD + b"retry: 2000\n\nid: e-0\n\nid: e-1\nevent: m\ndata: 1\n\n: ping\n\ndata: 2\n\n")

    code, lines, errors = lint(str(file))

    assert (code, errors) == (0, "")
    assert lines == [
        f'{file}: 2 events (1 m, 1 message), 2 ids, last id "e-1", 1 comment, retry 2000 ms; nothing found'
    ]


def test_findings_name_line_byte_and_row() -> None:
    body = HEAD + "data: é\r\nFoo: x\r\n\r\n".encode() + b"data: \xff\r\n\r\nretry: 2s\r\n\r\nid: 7\r\ndata"

    code, lines, _ = lint("-", stdin=body)

    assert code == 1
    assert (
        "\n".join(lines)
        == """\
-:5: byte 62: SHOULD: every client ignores a line that begins with "Foo" [SSE-FRAME-004]
-:7: byte 78: MUST: not UTF-8: "\\xff" after "data: " [SSE-FRAME-006]
-:9: byte 83: MUST: retry is not ASCII digits and is ignored: "2s" [SSE-RETRY-001]
-:11: byte 96: MUST: no blank line closes the last 11 bytes: clients throw them away [SSE-FRAME-002]
-: 2 events (2 message), 1 id, 0 comments; 3 MUST, 1 SHOULD"""
    )


def test_what_is_no_must_is_no_failure() -> None:
    code, lines, _ = lint("-", stdin=b"data: x\n\nevent: ping\n\n")

    assert code == 0
    assert lines[-1] == "-: 1 event (1 message), 0 ids, 0 comments; 1 SHOULD"


def test_a_cut_recording_is_nobody_s_fault() -> None:
    assert lint("-", stdin=b"data: x\n\ndata: y")[0] == 1
    assert lint("--cut", "-", stdin=b"data: x\n\ndata: y")[0] == 0


def test_control_characters_never_reach_the_terminal() -> None:
    body = b"\x1b[2J: x\nretry: \x1b]0;x\x07\nid: \x1b[31m\nevent: \x1b[32m\ndata: x\n\n"

    _, lines, _ = lint("-", stdin=body)

    assert "\\x1b[31m" in lines[-1]
    assert [line for line in lines if not line.isprintable()] == []


def test_a_refusal_is_not_looked_at_as_a_stream() -> None:
    page = b"HTTP/1.1 502 Bad Gateway\r\nContent-Type: text/html\r\n\r\n<html>\n<p>no</p>\n</html>\n"

    code, lines, _ = lint("-", stdin=page)

    assert code == 1
    assert [line.partition("[")[2] for line in lines] == ["SSE-HTTP-001]", "SSE-HTTP-002]", ""]
    assert lines[-1] == "-: not looked at as a stream; 2 MUST"


def test_a_flood_of_findings_is_cut_and_counted() -> None:
    code, lines, _ = lint("-", stdin=b"foo: x\n" * 1000 + b"retry: x\n\n")

    assert code == 1
    assert len(lines) == 30 + 1 + 2
    assert lines[-3].endswith('MUST: retry is not ASCII digits and is ignored: "x" [SSE-RETRY-001]')
    assert lines[-2:] == ["-: 970 more of SHOULD", "-: 0 events, 0 ids, 0 comments; 1 MUST, 1000 SHOULD"]


@pytest.mark.parametrize("body", [b"", b"\n\r\n", HEAD])
def test_nothing_recorded_is_not_a_pass(body: bytes) -> None:
    code, lines, errors = lint("-", stdin=body)

    assert (code, lines) == (3, [])
    assert "nothing to judge" in errors


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    for file, why in {tmp_path / "nowhere": "No such file", tmp_path: "Is a directory"}.items():
        code, lines, errors = lint(str(file))

        assert (code, lines) == (2, [])
        assert f"{file}: {why}" in errors


def test_a_coded_body_is_refused_with_the_remedy() -> None:
    code, _, errors = lint("-", stdin=b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n\x1f\x8b")

    assert code == 2
    assert "Accept-Encoding: identity" in errors


def test_a_recording_without_end_is_refused_with_the_remedy(tmp_path: Path) -> None:
    file = tmp_path / "huge"
    with file.open("wb") as opened:
        opened.truncate(LARGEST + 1)

    code, _, errors = lint(str(file))

    assert code == 2
    assert "head -c 32M" in errors


def test_ctrl_c_ends_the_recording_and_what_came_is_judged() -> None:
    events = b"data: x\n\n" * 100_000  # more than a pipe holds: written means that the command is reading
    with subprocess.Popen(
        [*EVENTBAHN, "lint", "-"], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdin is not None
        process.stdin.write(events + b"data: cut of")
        process.stdin.flush()
        process.send_signal(signal.SIGINT)
        assert process.stdout is not None
        line = process.stdout.read().decode()
        code = process.wait(DEADLINE)

    assert code == 0
    assert line.endswith("; nothing found\n")


def test_the_example_of_the_standard_passes() -> None:
    """In each of the three line ends."""
    example = b": test stream\n\ndata: first event\nid: 1\n\ndata:second event\nid\n\ndata:  third event\n\n"

    codes = [lint("-", stdin=example.replace(b"\n", ending))[0] for ending in (b"\n", b"\r\n", b"\r")]

    assert codes == [0, 0, 0]
