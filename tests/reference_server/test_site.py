"""The dashboard's files over HTTP."""

from importlib.resources import files

import httpx
import pytest

FILES = [each.name for each in (files("reference_server") / "dashboard").iterdir() if each.is_file()]


def test_every_file_of_the_folder_is_served_as_it_is(url: str) -> None:
    for name in FILES:
        answer = httpx.get(f"{url}/static/{name}")
        assert answer.content == (files("reference_server") / "dashboard" / name).read_bytes()
        assert answer.headers["Content-Security-Policy"] == "default-src 'self'"


def test_the_page_is_html_and_scripts_are_scripts(url: str) -> None:
    script = next(name for name in FILES if name.endswith(".js"))

    assert httpx.get(url).headers["Content-Type"] == "text/html; charset=utf-8"
    assert httpx.get(f"{url}/static/{script}").headers["Content-Type"] == "text/javascript; charset=utf-8"


def test_who_has_the_file_is_not_sent_it_again(url: str) -> None:
    etag = httpx.get(url).headers["ETag"]

    again = httpx.get(url, headers={"If-None-Match": f'"other", {etag}'})

    assert (again.status_code, again.content, again.headers["ETag"]) == (304, b"", etag)


@pytest.mark.parametrize("name", ["nothing.js", "..%2F__init__.py", ".hidden", "%00", "%2E%2E", "a%5Cb"])
def test_nothing_else_can_be_reached(url: str, name: str) -> None:
    assert httpx.get(f"{url}/static/{name}").status_code == 404
