"""What a result says about its circumstances, as short pairs of name and text. Leaves out what is empty."""

from collections.abc import Mapping
from typing import Any

import msgspec

__all__ = ["facts"]

MOST = 40  # pairs; a page must not grow with a target file
CHARACTERS = 240


def facts(found: Mapping[str, Any]) -> dict[str, str]:
    """Scalars as they are, everything deeper as compact JSON."""
    shown = {name: told(value) for name, value in found.items() if value not in (None, "", [], {})}
    kept = dict(list(shown.items())[:MOST])
    if len(shown) > MOST:
        kept["…"] = f"{len(shown) - MOST} more in the result file"
    return kept


def told(value: Any) -> str:
    match value:
        case bool():
            text = "yes" if value else "no"
        case str():
            text = value
        case list() if all(isinstance(item, str | int | float) for item in value):
            text = ", ".join(map(str, value))
        case _:
            text = msgspec.json.encode(value).decode()
    return text if len(text) <= CHARACTERS else text[: CHARACTERS - 1] + "…"
