"""Text in the middle of a stream that was meant to be a response: JSON, HTML, a status. Pure.

Clients drop such a line without a word, as they do with every field that they do not know.
"""

import re
from collections.abc import Iterator

from conformance.checks.bodies import Bodies
from conformance.eventstream import Block, Field
from conformance.evidence import quoted
from conformance.grammar import FIELD_NAMES
from conformance.reading import Reading

__all__ = ["bare"]

LONGEST = 4096  # bytes of a line that are looked at
# How the bodies of error responses begin, as frameworks and proxies write them
RESPONSE = re.compile(
    rb"""[ \t]*(
        [{[<]                                   # JSON, HTML, XML
        | HTTP/\d                               # a whole response
        | Traceback[ ]\(most[ ]recent
        | (Uncaught[ ])?[\w.]*(Error|Exception)\b
        | ([45]\d\d[ ])?(Bad[ ]Request|Unauthorized|Forbidden|Not[ ]Found|Too[ ]Many[ ]Requests
            |Internal[ ]Server[ ]Error|Bad[ ]Gateway|Service[ ]Unavailable|Gateway[ ]Time-?out)\b
    )""",
    re.VERBOSE | re.IGNORECASE,
)


def bare(bodies: Bodies) -> tuple[Reading, int, str] | None:
    """The first such line that no payload may have written: in which body, at which byte, what it says."""
    for reading in bodies.readings:
        spans = bodies.written if reading is bodies.readings[-1] else ()
        for field in _unknown(reading):
            line = _line(reading, field)
            written = any(begin <= field.offset < end for begin, end in spans)
            if RESPONSE.match(line) and not written:
                return reading, field.offset, quoted(line)
    return None


def _unknown(reading: Reading) -> Iterator[Field]:
    """The lines that are neither comments nor fields of the standard."""
    blocks: list[Block] = [*reading.blocks, *([reading.unfinished] if reading.unfinished else [])]
    for block in blocks:
        yield from (field for field in block.fields if field.name and field.name not in FIELD_NAMES)


def _line(reading: Reading, field: Field) -> bytes:
    return re.split(rb"[\r\n]", bytes(reading.body[field.offset : field.offset + LONGEST]), maxsplit=1)[0]
