"""Recipes are read off target files, and say what a machine lacks."""

from pathlib import Path

import pytest

from tests.peers.recipe import NotInstalledError, Recipe, install, recipes

PEERS = recipes()


def recipe(folder: Path, install: str) -> Recipe:
    file = folder / "target.toml"
    file.write_text(f"""
        schema = 1
        target = {{ name = "x", base_url = "http://127.0.0.1:${{PORT}}" }}
        subscribe = {{ path = "/events?topic={{channel}}" }}
        install = {install}
        [process]
        start = ["python", "${{HERE}}/app.py", "${{PORT}}", "${{CONTROL_PORT}}", "${{WORK}}"]
        ready = {{ tcp = "127.0.0.1:${{PORT}}" }}
        [publish]
        driver = "http"
        request = {{ path = "/publish", body = "{{data}}" }}
    """)
    return Recipe("x", file)


def test_the_bench_has_six_and_ours_is_first() -> None:
    assert list(PEERS) == ["eventbahn", "aiohttp-sse", "better-sse-http", "fastapi", "nchan", "sse-starlette"]
    assert {key: peer.kind for key, peer in PEERS.items()} == {
        "eventbahn": "ours",
        "aiohttp-sse": "python",
        "better-sse-http": "library",
        "fastapi": "python",
        "nchan": "hub",
        "sse-starlette": "python",
    }


def test_a_target_file_says_where_to_subscribe_and_publish(tmp_path: Path) -> None:
    peer = recipe(tmp_path, "{}")

    assert (peer.name, peer.subscribe, peer.publish) == ("x", "/events?topic=bench", "/publish")
    assert peer.body('a"b') == b'a"b'
    assert peer.ports == ["CONTROL_PORT", "PORT"]


def test_a_command_gets_its_port_and_a_folder_to_write_into(tmp_path: Path) -> None:
    command = PEERS["nchan"].argv(8123, tmp_path)

    assert command[0] == "/usr/bin/sh"
    assert command[-3:-1] == ["8123", str(tmp_path)]
    assert (Path(command[-1]) / "nginx.conf").exists()


def test_a_payload_is_posted_as_the_peer_takes_it() -> None:
    assert PEERS["fastapi"].body('a"b') == b'{"raw_data": "a\\"b"}'


def test_what_debian_lacks_is_named_with_its_packages(tmp_path: Path) -> None:
    peer = recipe(tmp_path, '{ debian = ["no-such-package", "dpkg"] }')

    with pytest.raises(
        NotInstalledError, match="no-such-package is missing: apt-get install no-such-package dpkg"
    ):
        install(peer)


def test_an_install_that_fails_says_what_npm_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    npm = tmp_path / "npm"
    npm.write_text("#!/bin/sh\necho 'no such registry' >&2\nexit 3\n")
    npm.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")

    with pytest.raises(NotInstalledError, match="` failed: no such registry"):
        install(recipe(tmp_path, '{ npm = ["x"] }'))
