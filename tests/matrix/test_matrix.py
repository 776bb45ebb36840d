"""On what a machine has: what is judged is written, what cannot be is named, and the rest goes on."""

import json
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from conformance.target import TARGETS
from tests.matrix.__main__ import matrix
from tests.matrix.judging import UnjudgedError, free_ports, judge
from tests.peers.recipe import Recipe

APP = """
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.end_headers()
        self.wfile.write(b"data: x\\n\\n")

    do_HEAD = do_GET

ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()
"""


def recipe(folder: Path, start: str = '"${HERE}/app.py", "${PORT}"') -> Recipe:
    (folder / "app.py").write_text(APP)
    file = folder / "target.toml"
    file.write_text(f"""
        schema = 1
        target = {{ name = "a small one", base_url = "http://127.0.0.1:${{PORT}}", version = "7" }}
        subscribe = {{ path = "/", finite = true, traffic = "ambient" }}
        heartbeat = {{ interval = "none" }}
        cursor = {{ supported = false }}
        [publish]
        driver = "none"
        [process]
        start = ["{sys.executable}", {start}]
        ready = {{ tcp = "127.0.0.1:${{PORT}}", timeout = "5s" }}
    """)
    return Recipe(folder.name, file)


def test_a_target_is_started_and_judged(tmp_path: Path) -> None:
    found = judge(recipe(tmp_path), tmp_path)
    written = json.loads(found.file.read_bytes())

    assert (found.name, found.version, found.file) == ("a small one", "7", tmp_path / f"{tmp_path.name}.json")
    assert found.coverage == written["summary"]["coverage"] > 0.9
    assert found.told.startswith(f"{100 * found.coverage:.0f} % judged: ")
    assert {row["reason"] for row in written["rows"] if row["id"] == "SSE-SEC-004"} == {
        "deselected: not published"
    }


def test_a_file_that_is_wrong_is_told(tmp_path: Path) -> None:
    wrong = recipe(tmp_path)
    wrong.file.write_text(wrong.file.read_text().replace("[process]", "[proces]"))

    with pytest.raises(UnjudgedError, match="did you mean 'process'"):
        judge(wrong, tmp_path)


def test_ports_differ() -> None:
    assert len({*free_ports(["PORT", "CONTROL_PORT", "READY_PORT"]).values()}) == 3


def test_who_cannot_be_installed_is_named_and_the_exit_code_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))  # no dpkg-query

    done = CliRunner().invoke(matrix, ["--target", "pushpin", "--out", str(tmp_path / "out")])

    assert done.exit_code == 3, done.output
    assert (
        "not installed: Pushpin: pushpin, python3 is missing: apt-get install pushpin python3" in done.output
    )
    assert "0 of 1 targets judged" in done.output


@pytest.mark.parametrize("key", ["fastapi", "llm-post"])  # the environment of the tests has these
def test_what_ships_runs(key: str, tmp_path: Path) -> None:
    target = Recipe(key, TARGETS / key / "target.toml")
    process = target.target().process
    assert process
    assert process.start[:3] == ("python", "-m", "uvicorn")

    done = judge(target, tmp_path, "HTTP-001,HTTP-002,FRAME-001,DATA-009")

    verdicts = {row["id"]: row["verdict"] for row in json.loads(done.file.read_bytes())["rows"]}
    assert verdicts["SSE-FRAME-001"] == "PASS"
    assert verdicts["SSE-DATA-009"] == ("N/A" if key == "llm-post" else "PASS")


@pytest.mark.parametrize("file", [*TARGETS.glob("*/app.*")], ids=lambda file: file.parent.name)
def test_an_app_has_fewer_than_forty_lines(file: Path) -> None:
    assert len(file.read_text().splitlines()) < 40
