"""`--config limits.toml`: the table `[limits]`, read strictly."""

import math
import tomllib
from collections.abc import Mapping
from dataclasses import fields
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from reference_server.limits import Limits
from reference_server.log import UnusableError

__all__ = ["limits_from"]

TABLE = "limits"


def limits_from(file: str) -> Limits:
    """The limits of a file; what it does not name stays as it is. Raises UnusableError."""
    try:
        tables = tomllib.loads(Path(file).read_text(encoding="utf-8"))
    except OSError as error:
        raise UnusableError(f"cannot read {file}: {error.strerror}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UnusableError(f"{file} is not TOML: {error}") from None
    expect_known(tables, {TABLE}, f"{file}: ")
    table = tables.get(TABLE, {})
    if not isinstance(table, dict):
        raise UnusableError(f"{file}: {TABLE} is not a table: expected [{TABLE}] on a line of its own")
    kinds = {field.name: field.type for field in fields(Limits)}
    expect_known(table, kinds, f"{file}: {TABLE}.")
    return Limits(
        **{key: checked(value, kinds[key], f"{file}: {TABLE}.{key}") for key, value in table.items()}
    )


def expect_known(table: Mapping[str, Any], known: Any, where: str) -> None:
    """Every key has to be one of `known`. Raises UnusableError."""
    for key in table:
        if key not in known:
            near = get_close_matches(key, known, n=1)
            hint = f"did you mean '{near[0]}'?" if near else "expected one of " + ", ".join(known)
            raise UnusableError(f"{where}{key} is unknown: {hint}")


def checked(value: Any, kind: Any, where: str) -> Any:
    """A whole number from 1, or for seconds any number above 0. Raises UnusableError."""
    if kind is int and type(value) is int and value >= 1:
        return value
    if kind is float and type(value) in (int, float) and value > 0 and math.isfinite(value):
        return float(value)
    expected = "a whole number from 1" if kind is int else "seconds, a number above 0"
    raise UnusableError(f"{where} is {value!r}: expected {expected}")
