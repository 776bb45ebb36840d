"""From TOML values to what they mean; each converter raises ValueError: what was expected, what was found."""

import math
import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from .distributions import DISTRIBUTIONS, Constant, Distribution
from .durations import parse_duration, parse_rate
from .tables import shown, suggestion

__all__ = [
    "choice",
    "distribution",
    "duration",
    "flag",
    "integer",
    "list_of",
    "moment",
    "name",
    "number",
    "pair",
    "rate",
    "text",
]

NAME = re.compile(r"[A-Za-z0-9._:~-]{1,128}")


def text(value: Any) -> str:
    """A string."""
    if not isinstance(value, str):
        raise ValueError(f"expected a string, got {shown(value)}")
    return value


def name(value: Any) -> str:
    """A name of a device, sensor or run, as every server takes it."""
    if not NAME.fullmatch(text(value)):
        raise ValueError(f"expected 1 to 128 of A-Z a-z 0-9 . _ : ~ -, got {shown(value)}")
    return str(value)


def flag(value: Any) -> bool:
    """True or false."""
    if not isinstance(value, bool):
        raise ValueError(f"expected true or false, got {shown(value)}")
    return value


def number(low: float = -math.inf, high: float = math.inf) -> Callable[[Any], float]:
    """A number within [low, high]."""

    def convert(value: Any) -> float:
        if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high:
            raise ValueError(f"expected a number{_bounds(low, high)}, got {shown(value)}")
        return float(value)

    return convert


def integer(low: int, high: int) -> Callable[[Any], int]:
    """A whole number within [low, high]."""

    def convert(value: Any) -> int:
        if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
            raise ValueError(f"expected a whole number from {low} to {high}, got {shown(value)}")
        return value

    return convert


def duration(low: int = 0, high: int = 10 * 366 * 86_400_000) -> Callable[[Any], int]:
    """A duration within [low, high] ms, like "90s"."""

    def convert(value: Any) -> int:
        if not isinstance(value, str):
            raise ValueError(f"expected a duration like '90s' or '1h30m', got {shown(value)}")
        milliseconds = parse_duration(value)
        if not low <= milliseconds <= high:
            raise ValueError(f"expected a duration from {low / 1000:g} s to {high / 1000:g} s, got {value!r}")
        return milliseconds

    return convert


def rate(value: Any) -> float:
    """A rate like "0.02/d", in events a day."""
    if not isinstance(value, str):
        raise ValueError(f"expected a rate like '0.02/d', got {shown(value)}")
    return parse_rate(value)


def moment(value: Any) -> int | None:
    """A date and time with its offset, in ms UTC; None is "now"."""
    if value == "now":
        return None
    then = datetime.fromisoformat(value) if isinstance(value, str) else value
    if not isinstance(then, datetime) or then.tzinfo is None:
        raise ValueError(
            f"expected 'now' or a time with its offset like 2026-03-02T08:00:00Z, got {shown(value)}"
        )
    return round(then.astimezone(UTC).timestamp() * 1000)


def choice(of: list[str]) -> Callable[[Any], str]:
    """One of these words."""

    def convert(value: Any) -> str:
        if value not in of:
            hint = suggestion(value, of) if isinstance(value, str) else f"; there are {', '.join(of)}"
            raise ValueError(f"{shown(value)} is not among what is built{hint}")
        return str(value)

    return convert


def pair(value: Any) -> tuple[float, float]:
    """[low, high]."""
    if not isinstance(value, list) or len(value) != 2:
        raise ValueError(f"expected [low, high], got {shown(value)}")
    low, high = (number()(item) for item in value)
    if low > high:
        raise ValueError(f"expected [low, high], got {shown(value)} with low above high")
    return low, high


def list_of(convert: Callable[[Any], Any]) -> Callable[[Any], tuple[Any, ...]]:
    """An array of such values."""

    def convert_all(value: Any) -> tuple[Any, ...]:
        if not isinstance(value, list):
            raise ValueError(f"expected an array, got {shown(value)}")
        return tuple(convert(item) for item in value)

    return convert_all


def distribution(low: float, high: float) -> Callable[[Any], Distribution]:
    """A number, or a table `{ dist = … }` whose draws lie within [low, high] (open ends: nearly all)."""

    def convert(value: Any) -> Distribution:
        made = _spread(value) if isinstance(value, Mapping) else Constant(number()(value))
        least, most = made.bounds()
        if least < low or most > high:
            raise ValueError(
                f"expected values{_bounds(low, high)}, got {least:g} to {most:g} from {shown(value)}"
            )
        return made

    return convert


def _spread(value: Mapping[str, Any]) -> Distribution:
    kind = choice(list(DISTRIBUTIONS))(value.get("dist"))
    arguments = {key: item for key, item in value.items() if key != "dist"}
    if isinstance(arguments.get("of"), list):
        arguments["of"] = list_of(number())(arguments["of"])
    cls = DISTRIBUTIONS[kind]
    fields = list(cls.__dataclass_fields__)
    for key, item in arguments.items():
        if key not in fields:
            raise ValueError(f"{key!r} is no parameter of dist = {kind!r}; it has {', '.join(fields)}")
        if key != "of":
            number()(item)
    try:
        return cls(**arguments)
    except TypeError as error:
        raise ValueError(f"dist = {kind!r} needs {', '.join(fields)}") from error


def _bounds(low: float, high: float) -> str:
    if math.isinf(low) and math.isinf(high):
        return ""
    return f" of at least {low:g}" if math.isinf(high) else f" from {low:g} to {high:g}"
