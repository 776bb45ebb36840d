"""The event stream grammar as a client must read it: bytes in, blocks or events out. Does no I/O.

Follows https://html.spec.whatwg.org/multipage/server-sent-events.html, 9.2.5 and 9.2.6, step by step, and
shares no code with any server. The standard decodes first and cuts lines afterwards. Here it is the other way
round, with the same outcome: CR, LF and the colon are never part of a longer UTF-8 sequence, and a decoder
that meets one inside a broken sequence replaces the broken part and reads the byte again. Cutting bytes keeps
every offset exact.
"""

import codecs
from collections.abc import Iterator
from dataclasses import dataclass

__all__ = [
    "BOM",
    "LONGEST_RETRY",
    "Block",
    "BlockStream",
    "Event",
    "EventStream",
    "Field",
    "first_invalid_utf8",
]

BOM = b"\xef\xbb\xbf"
LONGEST_RETRY = 2**63 - 1  # ms; the standard sets no bound, and Python refuses to read thousands of digits
LONGEST_RETRY_DIGITS = 18


@dataclass(frozen=True, slots=True)
class Field:
    """One line that is not blank.

    `name` is "" for a comment. `value` is what follows the colon, less one leading space; in a comment, all
    that follows the colon; "" where there is no colon. `offset` counts the bytes of the body before the line.
    `ending` is "\\n", "\\r\\n" or "\\r"; "" for a line that the end of the body cut off.
    """

    name: str
    value: str
    offset: int
    ending: str


@dataclass(frozen=True, slots=True)
class Block:
    """The fields up to a blank line; none for an extra blank line.

    `begin` is the offset of the first line. `end` lies just past the byte that closes the block, the first of
    the blank line's ending: a reader acts on a CR without waiting for an LF, so that LF is left out.
    """

    fields: tuple[Field, ...]
    begin: int
    end: int


@dataclass(frozen=True, slots=True)
class Event:
    """What a page is handed; `begin` and `end` are those of its block, in bytes of the body."""

    data: str
    type: str = "message"
    last_event_id: str = ""
    begin: int = 0
    end: int = 0


class _Lines:
    """Cuts a body into lines. A CR ends its line at once; an LF that follows in the next slice is skipped."""

    __slots__ = ("_after_cr", "_head", "_pieces", "offset")

    def __init__(self) -> None:
        self.offset = 0  # of the line that has not ended yet
        self._pieces: list[
            bytes
        ] = []  # of that line; joined only once, so that a long line costs linear time
        self._head: bytes | None = b""  # the first bytes, as long as they may become a BOM
        self._after_cr = False

    def feed(self, data: bytes) -> tuple[int, list[bytes]]:
        """The offset of the first line that `data` completes, and all those lines with their endings."""
        data = self._without_bom(data)
        if self._after_cr and data:
            self._after_cr = False
            if data.startswith(b"\n"):
                self.offset += 1
                data = data[1:]
        lines = data.splitlines(
            keepends=True
        )  # of bytes: at LF, CRLF and CR only; that of str knows eight more
        rest = lines.pop() if lines and not lines[-1].endswith((b"\n", b"\r")) else b""
        if lines:
            lines[0] = b"".join([*self._pieces, lines[0]])
            self._pieces.clear()
            self._after_cr = lines[-1].endswith(b"\r")
        if rest:
            self._pieces.append(rest)
        begin = self.offset
        self.offset += sum(map(len, lines))
        return begin, lines

    def _without_bom(self, data: bytes) -> bytes:
        if self._head is None:
            return data
        data = self._head + data
        if len(data) < len(BOM) and BOM.startswith(data):
            self._head = data
            return b""
        self._head = None
        if data.startswith(BOM):
            self.offset = len(BOM)
        return data.removeprefix(BOM)

    @property
    def unfinished(self) -> bytes:
        """The line that has not ended yet."""
        return self._head or b"".join(self._pieces)


