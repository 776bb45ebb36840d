"""`eventbahn demo`: a server that can be broken, and a fleet; two commands, of which it knows the options."""

import asyncio
import ctypes
import os
import signal
import sys
import tempfile
import threading
import webbrowser
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple, NoReturn
from urllib.parse import urlsplit

import click

__all__ = ["demo"]

PYTHON = [sys.executable, "-P", "-m"]
AGAIN = 75  # the exit code of a server that is to be started again (EX_TEMPFAIL: "try again later")
START = 20.0  # seconds until the server must have said its address
GRACE = 0.8  # seconds that each child has to end, so that both end within two
SIGNALS = {signal.SIGINT: 130, signal.SIGTERM: 0, signal.SIGHUP: 129}  # with their exit codes
TOKENS = {"EVENTBAHN_TOKEN", "EVENTBAHN_READ_TOKEN"}  # not for a demo, which only this machine can reach
PR_SET_PDEATHSIG = 1
OFFICE = "office"
MORNING, SATURDAY = 7, 5  # o'clock in UTC, eight in that office's Berlin; day of the week
WORDS = """
  dashboard    {url}
  the stream   curl -N {url}/events
  one device   curl -H 'Content-Type: application/json' \\
                    -d '{{"device": "sensor-03", "value": 19.2}}' {url}/measurements
  the judge    eventbahn check {url}/events

Ctrl-C ends the demo.
"""


class ChildError(Exception):
    """A child that ended by itself, or never began: what happened, and the code to leave with."""

    def __init__(self, what: str, exit_code: int) -> None:
        super().__init__(what)
        self.exit_code = exit_code


class Child(NamedTuple):
    """One of the two commands."""

    name: str
    process: Process

    async def ended(self) -> NoReturn:
        """Wait until it ends by itself. Raises ChildError."""
        code = await self.process.wait()
        how = f"was ended by {signal.Signals(-code).name}" if code < 0 else f"ended with exit code {code}"
        raise ChildError(f"the {self.name} {how}, so the demo ends too", max(code, 1))

    async def stop(self) -> None:
        """SIGTERM, and SIGKILL for one that takes too long."""
        with suppress(ProcessLookupError):
            self.process.terminate()
        try:
            await asyncio.wait_for(self.process.wait(), GRACE)
        except TimeoutError:
            self.process.kill()
            await self.process.wait()


@click.command()
@click.option("--port", type=click.IntRange(0, 65535), default=8000, show_default=True, help="0: a free one.")
@click.option("--preset", default=OFFICE, show_default=True, help="The fleet: a preset or a configuration.")
@click.option("--devices", type=click.IntRange(1), help="How many devices, instead of the preset's number.")
@click.option("--speed", type=float, default=60.0, show_default=True, help="Simulated seconds per second.")
@click.option("--log", help="As of `eventbahn serve`.  [default: a file that goes with the demo]")
@click.option("--no-browser", is_flag=True, help="Do not open the dashboard.")
@click.pass_context
def demo(
    ctx: click.Context,
    *,
    port: int,
    preset: str,
    devices: int | None,
    speed: float,
    log: str | None,
    no_browser: bool,
) -> None:
    """Server, fleet and live dashboard on one port; the page has buttons that break things.

    The first line on stdout is the address. Ctrl-C ends all of it.
    """
    fleet = ["eventbahn", "fleet", "run", preset, "--speed", f"{speed:g}"]
    if preset == OFFICE:
        fleet += ["--set", f"run.start={a_morning()}"]
    if devices:
        fleet += ["--set", f"fleet.0.count={devices}"]
    try:
        with tempfile.TemporaryDirectory(prefix="eventbahn-demo-") as folder:
            server = [
                "reference_server.chaos",
                "--log",
                log or f"sqlite:{folder}/demo.db",
                "--port",
                str(port),
            ]
            code = asyncio.run(until_stopped(server, fleet, browse=not no_browser and has_display()))
        ctx.exit(code)
    except ChildError as error:
        click.echo(f"eventbahn demo: {error}", err=True)
        ctx.exit(error.exit_code)


