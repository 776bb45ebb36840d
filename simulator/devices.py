"""The ids of a fleet's devices: a pattern over axes, like floors and rooms. Pure."""

import math

from . import convert
from .tables import Table

__all__ = ["device_ids"]

MOST = 1_000_000


def device_ids(table: Table) -> tuple[str, ...]:
    """The ids of a [[fleet]] table, last axis fastest; a larger `count` prolongs the first axis."""
    count = table.take("count", convert.integer(1, MOST), None)
    sizes = table.table("axes", optional=True)
    axes = {key: sizes.take(key, convert.integer(1, MOST)) for key, _ in sizes.items()} or {"n": count or 1}
    pattern = table.take("id", convert.text)
    ids = tuple(_name(table, pattern, axes, number) for number in range(count or math.prod(axes.values())))
    if len(set(ids)) < len(ids):
        missing = [axis for axis in axes if f"{{{axis}" not in pattern]
        raise table.error("id", f"gives the same name twice; it does not use the axis {', '.join(missing)}")
    return ids


def _name(table: Table, pattern: str, axes: dict[str, int], number: int) -> str:
    """The name of device `number` (from 0); every axis counts from 1."""
    place = {}
    for axis, size in reversed(list(axes.items())[1:]):
        number, index = divmod(number, size)
        place[axis] = index + 1
    place[next(iter(axes))] = number + 1
    try:
        return convert.name(pattern.format(**place))
    except (KeyError, IndexError, ValueError) as error:
        known = ", ".join(f"{{{axis}}}" for axis in axes)
        raise table.error("id", f"{pattern!r} cannot be filled in ({error}); the axes are {known}") from error
