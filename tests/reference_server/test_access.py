"""Tokens: who is let in, who is not, and what a token may be."""

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from reference_server.access import token_of
from reference_server.log import UnusableError
from tests.conftest import DEADLINE, EVENTBAHN, Serve, Served, servers
from tests.reference_server.listener import Listener

WRITE, READ = "w" * 32, "r" * 32
BODY = {"device": "d", "value": 1}


def kept(folder: Path, name: str, text: str) -> str:
    """A file that only its owner can read."""
    file = folder / name
    file.touch(mode=0o600)
    file.write_text(text)
    return str(file)


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A server with a token of either kind."""
    folder = tmp_path_factory.mktemp("tokens")
    for start in servers():
        yield start(
            "--token-file", kept(folder, "w", WRITE + "\n"), "--read-token-file", kept(folder, "r", READ)
        )


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


JUDGED: dict[str, tuple[str, str, dict[str, str], int]] = {
    "nobody reads": ("GET", "/snapshot", {}, 401),
    "nobody reads the page": ("GET", "/", {}, 401),
    "nobody learns which paths there are": ("GET", "/nothing", {}, 401),
    "nobody writes": ("POST", "/measurements", {}, 401),
    "a reader reads": ("GET", "/snapshot", bearer(READ), 200),
    "a reader does not write": ("POST", "/measurements", bearer(READ), 401),
    "a writer writes": ("POST", "/measurements", bearer(WRITE), 200),
    "a writer reads": ("GET", "/snapshot", bearer(WRITE), 200),
    "the scheme has no case": ("GET", "/snapshot", {"Authorization": f"bearer {READ}"}, 200),
    "another scheme": ("GET", "/snapshot", {"Authorization": f"Basic {READ}"}, 401),
    "a wrong one": ("GET", "/snapshot", bearer("x" * 32), 401),
    "a part of one": ("GET", "/snapshot", bearer(READ[:-1]), 401),
    "no token after the scheme": ("GET", "/snapshot", {"Authorization": "Bearer"}, 401),
    "in the query": ("GET", f"/snapshot?token={READ}", {}, 401),
    "a cookie of one's own": ("GET", "/snapshot", {"Cookie": f"token={READ}; eventbahn-=x"}, 401),
    "alive": ("GET", "/healthz", {}, 200),
    "a preflight": ("OPTIONS", "/measurements", {}, 204),
}


@pytest.mark.parametrize(("method", "path", "headers", "status"), JUDGED.values(), ids=JUDGED)
def test_a_token_opens_what_it_is_for(
    guarded: Served, method: str, path: str, headers: dict[str, str], status: int
) -> None:
    body: dict[str, Any] = {"json": BODY} if method == "POST" else {}

    answer = httpx.request(method, guarded.url + path, headers=headers, **body)

    assert answer.status_code == status
    assert ("WWW-Authenticate" in answer.headers) == (status == 401)
    assert status != 401 or answer.json()["error"]


def test_bytes_that_are_no_text_open_nothing(guarded: Served) -> None:
    for field in ("Authorization", "Cookie"):
        answer = httpx.get(f"{guarded.url}/snapshot", headers={field.encode(): b"Bearer \xff\xfe; a=\xff"})
        assert answer.status_code == 401


def test_no_byte_of_a_stream_goes_to_whoever_may_not_read(guarded: Served) -> None:
    with Listener(guarded.url) as stream:
        assert stream.response.status == 401
        assert b"id: " not in stream.rest()
    with Listener(guarded.url, Authorization=f"Bearer {READ}") as stream:
        assert httpx.post(f"{guarded.url}/measurements", json=BODY, headers=bearer(WRITE)).status_code == 200
        assert stream.take(1)[0].data == '{"device":"d","value":1}'


@pytest.mark.parametrize("token", [READ, WRITE])
def test_a_page_gets_a_cookie_that_reads_and_does_not_write(guarded: Served, token: str) -> None:
    with httpx.Client(base_url=guarded.url, trust_env=False) as client:
        entry = client.get("/", params={"token": token})
        page = client.get(entry.headers["Location"])
        snapshot, sent = client.get("/snapshot"), client.post("/measurements", json=BODY)

    attributes = {each.strip() for each in entry.headers["Set-Cookie"].split(";")[1:]}
    assert (entry.status_code, entry.headers["Location"]) == (303, "/")
    assert {"HttpOnly", "SameSite=Strict"} <= attributes
    assert token not in entry.headers["Set-Cookie"]
    assert (page.status_code, snapshot.status_code, sent.status_code) == (200, 200, 401)


def test_a_wrong_token_in_the_address_gets_no_cookie(guarded: Served) -> None:
    answer = httpx.get(guarded.url, params={"token": "x" * 32})

    assert (answer.status_code, "Set-Cookie" in answer.headers) == (401, False)


def test_without_a_token_for_reading_everybody_reads(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EVENTBAHN_TOKEN", WRITE)
    url = serve("--host", "0.0.0.0").url.replace("0.0.0.0", "127.0.0.1")

    assert httpx.get(f"{url}/snapshot").status_code == 200
    assert httpx.get(url, params={"token": "old"}).status_code == 303
    assert httpx.post(f"{url}/measurements", json=BODY).status_code == 401


WRONG = {
    "empty": (" \n", "is empty"),
    "two words": ("a" * 20 + " " + "b" * 20, "one word"),
    "not ASCII": ("é" * 20, "visible ASCII"),
    "short": ("secret", "fewer than 16"),
}


@pytest.mark.parametrize(("text", "said"), WRONG.values(), ids=WRONG)
def test_a_token_that_is_none_is_refused(tmp_path: Path, text: str, said: str) -> None:
    file = kept(tmp_path, "token", text)

    with pytest.raises(UnusableError, match=f"{file} .*{said}"):
        token_of(file, "T", {})
    with pytest.raises(UnusableError, match=f"T .*{said}"):
        token_of(None, "T", {"T": text})


def test_a_file_wins_and_one_that_everybody_reads_is_warned_of(tmp_path: Path) -> None:
    file = kept(tmp_path, "token", f"{READ}\n")

    assert token_of(file, "T", {"T": WRITE}) == (READ, "")
    Path(file).chmod(0o644)
    token, warning = token_of(file, "T", {})
    assert (token, f"chmod 600 {file}" in warning) == (READ, True)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--token-file", "nowhere"], "cannot read the token in nowhere: No such file"),
        (["--token-file", "."], "cannot read the token in .: Is a directory"),
        (["--read-token-file", "read"], "needs one for writing too"),
    ],
)
def test_a_server_without_its_tokens_does_not_start(tmp_path: Path, options: list[str], said: str) -> None:
    kept(tmp_path, "read", READ)

    done = subprocess.run(
        [*EVENTBAHN, "serve", "--port", "0", "--log", "memory", *options],
        capture_output=True,
        text=True,
        timeout=DEADLINE,
        check=False,
        cwd=tmp_path,
    )

    assert (done.returncode, done.stdout) == (2, "")
    assert said in done.stderr


@pytest.mark.parametrize(("token", "code", "said"), [(WRITE, 0, ""), ("x" * 32, 3, "sink.token_env")])
def test_a_fleet_needs_the_token(guarded: Served, tmp_path: Path, token: str, code: int, said: str) -> None:
    run = ["fleet", "run", "office", "--url", guarded.url, "--speed", "max", "--until", "2m"]

    done = subprocess.run(
        [*EVENTBAHN, *run, "--set", "fleet.0.count=2"],
        capture_output=True,
        text=True,
        timeout=DEADLINE,
        check=False,
        cwd=tmp_path,
        env={**os.environ, "EVENTBAHN_TOKEN": token},
    )

    assert done.returncode == code
    assert said in done.stderr
