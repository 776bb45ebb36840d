"""The demo's control, over HTTP; what its buttons look like is the browser tests' matter."""

import asyncio
import subprocess
import sys
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Any

import httpx
import pytest

from reference_server.chaos.reader import missing, stalled
from reference_server.demo import AGAIN
from tests.conftest import DEADLINE, Serve, Served, first_line


@pytest.fixture
def chaos(tmp_path: Path) -> Iterator[Served]:
    """The demo's server, without the demo."""
    log = f"sqlite:{tmp_path / 'log.db'}"
    command = [sys.executable, "-P", "-m", "reference_server.chaos", "--port", "0", "--log", log]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    yield Served(first_line(process), process)
    process.terminate()
    process.communicate(timeout=DEADLINE)


def post(url: str, path: str, body: object = None) -> httpx.Response:
    return httpx.post(url + path, json=body, trust_env=False, timeout=DEADLINE)


def measure(url: str, *seqs: int) -> None:
    items = [{"device": "room-1", "boot": 1, "seq": seq, "values": {"temp": 20}} for seq in seqs]
    post(url, "/measurements", items).raise_for_status()


@pytest.mark.parametrize(
    ("seqs", "holes"), [([], 0), ([5], 0), ([5, 6, 7], 0), ([5, 8], 2), ([8, 5, 6], 1), ([5, 5, 6], 0)]
)
def test_holes_are_counted_in_whatever_order(seqs: list[int], holes: int) -> None:
    assert missing({"device": "a", "seq": seq} for seq in seqs) == holes


def test_devices_and_boots_have_sequences_of_their_own() -> None:
    seen = [
        {"device": "a", "boot": 1, "seq": 7},
        {"device": "a", "boot": 2, "seq": 0},
        {"device": "b", "boot": 1, "seq": 3},
        {"device": "b", "value": 1},
    ]

    assert missing(seen) == 0


def test_a_reader_that_stalled_reads_on_to_the_head(serve: Serve) -> None:
    url = serve().url

    async def read_while_posting() -> dict[str, Any]:
        reading = asyncio.create_task(stalled(url, pause=0.5))
        async with httpx.AsyncClient(trust_env=False, timeout=DEADLINE) as client:
            for seq in count():
                if reading.done():
                    break
                item = {"device": "room-1", "boot": 1, "seq": seq, "value": 20, "note": "x" * 5_000}
                (await client.post(f"{url}/measurements", json=item)).raise_for_status()
        return await reading

    found = asyncio.run(read_while_posting())

    assert found["missing"] == 0
    assert found["events"] > 1
    assert found["seconds"] == 0.5


def test_the_stream_of_one_tab_is_cut_and_no_other(chaos: Served) -> None:
    def stream(tab: str) -> httpx.Request:
        return client.build_request("GET", f"{chaos.url}/events?tab={tab}")

    with httpx.Client(trust_env=False, timeout=DEADLINE) as client:
        mine, other = client.send(stream("mine"), stream=True), client.send(stream("other"), stream=True)

        assert post(chaos.url, "/demo/cut?tab=mine").json() == {"cut": True}
        with pytest.raises(httpx.TransportError):
            mine.read()
        measure(chaos.url, 0)

        assert any(line.startswith("data:") for line in other.iter_lines())
        other.close()
        assert post(chaos.url, "/demo/cut?tab=mine").status_code == 404


def test_a_tab_without_a_stream_is_told(chaos: Served) -> None:
    answer = post(chaos.url, "/demo/cut?tab=nobody")

    assert (answer.status_code, answer.json()) == (404, {"error": "this page has no stream at the moment"})


def test_a_server_that_is_to_be_started_again_says_so_by_its_exit_code(chaos: Served) -> None:
    assert post(chaos.url, "/demo/restart").json() == {"restarting": True}

    assert chaos.process.wait(DEADLINE) == AGAIN == 75


def test_a_server_that_is_told_to_stop_is_not_to_be_started_again(chaos: Served) -> None:
    chaos.process.terminate()

    assert chaos.process.wait(DEADLINE) == 0


def test_pages_of_others_may_not_break_anything(chaos: Served) -> None:
    answer = httpx.post(
        f"{chaos.url}/demo/restart", headers={"Origin": "http://evil.example"}, trust_env=False
    )

    assert answer.status_code == 403
    assert chaos.process.poll() is None


def test_the_page_has_the_panel_under_the_same_policy(chaos: Served) -> None:
    page = httpx.get(chaos.url, trust_env=False)
    script = httpx.get(f"{chaos.url}/demo/chaos.js", trust_env=False)

    assert '<script type="module" src="/demo/chaos.js"></script>' in page.text
    assert page.headers["Content-Security-Policy"] == "default-src 'self'"
    assert script.headers["Content-Type"] == "text/javascript; charset=utf-8"
    assert httpx.get(f"{chaos.url}/demo/control.py", trust_env=False).status_code == 404
