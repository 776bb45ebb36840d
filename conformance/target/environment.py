"""`${NAME}` in the texts of a target file, replaced from the environment, so that no secret is in a file."""

import re
from collections.abc import Mapping
from typing import Any

__all__ = ["expand"]

VARIABLE = re.compile(r"\$\{([^}]*)\}?")
NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


def expand(value: Any, environ: Mapping[str, str], path: str = "") -> Any:
    """A copy of a TOML value with every text expanded.

    Raises LookupError, with the key's path and the variable, for one that is not set, and ValueError for a
    `${` that begins no variable. What was put in is not expanded again.
    """
    match value:
        case str():
            return VARIABLE.sub(lambda found: _value(found, environ, path), value)
        case dict():
            return {
                key: expand(item, environ, f"{path}.{key}" if path else key) for key, item in value.items()
            }
        case list():
            return [expand(item, environ, f"{path}[{index}]") for index, item in enumerate(value)]
        case _:
            return value


def _value(found: re.Match[str], environ: Mapping[str, str], path: str) -> str:
    name = found[1]
    if not NAME.fullmatch(name) or not found[0].endswith("}"):
        raise ValueError(f"{path}: {found[0]!r} is no variable: write ${{NAME}}")
    if name not in environ:
        raise LookupError(f"{path}: the environment variable {name} is not set")
    return environ[name]
