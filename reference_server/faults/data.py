"""Payloads that do not arrive as they were published."""

import json
import re
from typing import Any

from reference_server import wire
from reference_server.faults.block import RewritingOutlet, with_lines
from reference_server.faults.fault import Fault
from reference_server.limits import Limits
from reference_server.log import Item
from reference_server.parts import Parts
from reference_server.publication import read_publication
from reference_server.refusal import RefusedError
from reference_server.wire import Event

__all__ = ["FAULTS"]

# What str.splitlines splits at, but without its second habit of dropping the last line end
SPLITLINES = re.compile("\r\n|[\n\r\v\f\x1c\x1d\x1e\x85\u2028\u2029]")

BUFFER = 4096  # bytes
LARGEST = 500_000  # characters
SMALL = 200  # bytes of an event that may be merged
ALIKE = 4  # bytes, by which such events differ at most
CALM = 60  # of them that are not
SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")
UNENCODABLE = "\ufdd0"  # stands for what raises an error when it is encoded


def lf_in_data(event: Event) -> bytes:
    """The payload is put after `data: ` as it is, but for its CRs."""
    return with_lines(event, (f"data: {line}" for line in re.split("\r\n|\r", event.data)))


def cr_in_data(event: Event) -> bytes:
    """Splits at LF only: a lone CR then ends a line in mid payload."""
    return with_lines(event, (f"data: {line}" for line in event.data.split("\n")))


def splitlines_data(event: Event) -> bytes:
    """`str.splitlines`, which knows more line ends than the standard."""
    return with_lines(event, (f"data: {line}" for line in SPLITLINES.split(event.data)))


def no_space(event: Event) -> bytes:
    """`data:` and the payload: the client takes away a space that was the payload's own."""
    return with_lines(event, (f"data:{line}" for line in wire.LINE_END.split(event.data)))


def strip_trailing_lf(event: Event) -> bytes:
    """A function that forgets the empty line at the end; of nothing but line ends it keeps all."""
    return wire.encode(event._replace(data=event.data.rstrip("\r\n") or event.data))


def preformatted(event: Event) -> bytes:
    """A line that begins like a data line is taken for one that is ready to be written."""
    lines = wire.LINE_END.split(event.data)
    return with_lines(event, (line if line.startswith("data:") else f"data: {line}" for line in lines))


def buffer_split_utf8(event: Event) -> bytes:
    """The text goes through a buffer of bytes, and each of its fillings is decoded for itself."""
    data = event.data.encode()
    pieces = (data[begin : begin + BUFFER] for begin in range(0, len(data), BUFFER))
    return wire.encode(event._replace(data="".join(piece.decode("utf-8", "replace") for piece in pieces)))


def truncates_large(event: Event) -> bytes:
    """A column, or a buffer, that holds so much and no more."""
    return wire.encode(event._replace(data=event.data[:LARGEST]))


class MergingOutlet(RewritingOutlet):
    """In a long row of small events that are all alike, two and two share one blank line."""

    __slots__ = ("_alike", "_size")

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._alike = self._size = 0

    def rewrite(self, body: bytes) -> bytes:
        if b"data:" not in body or len(body) > SMALL or body.count(b"\n\n") != 1:
            return body
        before, self._size = self._size, len(body)
        self._alike = self._alike + 1 if abs(self._size - before) <= ALIKE else 0
        return body.removesuffix(b"\n") if self._alike > CALM and self._alike % 2 else body


def read_surrogates(body: bytes, channel: str, limits: Limits) -> Item:
    """JSON by a lenient reader, which lets lone surrogates pass."""
    try:
        return read_publication(body, channel, limits)
    except RefusedError:
        text = body.decode("utf-8", "replace")
        if not SURROGATE.search(text):
            raise
        return Item(channel, UNENCODABLE + json.loads(text)["data"].encode("utf-8", "replace").decode())


class CrashingOutlet(RewritingOutlet):
    """The error comes where the event is written, and takes the connection with it."""

    __slots__ = ()

    def rewrite(self, body: bytes) -> bytes:
        if UNENCODABLE.encode() not in body:
            return body
        self.abort()
        return b""


FAULTS = {
    "lf-in-data": Fault(
        "Gives only the first line of a payload its field name.",
        Parts(encode=lf_in_data),
        ("SSE-DATA-001",),
    ),
    "cr-in-data": Fault(
        "Writes a CR in a payload as it is.",
        Parts(encode=cr_in_data),
        ("SSE-DATA-002", "SSE-INJ-003"),
    ),
    "no-space": Fault(
        "Leaves out the space after 'data:', so a payload's own first space is lost.",
        Parts(encode=no_space),
        ("SSE-DATA-004",),
    ),
    "splitlines-data": Fault(
        "Breaks payloads at all that str.splitlines takes for a line end.",
        Parts(encode=splitlines_data),
        ("SSE-DATA-006",),
    ),
    "strip-trailing-lf": Fault(
        "Loses the line ends at the end of a payload.",
        Parts(encode=strip_trailing_lf),
        ("SSE-DATA-003",),
    ),
    "preformatted": Fault(
        "Takes a payload's line that begins with 'data:' for one that is formatted already.",
        Parts(encode=preformatted),
        ("SSE-DATA-005",),
    ),
    "buffer-split-utf8": Fault(
        "Decodes a payload 4 096 bytes at a time, and breaks the characters in between.",
        Parts(encode=buffer_split_utf8),
        ("SSE-DATA-007",),
    ),
    "truncates-large": Fault(
        "Cuts a payload after 500 000 characters.", Parts(encode=truncates_large), ("SSE-DATA-008",)
    ),
    "merges-burst": Fault(
        "Joins small events in pairs when more than 60 alike come in a row.",
        Parts(outlet=MergingOutlet),
        ("SSE-DATA-009",),
    ),
    "surrogate-crash": Fault(
        "Takes a lone surrogate, and loses every stream on which it has to be written.",
        Parts(read_publication=read_surrogates, outlet=CrashingOutlet),
        ("SSE-DATA-010",),
    ),
}
