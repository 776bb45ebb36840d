"""What the tables of a target file are made of: no unknown keys, numbers within bounds, durations."""

import re
from typing import Annotated

from msgspec import Meta, Struct

__all__ = ["Positive", "Seconds", "Status", "Table", "seconds"]

DURATION = re.compile(r"(\d+(?:\.\d+)?)\s*(ms|s|m|h|d|)")
UNITS = {"": 1.0, "ms": 0.001, "s": 1.0, "m": 60.0, "h": 3_600.0, "d": 86_400.0}

Positive = Annotated[int, Meta(ge=1)]
Status = Annotated[int, Meta(ge=100, le=599)]


class Seconds(float):
    """A duration; written "15s", "300ms", "2m", "1h", or as a plain number of seconds."""

    __slots__ = ()


def seconds(value: object) -> Seconds:
    """Reads a duration. Raises ValueError with what is expected."""
    found = DURATION.fullmatch(str(value).strip()) if isinstance(value, str | int | float) else None
    if found is None or isinstance(value, bool) or not float(found[1]):
        raise ValueError(f'expected a duration above zero like "15s" or "300ms", got {value!r}')
    return Seconds(float(found[1]) * UNITS[found[2]])


class Table(Struct, frozen=True, forbid_unknown_fields=True):
    """What all tables share: no unknown keys, and no change after loading."""
