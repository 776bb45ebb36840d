"""Typed reading of JSON from outside: every mistake becomes a refusal that names the field. Does no I/O."""

import re
from typing import Any, TypeVar

import msgspec

from reference_server.refusal import RefusedError

__all__ = ["decode", "pieces", "text_of"]

FIELD = re.compile(r"at `\$\.(\w+)|field `([^`]*)`")
T = TypeVar("T")


def text_of(body: bytes) -> str:
    """The body as text: msgspec would let wrong bytes pass where it only skips. Raises RefusedError."""
    try:
        return body.decode()
    except UnicodeDecodeError as error:
        raise RefusedError(400, f"the body is not UTF-8: {error.reason} at byte {error.start}") from None


def pieces(text: str, *, lines: bool) -> list[bytes]:
    """Each item's own JSON text: an array's, one object's, or one a line. Raises RefusedError."""
    if lines:
        return [line.encode() for line in re.split("\r?\n", text) if line.strip()]
    if text.lstrip(" \t\r\n").startswith("["):
        return [bytes(each) for each in read(text.encode(), list[msgspec.Raw], {}, None)]
    return [text.encode()]


def decode(raw: bytes, kind: type[T], rules: dict[str, str], index: int | None = None) -> tuple[T, str]:
    """The record, and its own JSON text without insignificant white space.

    `rules` says for each field what is expected; `index` is the item's place in its request.
    Raises RefusedError: 400 for what is not JSON, 422 for what is not the record.
    """
    record = read(raw, kind, rules, index)
    return record, msgspec.json.format(raw, indent=-1).decode()


def read(raw: bytes, kind: Any, rules: dict[str, str], index: int | None) -> Any:
    where: dict[str, Any] = {} if index is None else {"index": index}
    try:
        return msgspec.json.decode(raw, type=kind)
    except msgspec.ValidationError as error:
        found = FIELD.search(str(error))
        field = (found[1] or found[2]) if found else None
        expected = rules.get(field or "", "one of " + ", ".join(rules)) if field else "an object"
        raise RefusedError(422, plain(error), **where, field=field, expected=expected) from None
    except msgspec.DecodeError as error:
        raise RefusedError(400, f"not JSON: {plain(error)}", **where) from None
    except RecursionError:
        raise RefusedError(400, "not JSON that anybody means: nested too deep", **where) from None


def plain(error: Exception) -> str:
    return str(error).replace("`", "'")
