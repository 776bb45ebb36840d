"""Bytes and text of a target, made harmless to look at: control characters never reach a terminal."""

from functools import lru_cache

__all__ = ["visible"]

NAMED = {0x0A: "\\n", 0x0D: "\\r", 0x09: "\\t", 0x5C: "\\\\"}


def visible(text: str | bytes, limit: int | None = None) -> str:
    r"""One line: what is printable as it is, all else as `\n`, `\xNN`, `\uNNNN`; cut after `limit`.

    Of bytes, only ASCII is taken for printable, so that the escapes are exact.
    """
    shown = text if limit is None else text[:limit]
    parts = map(_byte, shown) if isinstance(shown, bytes) else map(_character, shown)
    return "".join(parts) + "…" * (len(shown) < len(text))


@lru_cache(256)
def _byte(byte: int) -> str:
    return NAMED.get(byte) or (chr(byte) if 0x20 <= byte < 0x7F else f"\\x{byte:02x}")


@lru_cache(4096)
def _character(one: str) -> str:
    if one.isprintable() and one != "\\":
        return one
    return NAMED.get(ord(one)) or one.encode("unicode_escape").decode("ascii")
