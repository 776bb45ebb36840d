"""`eventbahn lint FILE|-`: what a recorded stream does that no page would see. Opens no connection."""

import os
import sys
from bisect import bisect_right
from collections import Counter
from importlib.resources import files
from itertools import accumulate
from pathlib import Path
from typing import Literal

import click

from conformance.eventstream import BOM, EventStream
from conformance.grammar import Finding, findings
from conformance.recording import Recording
from conformance.visible import visible

__all__ = ["lint"]

LARGEST = 32 << 20  # bytes; half a million events, and some ten seconds of work
LONG = 4 << 20
SLICE = 1 << 16
MOST_SHOWN = 30  # findings of one level
MOST_TYPES = 5
GOOD, BAD, NOTHING = 0, 1, 3
COLOURS: dict[Literal["MUST", "SHOULD", "PRACTICE"], str] = {
    "MUST": "red",
    "SHOULD": "yellow",
    "PRACTICE": "cyan",
}


@click.command()
@click.argument("file", metavar="FILE|-")
@click.option(
    "--cut",
    is_flag=True,
    help="You stopped the recording yourself, so an unfinished end is not held against the server.",
)
@click.option(
    "--vectors",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=lambda ctx, _, wanted: _print_vectors(ctx) if wanted else None,
    help="Print the grammar's test vectors as JSON, for parsers in any language, and exit.",
)
@click.pass_context
def lint(ctx: click.Context, file: str, cut: bool) -> None:
    """Judge a recorded event stream.

    FILE is a response body, or what `curl -iN URL` wrote, head included; `-` reads standard input until it
    ends or you press Ctrl-C:

    \b
        curl -siN https://example.org/events | eventbahn lint -
        eventbahn lint recorded.txt

    Each finding names its line, its byte and its requirement; `eventbahn check --explain ID` says more. The
    exit code is 0 when no MUST is broken, 1 when one is, 2 for what cannot be read, 3 for an empty recording.
    """
    whole, interrupted = _standard_input() if file == "-" else (_contents(file), False)
    if len(whole) > LARGEST:
        part = f"head -c {LARGEST >> 20}M {'FILE' if file == '-' else file} | eventbahn lint --cut -"
        raise click.UsageError(f"{file}: more than {LARGEST >> 20} MiB; judge a part of it: {part}")
    recording = Recording.of(whole)
    if recording.coding:
        hint = "record it with `curl -iN -H 'Accept-Encoding: identity'`"
        raise click.UsageError(f"{file}: the body is coded ({visible(recording.coding, 40)}); {hint}")
    if not recording.head_findings() and not recording.body.strip(b"\r\n"):
        click.echo(f"{file}: nothing to judge, not a single line of a stream", err=True)
        ctx.exit(NOTHING)
    if len(whole) > LONG and sys.stderr.isatty():
        click.echo(f"judging {len(whole) >> 20} MiB …", err=True)
    ctx.exit(_judge(file, whole, recording, ended=not (cut or interrupted)))


def _print_vectors(ctx: click.Context) -> None:
    click.echo(files("conformance").joinpath("vectors.json").read_text(encoding="utf-8"), nl=False)
    ctx.exit(GOOD)


def _judge(file: str, whole: bytes, recording: Recording, *, ended: bool) -> int:
    """Prints what there is to say, and returns the exit code."""
    found = recording.head_findings()
    summary = "not looked at as a stream"
    if not found:
        found = [_moved(finding, recording.body_offset) for finding in findings(recording.body, ended=ended)]
        summary = _summary(recording.body)
    _print(file, whole, found)
    levels = Counter(finding.level for finding in found)
    counts = ", ".join(f"{levels[level]} {level}" for level in COLOURS if levels[level])
    click.echo(f"{file}: {summary}; {counts or 'nothing found'}")
    return BAD if levels["MUST"] else GOOD


def _contents(file: str) -> bytes:
    try:
        with Path(file).open("rb") as opened:
            return opened.read(LARGEST + 1)
    except OSError as error:
        raise click.UsageError(f"{file}: {error.strerror}") from None


def _standard_input() -> tuple[bytes, bool]:
    """What came, and whether Ctrl-C ended it: then it is judged as cut."""
    pieces: list[bytes] = []
    size = 0
    try:
        while size <= LARGEST and (piece := os.read(sys.stdin.fileno(), SLICE)):
            pieces.append(piece)
            size += len(piece)
    except KeyboardInterrupt:
        return b"".join(pieces), True
    return b"".join(pieces), False


def _moved(finding: Finding, by: int) -> Finding:
    return Finding(finding.row_id, finding.level, finding.offset + by, finding.text)


def _print(file: str, whole: bytes, found: list[Finding]) -> None:
    begins = [0, *accumulate(len(line) for line in whole.splitlines(keepends=True))]
    shown: Counter[str] = Counter()
    for finding in found:
        shown[finding.level] += 1
        if shown[finding.level] > MOST_SHOWN:
            continue
        place = f"{file}:{bisect_right(begins, finding.offset)}: byte {finding.offset}"
        level = click.style(finding.level, fg=COLOURS[finding.level])
        click.echo(f"{place}: {level}: {finding.text} [{finding.row_id}]")
    for level, count in shown.items():
        if count > MOST_SHOWN:
            click.echo(f"{file}: {count - MOST_SHOWN} more of {level}")


def _summary(body: bytes) -> str:
    """How many of what, for whoever wonders whether the right thing was recorded."""
    stream, types = EventStream(), Counter[str]()
    for begin in range(0, len(body), SLICE):
        types.update(event.type for event in stream.feed(body[begin : begin + SLICE]))
    lines = body.removeprefix(BOM).splitlines()
    named = ", ".join(f"{count} {visible(type_, 40)}" for type_, count in types.most_common(MOST_TYPES))
    parts = [
        _count(types.total(), "event") + (f" ({named}{', …' * (len(types) > MOST_TYPES)})" if types else "")
    ]
    parts.append(_count(sum(line.partition(b":")[0] == b"id" for line in lines), "id"))
    if stream.last_event_id:
        parts.append(f'last id "{visible(stream.last_event_id, 60)}"')
    parts.append(_count(sum(line.startswith(b":") for line in lines), "comment"))
    if stream.retry is not None:
        parts.append(f"retry {stream.retry} ms")
    return ", ".join(parts)


def _count(number: int, thing: str) -> str:
    return f"{number} {thing}" if number == 1 else f"{number} {thing}s"
