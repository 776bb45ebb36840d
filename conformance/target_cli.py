"""`eventbahn target new URL`: looks at a server and writes a first target file. Judges nothing."""

import sys
from pathlib import Path

import click

from conformance.captures.quiet import CEILING_SECONDS
from conformance.probe import probe
from conformance.target import TargetError, load, loads
from conformance.target.draft import draft
from conformance.verdict import Unjudged

__all__ = ["target"]

COULD_NOT_PROBE = 3


@click.group()
def target() -> None:
    """Target files: what a server promises (docs/targets.md)."""


@target.command()
@click.argument("url")
@click.option(
    "-o",
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write to this file, which must not exist; else to standard output.",
)
@click.pass_context
def new(ctx: click.Context, url: str, output: Path | None) -> None:
    """Look at the stream at URL, and write a commented first target file.

    Three streams at most are opened, one after another but for the first; nothing is published. Where no
    heartbeat comes, that takes half a minute.
    """
    if not url.startswith(("http://", "https://")):
        raise click.UsageError(f"{url}: a URL begins with http:// or https://")
    if output is not None and output.exists():
        raise click.UsageError(f"{output} is there already")
    try:
        subject = load(url, {})
        click.echo(f"listening to {url}, for at most {CEILING_SECONDS:.0f} s …", err=True)
        text = draft(url, probe(subject))
    except TargetError as error:
        raise click.UsageError(str(error)) from error
    except Unjudged as unable:
        click.echo(f"{url}: {unable}", err=True)
        ctx.exit(COULD_NOT_PROBE)
    loads(text, {}, "the draft")
    if output is None:
        sys.stdout.write(text)
        return
    try:
        output.write_text(text, encoding="utf-8")
    except OSError as error:
        raise click.UsageError(f"{output}: {error.strerror or error}") from error
    click.echo(f"{output}: edit it, then: eventbahn check {output}")
