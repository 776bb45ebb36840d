"""Recipes are read strictly, and say what a machine lacks."""

from pathlib import Path

import msgspec
import pytest

from tests.peers.recipe import NotInstalledError, Recipe, install, read, recipes


def test_each_folder_has_a_recipe_and_ours_is_first() -> None:
    found = recipes()

    assert list(found) == ["eventbahn", "aiohttp_sse", "better_sse", "fastapi", "nchan", "sse_starlette"]
    assert {peer.key for peer in found.values() if peer.kind == "python"} == {
        *("aiohttp_sse", "fastapi", "sse_starlette"),
    }


def test_a_field_that_does_not_exist_is_a_mistake(tmp_path: Path) -> None:
    file = tmp_path / "peer.toml"
    file.write_text(
        'name = "a"\nkind = "hub"\ninstall = "none"\ncommand = []\nsubscribe = "/"\npublish = "/"\nrow = 1\n'
    )

    with pytest.raises(msgspec.ValidationError, match="row"):
        read(file)


def test_a_configuration_is_filled_in_and_laid_into_its_folder(tmp_path: Path) -> None:
    command = recipes()["nchan"].argv(8123, tmp_path)

    assert command[1:5] == ["-p", str(tmp_path), "-c", f"{tmp_path}/nginx.conf"]
    assert "listen 127.0.0.1:8123 backlog" in (tmp_path / "nginx.conf").read_text()
    assert "{port}" not in (tmp_path / "nginx.conf").read_text()


@pytest.mark.parametrize(("key", "body"), [("nchan", b'a"b'), ("fastapi", b'{"data":"a\\"b"}')])
def test_a_payload_is_posted_as_the_peer_takes_it(key: str, body: bytes) -> None:
    assert recipes()[key].body('a"b') == body


def test_what_debian_lacks_is_named_with_its_packages() -> None:
    peer = Recipe("x", "hub", "debian", [], "/", "/", packages=["ngx", "mod-x"], files=["/nowhere/ngx"])

    with pytest.raises(NotInstalledError, match="/nowhere/ngx is missing: apt-get install ngx mod-x"):
        install(peer)


def test_an_install_that_fails_says_what_npm_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    npm = tmp_path / "npm"
    npm.write_text("#!/bin/sh\necho 'no such registry' >&2\nexit 3\n")
    npm.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    peer = Recipe("x", "library", "npm", [], "/", "/", folder=tmp_path)

    with pytest.raises(NotInstalledError, match="` failed: no such registry"):
        install(peer)
