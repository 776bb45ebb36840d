"""Values of header fields: parameters, and lists of tokens (RFC 9110, 5.6). Pure; joins nothing."""

import re
from collections.abc import Iterable

__all__ = ["parameters", "tokens"]

PARAMETER = re.compile(r';[ \t]*([^\s;="]+)[ \t]*=[ \t]*("(?:[^"\\]|\\.)*"|[^;]*)')
QUOTED_PAIR = re.compile(r"\\(.)")


def parameters(value: str) -> list[tuple[str, str]]:
    """Those of a media type: names in lower case, values without quotes."""
    return [(name.lower(), _unquoted(found.strip())) for name, found in PARAMETER.findall(value)]


def tokens(values: Iterable[str]) -> list[str]:
    """The members of lists of tokens, one list a field, in lower case."""
    return [token for value in values for part in value.split(",") if (token := part.strip().lower())]


def _unquoted(value: str) -> str:
    return QUOTED_PAIR.sub(r"\1", value[1:-1]) if value[:1] == value[-1:] == '"' and len(value) > 1 else value
