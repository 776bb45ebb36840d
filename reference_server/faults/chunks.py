"""Framing taken off again, for faults that have to see what is inside."""

import re

__all__ = ["body_of"]

SIZE = re.compile(rb"([0-9a-f]+)\r\n")


def body_of(data: bytes, *, chunked: bool) -> bytes:
    """What `data`, whole chunks as the server writes them, carries."""
    if not chunked:
        return data
    body, at = b"", 0
    while found := SIZE.match(data, at):
        size = int(found[1], 16)
        body += data[found.end() : found.end() + size]
        at = found.end() + size + 2
    return body
