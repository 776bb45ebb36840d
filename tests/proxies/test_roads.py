"""Our server behind real proxies, by the recipes that users get: what is seen there, and who is at fault."""

import json
import os
import subprocess
from collections.abc import Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from conformance.requirements import REQUIREMENTS
from conformance.target import TARGETS
from tests.browser.load import posting
from tests.conftest import EVENTBAHN, Serve, servers
from tests.proxies.fault_proxy import FAULTS, GOOD, proxying
from tests.proxies.recipe import ROADS, Recipe, running

HEARTBEAT, RARE = "0.3", "2"  # seconds
AT_ONCE = 3
MINUTES = 120.0  # seconds, for one run
QUICK = "HTTP-001,BEAT-001,FLOW-001,FLOW-002,PROXY"
ALL = "FLOW,BEAT,PROXY"
HTTP = '["1.1", "1.0"]'  # of our target file
H2 = [row for row in REQUIREMENTS if REQUIREMENTS[row].section == "H2"]
Rows = Mapping[str, Mapping[str, Any]]


def judged(
    folder: Path,
    road: str,
    rows: str,
    *options: str,
    heartbeat: str = HEARTBEAT,
    http: str = HTTP,
    more: str = "",
) -> Rows:
    """The rows that were judged by the road, by id. `more` is added to the target file."""
    target, result = folder / "target.toml", folder / "result.json"
    text = (TARGETS / "eventbahn.toml").read_text(encoding="utf-8")
    own = "tls      = { verify = false } # of an authority of its own\n"
    text = text.replace("local    = true", f"{own}local    = true").replace(HTTP, http)
    target.write_text(text + more, encoding="utf-8")
    run = subprocess.run(
        [*EVENTBAHN, "check", str(target), "--sse-only", rows, "--sse-json", str(result), *options],
        env={**os.environ, "EVENTBAHN_URL": road, "EVENTBAHN_HEARTBEAT": f"{heartbeat}s"},
        capture_output=True,
        text=True,
        timeout=MINUTES,
        check=False,
    )
    assert result.exists(), run.stdout + run.stderr
    found = json.loads(result.read_text(encoding="utf-8"))["rows"]
    return {row["id"]: row for row in found if row["reason"] != "deselected"}


def by(origin: str) -> tuple[str, str]:
    return "--origin-url", origin


def wrong(rows: Rows) -> dict[str, str]:
    return {row: found["verdict"] for row, found in rows.items() if found["verdict"] in ("FAIL", "WARN")}


@pytest.fixture(scope="module")
def start() -> Iterator[Serve]:
    yield from servers()


@pytest.fixture(scope="module")
def origin(start: Serve) -> str:
    return start("--heartbeat", HEARTBEAT).url


@pytest.fixture(scope="module")
def untold(start: Serve) -> str:
    """One that does not tell proxies to leave the stream alone."""
    return start("--heartbeat", HEARTBEAT, "--fault", "proxies-may-buffer").url


@pytest.fixture(scope="module")
def quiet(start: Serve) -> str:
    """One whose heartbeats are rare."""
    return start("--heartbeat", RARE).url


@pytest.fixture(scope="module")
def mischief(quiet: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Future[Rows]]]:
    """What is found by each bad proxy, a few at once: most of the time they wait."""

    def run(name: str) -> Rows:
        asked = {"SSE-PROXY-001", "SSE-PROXY-002", *FAULTS[name].caught_by}
        with proxying(quiet, FAULTS[name]) as road:
            return judged(tmp_path_factory.mktemp(name), road, ",".join(asked), *by(quiet), heartbeat=RARE)

    with ThreadPoolExecutor(AT_ONCE) as pool:
        yield {name: pool.submit(run, name) for name in FAULTS}
        pool.shutdown(cancel_futures=True)


@pytest.mark.parametrize("recipe", ROADS, ids=lambda recipe: recipe.name)
def test_by_each_recipe_events_and_heartbeats_come_as_directly(
    recipe: Recipe, origin: str, tmp_path: Path
) -> None:
    with running(recipe, origin, tmp_path) as road:
        rows = judged(tmp_path, road, QUICK, *by(origin))

    assert {row: found["verdict"] for row, found in rows.items()} == dict.fromkeys(rows, "PASS")
    assert len(rows) == 6


def test_caddy_speaks_http_2(origin: str, tmp_path: Path) -> None:
    with running(ROADS[3], origin, tmp_path) as road:
        rows = judged(tmp_path, road, "H2", *by(origin), http='["1.1", "2"]')

    assert {row: found["verdict"] for row, found in rows.items()} == dict.fromkeys(H2, "PASS")


