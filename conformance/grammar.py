"""What a recorded body does that no page would see: findings with byte offsets. Pure; passes no verdict.

The grammar of 9.2.5 takes nearly every line of UTF-8, and the reader of 9.2.6 drops without a word what it
doesn't know. So a server's mistake seldom breaks the grammar; it makes clients ignore what was meant, and
that is what is looked for here.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from functools import lru_cache
from typing import Literal

from conformance.eventstream import BOM, Block, BlockStream, Field, first_invalid_utf8
from conformance.visible import visible

__all__ = ["FIELD_NAMES", "LONGEST_LINE", "LONGEST_RETRY", "SHORTEST_RETRY", "Finding", "findings"]

FIELD_NAMES = ("data", "event", "id", "retry")
LONGEST_LINE = (
    65_536  # bytes; the standard sets no limit, but several clients read lines into a buffer of 64 KiB
)
SHORTEST_RETRY, LONGEST_RETRY = (
    100,
    3_600_000,
)  # ms; beyond, clients come back in a storm, or as good as never
LONGEST_NEAR = 16  # characters of a name that may be a misspelt one
SLICE = 65_536  # bytes
SHOWN = 48  # characters
MARKED_FIRST = "a byte order mark: some clients lose the first line with it"
MARKED = "a byte order mark in front of a line: every client takes it for a part of the field's name"
ENDINGS = {b"\n": "LF", b"\r\n": "CRLF", b"\r": "CR"}


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that a client would stumble over, `offset` bytes into the body.

    `row_id` is the requirement it speaks against. `text` is printable.
    """

    row_id: str
    level: Literal["MUST", "SHOULD", "PRACTICE"]
    offset: int
    text: str


def findings(body: bytes, *, ended: bool = True) -> list[Finding]:
    """All findings in the order of their offsets; empty for a body that every client reads as it was meant.

    With `ended=False` its reader cut the body, so what is unfinished at its end is not held against anyone.
    """
    found = [*_lines(body, ended)]
    stream = BlockStream()
    for begin in range(0, len(body), SLICE):  # so that not all blocks are in memory at once
        found += [finding for block in stream.feed(body[begin : begin + SLICE]) for finding in _block(block)]
    unfinished = stream.unfinished
    if unfinished:
        found += [finding for field in unfinished.fields if field.ending for finding in _field(field)]
        found += _unfinished(unfinished) if ended else ()
    return sorted(found, key=lambda finding: finding.offset)


def _lines(body: bytes, ended: bool) -> Iterator[Finding]:
    """What can be said of lines without knowing their fields."""
    if body.startswith(BOM):
        yield Finding("SSE-FRAME-005", "PRACTICE", 0, MARKED_FIRST)
    valid = first_invalid_utf8(body, final=ended) is None  # nearly always, and much faster asked once
    offset, first = 0, b""
    seen: set[bytes] = set()
    for line in body.splitlines(keepends=True):
        text = line.rstrip(b"\r\n")
        if offset and text.startswith(BOM):
            yield Finding("SSE-FRAME-005", "PRACTICE", offset, MARKED)
        ending = line[len(text) :]
        settled = ended or offset + len(line) < len(body)  # else the rest of it may still have come
        if ending and settled and ending not in seen:
            first = first or ending
            yield from _ending(ending, first, offset)
            seen.add(ending)
        invalid = None if valid else first_invalid_utf8(text, final=settled or bool(ending))
        if invalid is not None:
            yield _not_utf8(text, invalid, offset)
        if len(text) > LONGEST_LINE:
            size = f"a line of {len(text)} bytes; some clients give up beyond {LONGEST_LINE}"
            yield Finding("SSE-FRAME-011", "PRACTICE", offset, size)
        offset += len(line)


def _ending(ending: bytes, first: bytes, offset: int) -> Iterator[Finding]:
    """An ending at its first appearance."""
    if ending == b"\r":
        text = "a line ends in CR alone: legal, but some clients wait for an LF"
        yield Finding("SSE-FRAME-012", "PRACTICE", offset, text)
    if ending != first:
        both = f"a line ends in {ENDINGS[ending]}, the first one in {ENDINGS[first]}"
        text = f"{both}: legal, but often a sign of unescaped text"
        yield Finding("SSE-FRAME-012", "PRACTICE", offset, text)


def _not_utf8(line: bytes, invalid: int, offset: int) -> Finding:
    before = visible(line[:invalid].decode()[-SHOWN:])
    rest = visible(line[invalid:], SHOWN)
    return Finding("SSE-FRAME-006", "MUST", offset + invalid, f'not UTF-8: "{rest}" after "{before}"')


def _block(block: Block) -> Iterator[Finding]:
    names = [field.name for field in block.fields]
    for field in block.fields:
        yield from _field(field)
    if "event" in names and "data" not in names:
        text = "an event without a data line: no client dispatches it"
        yield Finding("SSE-FRAME-009", "SHOULD", block.begin, text)
    for name in ("event", "id", "retry"):
        if (times := names.count(name)) > 1:
            text = f"{times} {name} lines in one block, where the last one wins: is a blank line missing?"
            yield Finding("SSE-FRAME-013", "SHOULD", block.begin, text)


def _field(field: Field) -> Iterator[Finding]:
    match field.name:
        case "" | "data" | "event":
            pass
        case "id":
            if "\0" in field.value:
                text = f"an id with a NUL is ignored, so a client resumes elsewhere: {_quoted(field.value)}"
                yield Finding("SSE-INJ-006", "MUST", field.offset, text)
        case "retry":
            yield from _retry(field)
        case name:
            text = f"every client ignores a line that begins with {_quoted(name)}{_hint(name)}"
            yield Finding("SSE-FRAME-004", "SHOULD", field.offset, text)


@lru_cache(1024)
def _hint(name: str) -> str:
    meant = name.strip("\ufeff \t").lower()
    near = get_close_matches(meant, FIELD_NAMES, n=1) if len(meant) <= LONGEST_NEAR else ()
    return f'; did you mean "{near[0]}"?' if near else ""


def _retry(field: Field) -> Iterator[Finding]:
    digits = field.value.lstrip("0") or field.value[:1]
    if not (field.value.isascii() and field.value.isdigit()):
        text = f"retry is not ASCII digits and is ignored: {_quoted(field.value)}"
        yield Finding("SSE-RETRY-001", "MUST", field.offset, text)
    elif len(digits) < len(str(SHORTEST_RETRY)):
        text = f"retry {digits} ms: if the server is down, its clients storm it"
        yield Finding("SSE-RETRY-002", "PRACTICE", field.offset, text)
    elif len(digits) > len(str(LONGEST_RETRY)) or int(digits) > LONGEST_RETRY:
        text = f"retry {visible(digits, SHOWN)} ms, more than an hour: is it meant in another unit?"
        yield Finding("SSE-RETRY-002", "PRACTICE", field.offset, text)


def _unfinished(block: Block) -> Iterator[Finding]:
    if any(field.name for field in block.fields):  # comments alone are no loss
        text = f"no blank line closes the last {block.end - block.begin} bytes: clients throw them away"
        yield Finding("SSE-FRAME-002", "MUST", block.begin, text)


def _quoted(text: str) -> str:
    return f'"{visible(text, SHOWN)}"'
