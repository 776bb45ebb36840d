"""Events to bytes: the grammar of `text/event-stream` as a server writes it. Does no I/O, reads nothing back.

Source: HTML standard, 9.2.5 (parsing an event stream) and 9.2.6 (interpreting it).
"""

import re
from typing import NamedTuple

__all__ = ["HEARTBEAT", "Event", "chunk", "encode", "position", "retry"]

HEARTBEAT = b":\n\n"
LINE_END = re.compile("\r\n|\r|\n")  # only these end a line; str.splitlines knows eight more
FORBIDDEN = re.compile("[\r\n\0]")


class Event(NamedTuple):
    """One event as it goes over the wire; whatever is empty or None is left out, but for the data."""

    data: str
    event: str = ""
    id: str | None = None
    retry: int | None = None  # milliseconds
    comment: str | None = None


def encode(event: Event) -> bytes:
    """The block of one event, its closing blank line included.

    An empty payload has a `data:` line all the same, since a block without one is never dispatched.
    Raises ValueError for a CR, LF or NUL where only one line may stand: a publisher could write fields of its
    own there (CWE-93).
    """
    head = "" if event.comment is None else f": {one_line('a comment', event.comment)}\n"
    if event.id is not None:
        head += f"id: {one_line('an id', event.id)}\n"
    if event.event:
        head += f"event: {one_line('an event name', event.event)}\n"
    if event.retry is not None:
        head += f"retry: {event.retry:d}\n"
    data = event.data
    if "\n" in data or "\r" in data:
        data = "\ndata: ".join(LINE_END.split(data))
    return f"{head}data: {data}\n\n".encode()


def one_line(what: str, text: str) -> str:
    """`text`, if it is fit to stand in one line."""
    if FORBIDDEN.search(text):
        raise ValueError(f"{what} must not hold CR, LF or NUL: {text!r}")
    return text


def position(id_: str) -> bytes:
    """A block that moves the client's cursor and dispatches nothing."""
    return f"id: {one_line('an id', id_)}\n\n".encode()


def retry(milliseconds: int) -> bytes:
    """A block that tells how long to wait before a reconnect."""
    return f"retry: {milliseconds:d}\n\n".encode()


def chunk(body: bytes) -> bytes:
    """`body`, not empty, as one chunk (RFC 9112, 7.1)."""
    return b"%x\r\n%b\r\n" % (len(body), body)