def test_without_the_header_a_default_nginx_holds_everything_back(untold: str, tmp_path: Path) -> None:
    with running(ROADS[0], untold, tmp_path) as road:
        rows = judged(tmp_path, road, "PROXY-001,CACHE-002", *by(untold))

    assert rows["SSE-PROXY-001"]["verdict"] == "FAIL"
    assert "3 of them did not in" in rows["SSE-PROXY-001"]["observed"]
    assert "nor did the response head" in rows["SSE-PROXY-001"]["observed"]
    assert (
        f"at the origin {untold} it fails, so the server is at fault, too" in rows["SSE-CACHE-002"]["reason"]
    )


def test_a_tuned_nginx_needs_no_header(untold: str, tmp_path: Path) -> None:
    with running(ROADS[1], untold, tmp_path) as road:
        rows = judged(tmp_path, road, "PROXY,CACHE-002", *by(untold))

    assert wrong(rows) == {"SSE-CACHE-002": "WARN"}
    assert rows["SSE-CACHE-002"]["reason"] == f"the same at the origin {untold}, so the server is at fault"


@pytest.mark.parametrize("name", FAULTS)
def test_what_a_proxy_does_wrong_is_seen_and_is_not_blamed_on_the_server(
    name: str, mischief: dict[str, Future[Rows]]
) -> None:
    rows = mischief[name].result()

    assert wrong(rows).keys() == {*FAULTS[name].caught_by}
    for row in FAULTS[name].caught_by:
        if REQUIREMENTS[row].section != "PROXY":
            assert "so the road there is at fault" in rows[row]["reason"]


def test_by_a_good_proxy_of_ours_all_is_well(origin: str, tmp_path: Path) -> None:
    with proxying(origin, GOOD) as road:
        rows = judged(tmp_path, road, "PROXY,DATA-008,FRAME-002", *by(origin))

    assert {found["verdict"] for found in rows.values()} == {"PASS"}


def test_of_several_paths_the_bad_one_is_named(origin: str, tmp_path: Path) -> None:
    with proxying(origin, GOOD) as good, proxying(origin, FAULTS["buffers"]) as bad:
        ways = {"a good one": good, "a bad one": bad}.items()
        paths = "".join(f"\n[[paths]]\nname = '{name}'\nbase_url = '{url}'\n" for name, url in ways)
        rows = judged(tmp_path, origin, "PROXY-001", more=paths)

    assert rows["SSE-PROXY-001"]["verdict"] == "FAIL"
    assert rows["SSE-PROXY-001"]["observed"].startswith("a bad one: 3 events came directly")


def test_two_addresses_are_enough(origin: str, tmp_path: Path) -> None:
    result = tmp_path / "result.json"
    with proxying(origin, FAULTS["buffers"]) as road, posting(origin, devices=5, rate=4):
        command = [
            "check",
            f"{road}/events",
            *by(origin),
            "--sse-only",
            "PROXY-001",
            "--sse-json",
            str(result),
        ]
        run = subprocess.run([*EVENTBAHN, *command], capture_output=True, timeout=MINUTES, check=False)

    (row,) = (row for row in json.loads(result.read_text())["rows"] if row["id"] == "SSE-PROXY-001")
    assert row["verdict"] == "FAIL"
    assert "events came directly, and by the road" in row["observed"]
    assert run.returncode == 1


def test_an_origin_of_nothing_is_a_mistake() -> None:
    run = subprocess.run(
        [*EVENTBAHN, "check", *by("http://127.0.0.1:8000")], capture_output=True, text=True, check=False
    )

    assert run.returncode == 2
    assert "--sse-origin-url: name the target, too, that leads there" in run.stdout + run.stderr


@pytest.mark.soak
def test_a_default_nginx_ends_a_stream_whose_heart_beats_slower_than_once_a_minute(
    start: Serve, tmp_path: Path
) -> None:
    origin = start("--heartbeat", "90").url
    with running(ROADS[0], origin, tmp_path) as road:
        rows = judged(tmp_path, road, "PROXY", *by(origin), "--sse-slow", heartbeat="90")

    assert wrong(rows) == {"SSE-PROXY-002": "WARN"}
    assert "a quiet stream ended after 60." in rows["SSE-PROXY-002"]["observed"]


@pytest.mark.soak
@pytest.mark.parametrize("recipe", ROADS, ids=lambda recipe: recipe.name)
def test_by_each_recipe_all_of_flow_and_beat(recipe: Recipe, origin: str, tmp_path: Path) -> None:
    with running(recipe, origin, tmp_path) as road:
        rows = judged(tmp_path, road, ALL, *by(origin))

    assert wrong(rows) == {}
    assert sum(found["verdict"] == "PASS" for found in rows.values()) >= 16
