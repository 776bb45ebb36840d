"""Recorded bytes taken apart: the response heads that `curl -i` writes, if any, and the body. Pure."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Self

from conformance.grammar import Finding
from conformance.visible import visible

__all__ = ["Recording"]

HEAD_END = re.compile(rb"\r?\n\r?\n")
STATUS_LINE = re.compile(rb"HTTP/\d(?:\.\d)? +(\d{3})")
OK = 200


@dataclass(frozen=True, slots=True)
class Recording:
    """`head` is the last one before the body, b"" where there is none. Offsets count from the start."""

    head: bytes
    head_offset: int
    body: bytes
    body_offset: int

    @classmethod
    def of(cls, whole: bytes) -> Self:
        """Heads stand at the very start. Of several (100, a redirect, a proxy) the last one counts."""
        head, at, begin = b"", 0, 0
        while STATUS_LINE.match(whole, begin):
            end = HEAD_END.search(whole, begin)
            at, head = begin, whole[begin : end.start() if end else len(whole)]
            begin = end.end() if end else len(whole)
        return cls(head, at, whole[begin:], begin)

    @property
    def coding(self) -> str:
        """The content coding that hides the body, "" for none."""
        codings = [
            value.lower() for _, value in self._fields(b"content-encoding") if value.lower() != "identity"
        ]
        return ", ".join(codings)

    def head_findings(self) -> list[Finding]:
        """What speaks against the body being a stream at all; if anything does, the body means nothing."""
        return [*self._status(), *self._media_type()] if self.head else []

    def _status(self) -> Iterator[Finding]:
        found = STATUS_LINE.match(self.head)
        if found and int(found[1]) != OK:
            text = (
                f"a client takes status 200 for a stream and no other: {_quoted(self.head.splitlines()[0])}"
            )
            yield Finding("SSE-HTTP-001", "MUST", self.head_offset, text)

    def _media_type(self) -> Iterator[Finding]:
        fields = self._fields(b"content-type")
        types = {value.partition(";")[0].strip().lower() for _, value in fields}
        if len(fields) == 1 and types == {"text/event-stream"}:
            return
        named = " and ".join(_quoted(value) for _, value in fields) or "none"
        text = f"a client demands one Content-Type, text/event-stream; there is {named}"
        yield Finding("SSE-HTTP-002", "MUST", fields[-1][0] if fields else self.head_offset, text)

    def _fields(self, name: bytes) -> list[tuple[int, str]]:
        """Offset and value of each field of that name."""
        lines = re.finditer(rb"(?im)^" + re.escape(name) + rb"[ \t]*:[ \t]*([^\r\n]*)", self.head)
        return [(self.head_offset + line.start(), line[1].decode("latin-1").strip()) for line in lines]


def _quoted(text: str | bytes) -> str:
    return f'"{visible(text, 80)}"'
