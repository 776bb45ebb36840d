"""Placeholders in the requests of a target file, like `{channel}` and `{data}`: finds and fills them."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

__all__ = ["MESSAGE", "PLACE", "fill", "names"]

PLACE = re.compile(r"\{([a-z_][a-z0-9_]*)\}")  # so that the braces of JSON text are none
MESSAGE = ("data", "event", "id", "retry", "comment", "sse_frame")  # those of a message to be published


def names(template: Any) -> Iterator[str]:
    """The placeholders in a text, or in all texts inside a JSON-like value."""
    match template:
        case str():
            yield from PLACE.findall(template)
        case Mapping():
            for value in template.values():
                yield from names(value)
        case list() | tuple():
            for value in template:
                yield from names(value)


def fill(template: Any, values: Mapping[str, Any]) -> Any:
    """`template` with values put in; None when it is a text that needs a value that there is not.

    Inside a JSON-like value, what comes out as None is left out. A text that is one placeholder and nothing
    else becomes the value itself, so that `"{retry}"` comes out as a number.
    """
    match template:
        case str():
            return _text(template, values)
        case Mapping():
            filled = {key: fill(value, values) for key, value in template.items()}
            return {key: value for key, value in filled.items() if value is not None or template[key] is None}
        case list() | tuple():
            return [item for item in (fill(value, values) for value in template) if item is not None]
        case _:
            return template


def _text(template: str, values: Mapping[str, Any]) -> Any:
    if whole := PLACE.fullmatch(template):
        return values.get(whole[1])
    if any(values.get(name) is None for name in names(template)):
        return None
    return PLACE.sub(lambda place: str(values[place[1]]), template)