class BlockStream:
    """Cuts the bytes of one response body into blocks: the syntax, and nothing of its meaning."""

    __slots__ = ("_lines", "_pending", "_unfinished")

    def __init__(self) -> None:
        self._lines = _Lines()
        self._pending: list[tuple[int, bytes]] = []  # offset and line
        self._unfinished: tuple[Block | None] | None = None  # once somebody has asked

    def feed(self, data: bytes) -> Iterator[Block]:
        """The blocks that this slice completes. All of it is taken in before this returns."""
        blocks: list[Block] = []
        self._unfinished = None
        offset, lines = self._lines.feed(data)
        for line in lines:
            self._pending.append((offset, line))
            if line in (b"\n", b"\r\n", b"\r"):
                blocks.append(Block(_fields(self._pending), self._pending[0][0], offset + 1))
                self._pending.clear()
            offset += len(line)
        return iter(blocks)

    @property
    def unfinished(self) -> Block | None:
        """What no blank line has closed. At the end of the body a client throws it away (9.2.6)."""
        if self._unfinished is None:
            rest = self._lines.unfinished
            end = self._lines.offset + len(rest)
            begin = self._pending[0][0] if self._pending else self._lines.offset
            fields = _fields([*self._pending, (self._lines.offset, rest)])
            self._unfinished = (Block(fields, begin, end) if fields else None,)
        return self._unfinished[0]


class EventStream:
    """Turns the bytes of one response body into events.

    `last_event_id` is what a client that reconnects must send, `retry` its delay in ms (None: not set yet).
    """

    __slots__ = ("_begin", "_data", "_id", "_lines", "_type", "last_event_id", "retry")

    def __init__(self) -> None:
        self.last_event_id = ""
        self.retry: int | None = None
        self._lines = _Lines()
        self._data: list[bytes] = []
        self._type = b""
        self._id = b""
        self._begin: int | None = None  # of the block, once it has begun

    def feed(self, data: bytes) -> Iterator[Event]:
        """The events that this slice completes. All of it is taken in before this returns."""
        events: list[Event] = []
        offset, lines = self._lines.feed(data)
        for line in lines:
            if self._begin is None:
                self._begin = offset
            text = line.rstrip(b"\r\n")
            if text:
                self._process(text)
            else:
                self._dispatch(events, self._begin, offset + 1)
                self._begin = None
            offset += len(line)
        return iter(events)

    def _process(self, line: bytes) -> None:
        """Steps "process the field" of 9.2.6; a comment has no name, and is ignored like an unknown one."""
        name, _, value = line.partition(b":")
        value = value.removeprefix(b" ")
        if name == b"data":
            self._data.append(value)
        elif name == b"event":
            self._type = value
        elif name == b"id" and b"\0" not in value:
            self._id = value
        elif name == b"retry" and value.isdigit():  # of bytes: ASCII digits, at least one
            digits = value.lstrip(b"0") or b"0"
            self.retry = int(digits) if len(digits) <= LONGEST_RETRY_DIGITS else LONGEST_RETRY

    def _dispatch(self, events: list[Event], begin: int, end: int) -> None:
        """Steps "dispatch the event" of 9.2.6."""
        self.last_event_id = _text(self._id)  # only now: an unfinished block must not move it
        if self._data:
            data = _text(b"\n".join(self._data))
            self._data.clear()
            events.append(Event(data, _text(self._type) or "message", self.last_event_id, begin, end))
        self._type = b""


def first_invalid_utf8(body: bytes, *, final: bool = True) -> int | None:
    """Offset of the first byte that is not UTF-8, or None.

    With `final=False` more may follow, so a sequence that the end cuts off is not held against anyone.
    """
    try:
        codecs.utf_8_decode(body, "strict", final)
    except UnicodeDecodeError as error:
        return error.start
    return None


def _fields(lines: list[tuple[int, bytes]]) -> tuple[Field, ...]:
    """The fields of consecutive lines; a last one that is blank tells where the one before it ended."""
    follows = [offset for offset, _ in lines[1:]]
    fields = [_field(line, offset, end) for (offset, line), end in zip(lines, follows, strict=False)]
    offset, line = lines[-1]
    return (*fields, *([_field(line, offset, offset + len(line))] if line.rstrip(b"\r\n") else ()))


def _field(line: bytes, offset: int, end: int) -> Field:
    text = line.rstrip(b"\r\n")
    ending = (
        "\r\n" if end - offset - len(text) == 2 else line[len(text) :].decode("ascii")
    )  # also when parted
    name, _, value = text.partition(b":")
    return Field(_text(name), _text(value.removeprefix(b" ") if name else value), offset, ending)


def _text(raw: bytes) -> str:
    return raw.decode("utf-8", "replace")
