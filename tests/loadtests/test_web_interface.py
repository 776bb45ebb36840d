"""Locust's web interface with master and workers: our tab, pages and files, from form to stop."""

import json
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

from tests.loadtests.conftest import LOCUST, LONG, stub
from tests.loadtests.test_cli import eventually
from tests.loadtests.test_processes import processes
from tests.ports import free_port

FORM = {
    "scenario": "fanout",
    "levels": "10",
    "settle": "1",
    "hold": "60",
    "pub_rate": "20",
    "user_count": "1",
    "spawn_rate": "1",
}


@contextmanager
def interface(folder: Path, *options: str) -> Iterator[tuple[httpx.Client, subprocess.Popen[str]]]:
    """A browser's connection to Locust, and Locust."""
    port = str(free_port())
    web = ("--web-host", "127.0.0.1", "--web-port", port, "--out", str(folder / "{run_id}.json"))
    with (
        subprocess.Popen(
            [*LOCUST, *web, *options],
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        ) as process,
        httpx.Client(base_url=f"http://127.0.0.1:{port}", trust_env=False, timeout=LONG) as client,
    ):
        try:
            yield client, process
        finally:
            process.terminate()
            process.communicate(timeout=LONG)


def rows(client: httpx.Client) -> list[dict[str, Any]]:
    """Of our tab; none before a run."""
    extended = client.get("/stats/requests").json().get("extended_stats", [])
    found: list[dict[str, Any]] = extended[0]["data"] if extended else []
    return found


def deliveries(shown: list[dict[str, Any]]) -> int:
    """Of all phases."""
    return sum(row["deliveries"] for row in shown)


def again(client: httpx.Client, url: str) -> None:
    """Start another run, and see it deliver."""
    eventually(lambda: client.get("/worker-count").json()["worker_count"] == 2)
    last = client.get("/sse/live.json").json()["run"]
    client.post("/swarm", data={**FORM, "host": url})
    eventually(lambda: (live := client.get("/sse/live.json").json())["run"] != last and live["phases"])


def locusts_row(client: httpx.Client, name: str) -> dict[str, float]:
    """Of its own table, which it makes anew every two seconds; empty where there is none."""
    found = [row for row in client.get("/stats/requests").json()["stats"] if row["name"] == name]
    return found[0] if found else {}


def test_a_run_in_two_workers_from_form_to_stop(tmp_path: Path) -> None:
    with stub() as url, interface(tmp_path, *processes(2)) as (client, process):
        page = eventually(lambda: client.get("/").text)
        before = client.get("/sse/report.json"), client.get("/sse/live.json")
        eventually(lambda: client.get("/worker-count").json()["worker_count"] == 2)
        assert client.post("/swarm", data={**FORM, "host": url}).json()["success"] is True
        eventually(lambda: deliveries(rows(client)) > 100)
        during, live = client.get("/sse/report.html"), client.get("/sse/live.json").json()
        shown = rows(client)
        own = eventually(lambda: locusts_row(client, "deliver"))
        locusts = client.get("/stats/report").text
        client.post("/stats/reset")  # what is shown begins anew, what is written does not
        reset = rows(client)
        assert client.post("/stop").json()["success"] is True
        document = client.get("/sse/report.json")
        after, report = rows(client), client.get("/sse/report.html")
        (first,) = tmp_path.glob("*-fanout-*.json")
        again(client, url)
        process.terminate()  # with a run under way
        process.communicate(timeout=LONG)

    assert '"sse-fan-out"' in page
    assert [answer.status_code for answer in before] == [404, 404]
    assert (during.status_code, live["over"], len(live["phases"]), len(live["t"]) > 0) == (
        409,
        False,
        1,
        True,
    )
    assert 0 < own["response_time_percentile_0.5"] <= own["response_time_percentile_0.999"]
    assert '"0.999"' in locusts
    assert deliveries(reset) < deliveries(shown)
    assert document.text == first.read_text(encoding="utf-8")
    result = json.loads(document.text)
    assert [worker["reported"] for worker in result["workers"]] == [True, True]
    assert "stopped before the plan was through" in result["invalid"]
    assert result["phases"][0]["loss"]["lost"] == 0
    assert after[0]["lost"] == 0
    (second,) = set(tmp_path.glob("*-fanout-*.json")) - {first}
    ended = json.loads(second.read_text(encoding="utf-8"))
    assert [worker["reported"] for worker in ended["workers"]] == [True, True]
    assert ended["phases"][0]["loss"]["lost"] == 0 < ended["phases"][0]["loss"]["expected"]
    assert report.status_code == 200
    assert "</html>" in report.text


def test_the_live_page_needs_nobody_else(tmp_path: Path) -> None:
    with interface(tmp_path, "--web-base-path", "/load") as (client, _):
        page = eventually(lambda: client.get("/load/sse/live").text)

    assert "<title>SSE fan-out, live</title>" in page
    assert "http://" not in page
    assert "https://" not in page
