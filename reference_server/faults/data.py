"""Payloads that do not arrive as they were published."""

import re

from reference_server import wire
from reference_server.faults.block import with_lines
from reference_server.faults.fault import Fault
from reference_server.parts import Parts
from reference_server.wire import Event

__all__ = ["FAULTS"]

# What str.splitlines splits at, but without its second habit of dropping the last line end
SPLITLINES = re.compile("\r\n|[\n\r\v\f\x1c\x1d\x1e\x85\u2028\u2029]")


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
}
