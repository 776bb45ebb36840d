"""The chunked coding of a message, read byte by byte (RFC 9112, 7.1): more strictly than clients do. Pure."""

import re
from dataclasses import dataclass

__all__ = ["Chunks", "chunks"]

SIZE = re.compile(rb"([0-9A-Fa-f]+)[ \t]*(;[^\r\n]*)?\r\n")
TRAILERS = re.compile(rb"([!#$%&'*+.^_`|~0-9A-Za-z-]+:[^\r\n]*\r\n)*\r\n")
CUT_SIZE = re.compile(rb"([0-9A-Fa-f]+[ \t]*(;[^\r\n]*)?\r?)?")
END = b"\r\n"


@dataclass(frozen=True, slots=True)
class Chunks:
    """`count` chunks with data. `ended` by the zero chunk; or what is `wrong`, at byte `at`."""

    count: int
    ended: bool
    wrong: str = ""
    at: int = 0


def chunks(data: bytes) -> Chunks:
    """Those of a message's body, as it came over the wire; the last one may have been cut off."""
    count = at = 0
    while at < len(data):
        line = SIZE.match(data, at)
        if line is None:
            return Chunks(count, ended=False, wrong=_no_size(data[at:]), at=at)
        size = int(line[1], 16)
        if not size:
            return _last(data, line.end(), count)
        at = line.end() + size
        if not END.startswith(data[at : at + 2]):
            wrong = f"a chunk of {size} bytes is not followed by a line end"
            return Chunks(count, ended=False, wrong=wrong, at=at)
        count += at <= len(data)
        at += len(END)
    return Chunks(count, ended=False)


def _no_size(rest: bytes) -> str:
    """What is wrong with bytes that do not begin with a size; "" if they may only have been cut off."""
    return "" if CUT_SIZE.fullmatch(rest) else "a line that is no chunk size"


def _last(data: bytes, at: int, count: int) -> Chunks:
    """After the zero chunk: trailers, and an empty line."""
    if TRAILERS.match(data, at):
        return Chunks(count, ended=True)
    cut = 2 * END not in END + data[at:]
    return Chunks(count, ended=False, wrong="" if cut else "a line that is no trailer", at=at)
