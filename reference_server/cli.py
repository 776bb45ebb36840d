"""`eventbahn serve`: options, signals and exit codes."""

import os
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import fields
from typing import Any

import click

from reference_server.access import token_of
from reference_server.config import limits_from
from reference_server.cors import is_origin
from reference_server.duration import Duration
from reference_server.fault_choice import FaultChoice
from reference_server.journal import journal
from reference_server.limits import Limits
from reference_server.log import UnusableError
from reference_server.origin import is_loopback
from reference_server.parts import Parts
from reference_server.process import run
from reference_server.settings import Settings
from reference_server.tls import context_of

__all__ = ["serve"]


class Serve(click.Command):
    """A command whose help lists the limits."""

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 - click's
        with formatter.section("Limits in bytes, counts and seconds, each with its default"):
            formatter.write_text(", ".join(f"{each.name} {each.default}" for each in fields(Limits)))


def check_origins(_ctx: click.Context, _param: click.Parameter, origins: tuple[str, ...]) -> tuple[str, ...]:
    """What could never match is a mistake. Raises BadParameter."""
    for origin in origins:
        if not is_origin(origin):
            raise click.BadParameter(f"{origin!r} is not an origin, such as https://example.org:8443, or '*'")
    return origins


@click.command(cls=Serve)
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option(
    "--port", type=click.IntRange(0, 65535), default=8000, show_default=True, help="0 takes a free one."
)
@click.option(
    "--log",
    metavar="memory|sqlite:FILE",
    default="sqlite:eventbahn.db",
    show_default=True,
    help="Where events are kept. A file is opened by one server at a time.",
)
@click.option(
    "--retain",
    type=click.IntRange(1),
    default=100_000,
    show_default=True,
    help="Events that can be replayed.",
)
@click.option(
    "--retain-age",
    type=Duration(),
    default="24h",
    show_default=True,
    help="For how long, as in 90s, 15m, 24h or 7d; 0: for ever.",
)
@click.option(
    "--heartbeat",
    type=click.FloatRange(0.05, 3600),
    default=15.0,
    show_default=True,
    help="Seconds of silence after which a comment keeps a connection alive.",
)
@click.option(
    "--retry",
    type=click.IntRange(0, 3_600_000),
    default=2_000,
    show_default=True,
    help="Milliseconds that a client is told to wait before it reconnects, ±25 %; 0 tells it nothing.",
)
@click.option(
    "--max-age",
    type=click.FloatRange(0),
    default=0.0,
    show_default=True,
    help="Seconds after which a stream ends, -20 % at random, for its client to come back; 0: never.",
)
@click.option(
    "--cors",
    multiple=True,
    metavar="ORIGIN",
    callback=check_origins,
    help="Let pages of this origin in, with credentials; repeatable. '*': all pages, without.",
)
@click.option("--no-prime", is_flag=True, help="Send new subscribers no block that holds just an id.")
@click.option(
    "--token-file",
    metavar="F",
    help="File with the token that POST and PUT need, as `Authorization: Bearer`; else EVENTBAHN_TOKEN.",
)
@click.option(
    "--read-token-file",
    metavar="F",
    help="The same for all that can be got, and for pages /?token=; else EVENTBAHN_READ_TOKEN.",
)
@click.option(
    "--open",
    is_flag=True,
    help="Let everybody in: needed for an address that others can reach if there is no token, "
    "and behind a proxy that passes a foreign Host on.",
)
@click.option("--tls-cert", metavar="F", help="Certificate in PEM, with its chain: serve https.")
@click.option("--tls-key", metavar="F", help="Its key.")
@click.option(
    "--log-format",
    type=click.Choice(["text", "json"]),
    help="Write a line to stderr for whatever happens to the server and its streams.",
)
@click.option("--config", metavar="F", help="TOML file whose table [limits] changes limits; see below.")
@click.option(
    "--fault",
    type=FaultChoice(),
    metavar="NAME",
    help="Do one point wrong, on purpose; 'help' lists what there is.",
)
@click.pass_context
def serve(
    ctx: click.Context,
    /,
    *,
    token_file: str | None,
    read_token_file: str | None,
    tls_cert: str | None,
    tls_key: str | None,
    config: str | None,
    fault: str | None,
    no_prime: bool,
    log_format: str | None,
    **others: Any,
) -> None:
    """Run the reference server.

    Its base URL is the first line on stdout. Devices POST /measurements, publishers POST /events/CHANNEL,
    subscribers GET /events, people open the base URL itself. SIGTERM or Ctrl-C ends it.
    """
    with as_usage():
        settings = Settings(
            token=token_from(token_file, "EVENTBAHN_TOKEN"),
            read_token=token_from(read_token_file, "EVENTBAHN_READ_TOKEN"),
            tls=context_of(tls_cert, tls_key),
            limits=limits_from(config) if config else Limits(),
            prime=not no_prime,
            fault=fault or "",
            parts=parts_of(fault),
            **others,
        )
    if not (settings.open or settings.token or is_loopback(settings.host)):
        raise click.UsageError(
            f"others can reach {settings.host}, and anybody could read and publish: "
            "set a token (--token-file F), or add --open to allow it"
        )
    with journal(log_format) if log_format else nullcontext():
        ctx.exit(run(settings))


def parts_of(fault: str | None) -> Parts:
    """The correct ones, or those of a fault, which are loaded for that only."""
    if fault is None:
        return Parts()
    from reference_server.faults import FAULTS

    return FAULTS[fault].parts


def token_from(file: str | None, variable: str) -> str | None:
    """From its file or the environment, never from argv, which everybody can read. Raises UnusableError."""
    token, warning = token_of(file, variable, os.environ)
    if warning:
        click.echo(f"eventbahn serve: warning: {warning}", err=True)
    return token


@contextmanager
def as_usage() -> Iterator[None]:
    """What is unusable about a file that an option names is a matter of usage. Raises UsageError."""
    try:
        yield
    except UnusableError as error:
        raise click.UsageError(str(error)) from None
