"""Pages of other origins: who may read, what a preflight says, and that errors and streams say it too."""

from collections.abc import Iterator

import httpx
import pytest
from click.testing import CliRunner

from reference_server.cli import serve as command
from reference_server.cors import is_origin
from tests.conftest import Serve, servers
from tests.reference_server.listener import Listener

PAGE = "https://dash.example.org"


@pytest.fixture(scope="module")
def shared() -> Iterator[str]:
    """A server that lets two origins in."""
    for start in servers():
        yield start("--cors", PAGE, "--cors", "http://localhost:5173").url


def cors(answer: httpx.Response) -> dict[str, str]:
    """The fields of CORS, without their common beginning."""
    begin = "access-control-"
    return {name[len(begin) :]: value for name, value in answer.headers.items() if name.startswith(begin)}


ALLOWED = {"allow-origin": PAGE, "allow-credentials": "true"}


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/snapshot", 200),
        ("GET", "/nowhere", 404),
        ("DELETE", "/events", 405),
        ("POST", "/measurements", 415),
        ("HEAD", "/events", 200),
    ],
)
def test_a_page_that_may_come_may_read_errors_too(shared: str, method: str, path: str, status: int) -> None:
    answer = httpx.request(method, shared + path, headers={"Origin": PAGE})

    assert (answer.status_code, answer.headers["Vary"], cors(answer)) == (status, "Origin", ALLOWED)


def test_a_stream_says_it_too(shared: str) -> None:
    with Listener(shared, "/events/c", Origin=PAGE) as stream:
        assert stream.response.getheader("Access-Control-Allow-Origin") == PAGE
        assert stream.response.getheader("Vary") == "Origin"


def test_other_pages_and_none_get_no_permission_and_caches_are_told_why(shared: str) -> None:
    foreign = httpx.get(f"{shared}/snapshot", headers={"Origin": "https://evil.example"})
    prefix = httpx.get(f"{shared}/snapshot", headers={"Origin": PAGE + ".evil.example"})
    none = httpx.get(f"{shared}/snapshot")

    assert [each.status_code for each in (foreign, prefix, none)] == [403, 403, 200]
    assert [cors(each) for each in (foreign, prefix, none)] == [{}] * 3
    assert [each.headers["Vary"] for each in (foreign, prefix, none)] == ["Origin"] * 3


def test_a_preflight_names_methods_and_fields(shared: str) -> None:
    asked = {"Origin": PAGE, "Access-Control-Request-Method": "GET"}
    answer = httpx.options(f"{shared}/events/c", headers=asked)

    assert answer.status_code == 204
    assert cors(answer) == {
        **ALLOWED,
        "allow-methods": "GET, HEAD, OPTIONS, POST",
        "allow-headers": "Authorization, Cache-Control, Content-Type, Last-Event-ID",
        "max-age": "600",
    }


def test_a_preflight_needs_no_token(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EVENTBAHN_TOKEN", "0123456789abcdef0123456789abcdef")
    url = serve("--cors", PAGE).url
    asked = {"Origin": PAGE, "Access-Control-Request-Method": "POST"}

    preflight = httpx.options(f"{url}/measurements", headers=asked)
    refused = httpx.post(f"{url}/measurements", headers={"Origin": PAGE}, json=[])

    assert (preflight.status_code, preflight.headers["Access-Control-Allow-Methods"]) == (
        204,
        "OPTIONS, POST",
    )
    assert (refused.status_code, cors(refused)) == (401, ALLOWED)


def test_a_star_lets_all_read_and_gives_nobody_credentials(serve: Serve) -> None:
    url = serve("--cors", "*").url

    answers = [httpx.get(f"{url}/snapshot", headers={"Origin": each}) for each in (PAGE, "*")]

    assert [cors(answer) for answer in answers] == [{"allow-origin": "*"}] * 2


def test_without_the_option_nothing_is_said(url: str) -> None:
    answer = httpx.get(f"{url}/snapshot")

    assert (cors(answer), answer.headers.get("Vary")) == ({}, None)


@pytest.mark.parametrize("text", ["*", PAGE, "http://localhost:5173", "http://[::1]:8000"])
def test_what_a_browser_sends_is_an_origin(text: str) -> None:
    assert is_origin(text)


@pytest.mark.parametrize(
    "text", ["", "null", "dash.example.org", PAGE + "/", PAGE + "/x", "https://A.example", "https://*.x.org"]
)
def test_what_could_never_match_is_refused_at_the_start(text: str) -> None:
    result = CliRunner().invoke(command, ["--cors", text])

    assert (result.exit_code, "--cors" in result.output) == (2, True)
