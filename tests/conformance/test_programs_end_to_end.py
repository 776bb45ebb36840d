"""A server that forgets at a restart, published to by a program and by a function: judged end to end."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from conformance.reference import described
from tests.conftest import EVENTBAHN

SECONDS = 120.0
ROWS = "HTTP-001,DATA-001,INJ-001,ID-009,CONN-007"
FUNCTION = """
import json, os, urllib.request

def publish(channel, **fields):
    request = urllib.request.Request(f"{os.environ['EVENTBAHN_URL']}/events/{channel}", method="POST")
    request.add_header("Authorization", f"Bearer {os.environ['EVENTBAHN_TOKEN']}")
    request.add_header("Content-Type", "application/json")
    urllib.request.urlopen(request, json.dumps(fields).encode(), timeout=5).close()
"""
PROGRAM = """
import json, sys
from publishing import publish

for line in sys.stdin:
    try:
        publish(**json.loads(line))
        print("{}", flush=True)
    except OSError as error:
        print(json.dumps({"error": str(error)}), flush=True)
"""


@pytest.mark.parametrize(
    ("driver", "fault", "expected"),
    [
        ("exec", "", {}),
        ("python", "ids-reset-on-restart", {"SSE-ID-009": "WARN", "SSE-CONN-007": "DEPENDENCY"}),
    ],
    ids=["a program, and all is well", "a function, and ids that come again"],
)
def test_a_server_that_forgets(driver: str, fault: str, expected: dict[str, str], tmp_path: Path) -> None:
    file, promised = described(tmp_path, *(["--fault", fault] if fault else []), log="memory")
    (tmp_path / "publishing.py").write_text(FUNCTION)
    (tmp_path / "publisher.py").write_text(PROGRAM)
    how = {
        "exec": f"command = {json.dumps([sys.executable, 'publisher.py'])}",
        "python": "python = 'publishing:publish'",
    }
    text = file.read_text()
    begin, end = text.index("[publish]"), text.index("[publish.request]")
    behind = text.index("\n[", end + 1)
    fields = "fields = { data = true, event = true, id = false, retry = true, comment = true }"
    published = f"[publish]\ndriver = '{driver}'\n{how[driver]}\n{fields}\n"
    asked = f'version = {{ exec = ["echo", "of {driver}"] }}\nbase_url'
    file.write_text((text[:begin] + published + text[behind:]).replace("base_url", asked, 1))

    done = subprocess.run(
        [*EVENTBAHN, "check", str(file), "--allow-exec", "--sse-only", ROWS, "--sse-json", "result.json"],
        env={**os.environ, **promised},
        capture_output=True,
        text=True,
        cwd=tmp_path,
        timeout=SECONDS,
        check=False,
    )

    result = json.loads((tmp_path / "result.json").read_text())
    rows = [row for row in result["rows"] if row["reason"] != "deselected"]
    assert len(rows) == len(ROWS.split(",")), done.stdout + done.stderr
    assert {row["id"]: row["verdict"] for row in rows if row["verdict"] != "PASS"} == expected
    assert result["target"]["version"] == f"of {driver}"
    told = next(row for row in rows if row["id"] == "SSE-CONN-007")
    assert expected or "told of a gap" in told["observed"]
