"""An application or a command is served over a real socket until the test ends, and says why it is not."""

import sys
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from aiohttp import web

from conformance.app_server import NotServedError, served
from tests.conftest import EVENTBAHN

SERVER = (
    "import sys, http.server as h; "
    "h.test(h.SimpleHTTPRequestHandler, port=int(sys.argv[1]), bind='127.0.0.1')"
)


async def asgi(scope: dict[str, Any], receive: Callable[[], Any], send: Callable[[Any], Any]) -> None:
    if scope["type"] == "lifespan":
        while (await receive())["type"] != "lifespan.shutdown":
            await send({"type": "lifespan.startup.complete"})
        await send({"type": "lifespan.shutdown.complete"})
        return
    await send({"type": "http.response.start", "status": 201, "headers": []})
    await send({"type": "http.response.body", "body": scope["path"].encode()})


def test_an_asgi_application_is_served_and_stopped() -> None:
    with served(asgi) as url:
        answer = httpx.get(f"{url}/a")

        assert (answer.status_code, answer.text) == (201, "/a")
    with pytest.raises(httpx.ConnectError):
        httpx.get(url)


def test_an_aiohttp_application_is_served_and_stopped() -> None:
    stopped = []

    async def note(app: web.Application) -> None:
        stopped.append(app)

    app = web.Application()
    app.on_cleanup.append(note)
    with served(app) as url:
        assert httpx.get(f"{url}/a").status_code == 404

    assert stopped == [app]


def test_a_command_is_served_and_stopped() -> None:
    with served([*EVENTBAHN, "serve", "--port", "{port}", "--log", "memory"]) as url:
        assert httpx.get(f"{url}/healthz").status_code == 200
    with pytest.raises(httpx.ConnectError):
        httpx.get(url)


def test_a_command_may_be_a_line() -> None:
    with served(f'{sys.executable} -c "{SERVER}" {{port}}') as url:
        assert httpx.get(url).status_code == 200


async def unwilling(scope: dict[str, Any], receive: Callable[[], Any], send: Callable[[Any], Any]) -> None:
    await receive()
    await send({"type": "lifespan.startup.failed", "message": "no database"})


WRONG = {
    "nothing that serves": (17, "neither an application nor a command: 17"),
    "a command that cannot be told where": (["true"], r"the command has no \{port\}"),
    "a command that ends": ([sys.executable, "-c", "raise SystemExit('no {port}')"], "exit code 1"),
    "a command that there is not": (["no-such-command", "{port}"], "no-such-command"),
    "an application that does not start": (unwilling, "the application does not start"),
}


@pytest.mark.parametrize(("app", "why"), WRONG.values(), ids=WRONG)
def test_what_does_not_serve_says_why(app: object, why: str) -> None:
    with pytest.raises(NotServedError, match=why), served(app):
        pytest.fail("it is served")