async def until_stopped(server: list[str], fleet: list[str], *, browse: bool) -> int:
    """Run both until a signal comes, then end both; the exit code. Raises ChildError when one ends before."""
    stop: asyncio.Future[int] = asyncio.get_running_loop().create_future()

    def leave(code: int) -> None:
        if not stop.done():
            stop.set_result(code)

    for number, code in SIGNALS.items():
        asyncio.get_running_loop().add_signal_handler(number, leave, code)
    children: list[Child] = []
    playing = asyncio.create_task(play(children, server, fleet, browse=browse))
    both: set[asyncio.Future[Any]] = {playing, stop}
    try:
        await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
        return stop.result() if stop.done() else await playing
    finally:
        playing.cancel()
        await asyncio.wait({playing})
        for child in reversed(children):  # the fleet first, so that it never meets a server that is gone
            await child.stop()


async def play(children: list[Child], server: list[str], fleet: list[str], *, browse: bool) -> NoReturn:
    """Start both, say what there is to see, and wait for the first that ends. Raises ChildError."""
    children.append(first := await start("server", server, stdout=PIPE))
    url = await address(first)
    server[-1] = str(urlsplit(url).port)  # where it is looked for from now on
    click.echo(url)
    click.echo(WORDS.format(url=url))
    children.append(second := await start("fleet", [*fleet, "--url", url]))
    if browse:
        threading.Thread(target=webbrowser.open, args=(url,), daemon=True).start()  # some browsers block
    await asyncio.gather(supervised(children, server), second.ended())
    raise AssertionError("ended() only raises")


async def supervised(children: list[Child], server: list[str]) -> NoReturn:
    """Start the server again, on the same port, whenever it ends to that end. Raises ChildError."""
    while await children[0].process.wait() == AGAIN:
        children[0] = await start("server", server, stdout=PIPE)
        await address(children[0])
    await children[0].ended()


async def start(name: str, arguments: list[str], stdout: int | None = None) -> Child:
    """A child that says what it has to say where we do.

    It has a process group of its own: the terminal's Ctrl-C reaches us alone, and we end the child, once.
    """
    process = await asyncio.create_subprocess_exec(
        *PYTHON,
        *arguments,
        stdin=DEVNULL,
        stdout=stdout,
        env={name: value for name, value in os.environ.items() if name not in TOKENS},
        process_group=0,
        preexec_fn=ended_with_its_parent(),
    )
    return Child(name, process)


async def address(server: Child) -> str:
    """The server's first line. Raises ChildError when it ends instead, or says nothing in time."""
    assert server.process.stdout, "start() pipes it"
    try:
        line = await asyncio.wait_for(server.process.stdout.readline(), START)
    except TimeoutError:
        raise ChildError(f"the server did not say its address within {START:g} s", 1) from None
    if not line:
        await server.ended()
    return line.decode().strip()


def a_morning() -> str:
    """Eight on the latest working day before today: an office has little to show at night.

    Minutes and below are the present ones: a run's start is its `boot`, so two runs must not share one.
    """
    now = datetime.now(UTC)
    day = now - timedelta(
        days=next(back for back in range(1, 8) if (now - timedelta(days=back)).weekday() < SATURDAY)
    )
    return day.replace(hour=MORNING).isoformat(timespec="milliseconds")


def ended_with_its_parent() -> Callable[[], object] | None:
    """Let Linux end a child when we are killed without a chance to do it ourselves."""
    if sys.platform != "linux":
        return None
    prctl = ctypes.CDLL(None).prctl
    return lambda: prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def has_display() -> bool:
    return sys.platform in {"darwin", "win32"} or any(map(os.environ.get, ("DISPLAY", "WAYLAND_DISPLAY")))
