"""`eventbahn check` and `pytest conformance/` from outside: exit codes, files, and whose settings count."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import xml.etree.ElementTree as ET
from collections.abc import Mapping
from pathlib import Path

import pytest

from conformance.requirements import REQUIREMENTS
from conformance.target import TARGETS
from reports.load import load
from reports.schemas import Conformance
from tests.conformance.odd_server import Manners, OddServer, target_of
from tests.conftest import EVENTBAHN, Serve

MINUTE = 60.0  # seconds
QUICK = "HTTP-001,HTTP-002"
SUITE = Path(__file__).parent.parent.parent / "conformance"


def check(
    *arguments: str | Path, cwd: Path, env: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    command = [*EVENTBAHN, "check", *map(str, arguments)]
    environment = {**os.environ, **(env or {})}
    return subprocess.run(
        command, cwd=cwd, env=environment, capture_output=True, text=True, timeout=MINUTE, check=False
    )


@pytest.fixture
def odd(tmp_path: Path) -> Path:
    return tmp_path / "odd.toml"


def test_a_run_is_a_result_that_reports_can_read(serve: Serve, tmp_path: Path) -> None:
    served = serve("--heartbeat", "0.3", "--fault", "no-space")
    promised = {"EVENTBAHN_URL": served.url, "EVENTBAHN_HEARTBEAT": "0.3s"}
    result, junit = tmp_path / "result.json", tmp_path / "junit.xml"

    done = check(
        *(TARGETS / "eventbahn.toml", "--sse-json", result, "--junitxml", junit),
        *("--sse-only", "HTTP-001,DATA-004"),
        cwd=tmp_path,
        env=promised,
    )

    assert done.returncode == 1, done.stdout + done.stderr
    document = json.loads(result.read_text())
    rows = {row["id"]: row for row in document["rows"]}
    assert list(rows) == list(REQUIREMENTS)
    assert document["summary"] == {
        "counts": {"PASS": 1, "FAIL": 1, "SKIP": len(REQUIREMENTS) - 2},
        "coverage": 1.0,
    }
    assert (document["exit_code"], document["target"]["name"]) == (1, "eventbahn")
    failed = rows["SSE-DATA-004"]
    assert failed["expected"] == 'an event with the payload "  x"'
    assert failed["observed"] == '"  x" came as " x"'
    assert "data:  x\\n" in failed["evidence"]
    assert f"{served.url}/events/conf-" in failed["reproduce"]
    assert isinstance(load(result), Conformance)
    cases = {
        properties["id"]: case
        for case in ET.parse(junit).iter("testcase")
        if (properties := {one.get("name"): one.get("value") for one in case.iter("property")})
    }
    assert {name: case.find("failure") is not None for name, case in cases.items()} == {
        "SSE-HTTP-001": False,
        "SSE-DATA-004": True,
    }


def test_a_failure_explains_itself(serve: Serve, tmp_path: Path) -> None:
    url = serve("--heartbeat", "0.3", "--fault", "text-plain").url + "/events/x"

    done = check(url, "--sse-only", QUICK, cwd=tmp_path, env={"NO_COLOR": "1"})

    assert done.returncode == 1
    for text in (
        "FAIL SSE-HTTP-002",
        "HTML 9.2.5  https://html.spec.whatwg.org/",
        "expected  the media type text/event-stream",
        "observed  Content-Type: text/plain",
        "again     curl -sNi -H 'Accept: text/event-stream'",
        f"2 of 2 rows judged (100 %): 1 PASS, 1 FAIL; {len(REQUIREMENTS) - 2} SKIP",
    ):
        assert text in done.stdout
    assert "\x1b" not in done.stdout


def test_a_target_that_is_not_there_is_one_line_and_3(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as gone:
        port = gone.getsockname()[1]

    done = check(f"http://127.0.0.1:{port}/events", cwd=tmp_path)

    assert done.returncode == 3
    assert f"nothing could be judged: unreachable: 127.0.0.1:{port}: Connection refused" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    {
        "no such file": (["nowhere.toml"], "nowhere.toml: no such file"),
        "a wrong key": (["wrong.toml"], "did you mean 'base_url'?"),
        "programs": (["programs.toml"], "which needs --allow-exec: publish.command: rm -r x"),
        "no such row": (["--sse-only", "HTTP-099"], "there is no requirement 'HTTP-099'"),
        "no such folder": (["--sse-json", "no/such/result.json"], "there is no such folder"),
    }.values(),
    ids=str,
)
def test_a_mistake_is_2_before_anything_is_opened(
    arguments: list[str], complaint: str, tmp_path: Path
) -> None:
    (tmp_path / "wrong.toml").write_text('schema = 1\n[target]\nname = "x"\nbase_ulr = "http://x"\n')
    (tmp_path / "programs.toml").write_text(
        'schema = 1\ntarget = { name = "x", base_url = "http://127.0.0.1:1" }\nsubscribe = { path = "/" }\n'
        'publish = { driver = "exec", command = ["rm", "-r", "x"] }\n'
    )

    done = check(*arguments, cwd=tmp_path)

    assert (done.returncode, done.stdout) == (2, "")
    assert complaint in " ".join(done.stderr.split())


def test_the_users_own_pytest_settings_do_not_leak_in(odd: Path) -> None:
    folder = odd.parent
    (folder / "conftest.py").write_text("raise RuntimeError('the user’s own')\n")
    (folder / "pytest.ini").write_text("[pytest]\naddopts = --no-such-option\n")
    (folder / "conformance").mkdir()
    (folder / "conformance/__init__.py").write_text("raise ImportError('the user’s own')\n")

    with OddServer.started(Manners()) as server:
        odd.write_text(target_of(server))
        done = check(odd, "--sse-only", QUICK, cwd=folder, env={"PYTEST_ADDOPTS": "--no-such-option"})

    assert done.returncode == 0, done.stdout + done.stderr
    assert not (folder / ".pytest_cache").exists()


def test_the_bytes_of_a_target_do_nothing_to_a_terminal(odd: Path) -> None:
    with OddServer.started(Manners(heartbeat="\x1b[31m\x07evil: \x9b{end}{end}")) as server:
        odd.write_text(target_of(server))
        done = check(odd, "--sse-only", "FRAME-004,BEAT-001,BEAT-002", cwd=odd.parent)

    assert "\\x1b[31m\\x07evil" in done.stdout
    assert not set("\x1b\x07\x9b") & set(done.stdout)


def test_credentials_are_in_no_result(odd: Path) -> None:
    result = odd.with_name("result.json")
    with OddServer.started(Manners()) as server:
        secret = '[auth]\nmain = { headers = { Authorization = "Bearer ${TOKEN}" } }\n'
        odd.write_text(target_of(server) + secret)
        done = check(
            odd, "--sse-json", result, "--sse-only", QUICK, cwd=odd.parent, env={"TOKEN": "hush-hush"}
        )

    assert done.returncode == 0, done.stdout
    assert "Authorization" in result.read_text()
    assert "hush-hush" not in result.read_text() + done.stdout


def test_waivers_and_strictness(odd: Path) -> None:
    waiver = '[[waive]]\nid = "SSE-HTTP-002"\nreason = "known"\nuntil = 2999-01-01\n'
    with OddServer.started(Manners()) as server:
        odd.write_text(target_of(server) + waiver)
        done = check(odd, "--sse-only", QUICK, "--sse-strict", cwd=odd.parent)

    assert done.returncode == 1
    assert "STALE-WAIVER SSE-HTTP-002" in done.stdout
    assert "the waiver (known) no longer fires: remove it" in done.stdout


def test_an_interrupt_keeps_what_was_judged(tmp_path: Path, odd: Path) -> None:
    result = tmp_path / "result.json"
    with OddServer.started(Manners()) as server:
        odd.write_text(target_of(server).replace('"0.3s"', '"30s"'))
        command = [
            *EVENTBAHN,
            "check",
            str(odd),
            "--sse-json",
            str(result),
            "--sse-only",
            "HTTP-001,BEAT-001",
        ]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, start_new_session=True) as running:
            with server.subscribed:
                assert server.subscribed.wait_for(lambda: server.subscriptions > 0, MINUTE)
            os.killpg(running.pid, signal.SIGINT)
            running.communicate(timeout=MINUTE)

    document = json.loads(result.read_text())
    judged = {row["id"]: row["verdict"] for row in document["rows"] if row["verdict"] != "SKIP"}
    assert (running.returncode, document["exit_code"]) == (130, 130)
    assert judged["SSE-BEAT-001"] == "INCONCLUSIVE"


def test_pytest_sets_the_same_exit_code(odd: Path) -> None:
    with OddServer.started(Manners()) as server:
        odd.write_text(target_of(server))
        command = [sys.executable, "-P", "-m", "pytest", "--pyargs", "conformance", "--sse-target", str(odd)]
        good, nothing, mistake = (
            subprocess.run(
                [*command, *more], cwd=odd.parent, capture_output=True, text=True, timeout=MINUTE, check=False
            )
            for more in (["--sse-only", QUICK], ["--sse-target", "http://127.0.0.1:1/"], ["--sse-only", "X"])
        )

    assert [one.returncode for one in (good, nothing, mistake)] == [0, 3, 4], good.stdout + mistake.stderr
    assert "2 of 2 rows judged" in good.stdout
    assert "2 PASS" in good.stdout.splitlines()[-1]


def test_the_catalogue_is_at_hand(tmp_path: Path) -> None:
    listed, explained = check("--list", cwd=tmp_path), check("--explain", "http-002", cwd=tmp_path)

    assert (listed.returncode, explained.returncode) == (0, 0)
    assert all(row in listed.stdout for row in REQUIREMENTS)
    assert REQUIREMENTS["SSE-HTTP-002"].title.split()[0] in explained.stdout


def test_every_row_has_a_check_and_every_check_a_row() -> None:
    marked = [
        line for file in SUITE.glob("checks/test_*.py") for line in file.read_text().split() if "SSE-" in line
    ]

    assert sorted({word.strip('@row("),') for word in marked} & set(REQUIREMENTS)) == sorted(REQUIREMENTS)


def test_a_server_that_wants_no_attacks_is_sent_none(odd: Path) -> None:
    polite = "[politeness]\nallow_attacks = false\n"
    with OddServer.started(Manners()) as server:
        odd.write_text(target_of(server) + polite)
        done = check(odd, "--sse-only", "INJ-001,INJ-003,DATA-001", cwd=odd.parent)

    published = [data for events in server.log.values() for data, *_ in events]
    assert f"1 of 3 rows judged (33 %): 1 PASS; {len(REQUIREMENTS) - 1} SKIP" in done.stdout
    assert done.returncode == 3
    assert "a\nb" in published
    assert not [data for data in published if "evil" in data or "\r" in data]


def test_a_stranger_is_asked_for_few_streams(odd: Path) -> None:
    polite = "[politeness]\nmax_streams = 2\nallow_attacks = true\n"
    with OddServer.started(Manners()) as server:
        odd.write_text(target_of(server) + polite)
        done = check(odd, "--sse-only", "HTTP-001,DATA-001,REPLAY-001", cwd=odd.parent)

    assert done.returncode == 0, done.stdout
    assert "SKIP (politeness: needs more than 2 streams at once; the target can allow them)" in done.stdout
    assert f"2 of 3 rows judged (66 %): 2 PASS; {len(REQUIREMENTS) - 2} SKIP" in done.stdout


def test_a_check_that_breaks_is_a_fault_of_ours(odd: Path) -> None:
    result, broken = odd.with_name("result.json"), odd.with_name("test_broken.py")
    broken.write_text(
        "from conformance.row import row\n"
        "@row('SSE-HTTP-001')\n"
        "def test_status(sse_stage):\n"
        "    raise RuntimeError('a wrong turn')\n"
    )
    with OddServer.started(Manners()) as server:
        odd.write_text(target_of(server))
        command = [sys.executable, "-P", "-m", "pytest", str(broken), "--sse-target", str(odd)]
        done = subprocess.run(
            [*command, "--sse-json", str(result)], capture_output=True, text=True, timeout=MINUTE, check=False
        )

    assert done.returncode == 70, done.stdout
    assert "RuntimeError: a wrong turn" in done.stdout
    row = json.loads(result.read_text())["rows"][0]
    assert (row["verdict"], row["reason"]) == (
        "INCONCLUSIVE",
        "the check itself broke: RuntimeError: a wrong turn",
    )


def test_a_target_may_be_waited_for(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    url = f"http://127.0.0.1:{port}/events"
    waiting = [*EVENTBAHN, "check", url, "--wait", "30", "--sse-only", QUICK]
    serving = [*EVENTBAHN, "serve", "--port", str(port), "--log", "memory"]

    with (
        subprocess.Popen(waiting, stdout=subprocess.PIPE, text=True, cwd=tmp_path) as waiter,
        subprocess.Popen(serving, stdout=subprocess.DEVNULL, cwd=tmp_path) as server,
    ):
        said, _ = waiter.communicate(timeout=MINUTE)
        server.terminate()

    assert waiter.returncode == 0, said
    assert "2 of 2 rows judged" in said


def test_a_stranger_with_a_publisher_is_judged_within_sixty_requests(odd: Path) -> None:
    polite = "[politeness]\nmax_streams = 3\nmax_requests = 60\n"
    with OddServer.started(Manners()) as server:
        odd.write_text(target_of(server) + polite)
        done = check(odd, cwd=odd.parent)

    judged = re.search(
        r"\n([0-9]+) of [0-9]+ rows judged \([0-9]+ %\): [0-9]+ PASS, [0-9]+ INFO;", done.stdout
    )
    assert judged, done.stdout
    assert int(judged[1]) >= 30
    assert done.returncode == 0
    assert "not judged, SKIP (politeness: attacks need" in done.stdout


def test_a_head_that_waits_for_an_event_is_one_fault_and_no_other(odd: Path) -> None:
    with OddServer.started(Manners(late=True)) as server:
        odd.write_text(target_of(server))
        done = check(odd, "--sse-only", "HTTP-001,HTTP-004,HTTP-009,ID-006", cwd=odd.parent)

    assert "4 of 4 rows judged (100 %): 3 PASS, 1 WARN" in done.stdout
    assert "no head in 1000 ms of silence" in done.stdout


def test_a_wrong_unwrap_is_named(odd: Path) -> None:
    with OddServer.started(Manners()) as server:
        text = target_of(server).replace('driver = "http"', 'driver = "http"\nunwrap = { kind = "json" }')
        odd.write_text(text)
        done = check(odd, "--sse-only", "HTTP-001,DATA-001,DATA-004", cwd=odd.parent)

    assert "which is not what `unwrap` says ('json')" in done.stdout.replace("\n", " ")
    assert done.returncode == 3


def test_a_stream_by_post_has_no_head(odd: Path) -> None:
    by_post = 'subscribe = { path = "/{channel}", method = "POST", json = { data = "x" } }'
    with OddServer.started(Manners()) as server:
        odd.write_text(target_of(server).replace('subscribe = { path = "/{channel}" }', by_post))
        done = check(odd, "--sse-only", "HTTP-009", cwd=odd.parent)

    assert "N/A (declared-absent: a stream by POST): SSE-HTTP-009" in done.stdout
    assert done.returncode == 3


def test_a_log_is_told_that_a_run_has_begun(odd: Path) -> None:
    with OddServer.started(Manners()) as server:
        odd.write_text(target_of(server))
        done = check(odd, "--sse-only", "HTTP-001", cwd=odd.parent)

    assert done.stderr.startswith("checking 1 row:")
