"""Which columns of a recording are what: time, device, sensor and values, given or by their names. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from simulator.replay.table import CsvTable, RecordingError
from simulator.tables import suggestion

__all__ = ["Columns", "layout_of"]

TIMES = ("time", "timestamp", "datetime", "date_time", "date time", "ts", "date")  # names in lower case
DEVICE, SENSOR, VALUE = "device", "sensor", "value"


@dataclass(frozen=True, slots=True)
class Columns:
    """Names that are given; several for the time are joined by a blank; `values` are those to be replayed."""

    time: tuple[str, ...] = ()
    device: str | None = None
    sensor: str | None = None
    value: str | None = None
    values: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Layout:
    """Where things are, by index. Wide: a value column for each sensor; long: `sensor` says whose it is."""

    time: tuple[int, ...]
    device: int | None
    sensor: int | None
    values: tuple[int, ...]
    unnamed: tuple[int, ...]  # columns that have to be empty


def layout_of(table: CsvTable, columns: Columns) -> Layout:
    """Find them in the header; raises RecordingError."""
    names = table.header
    time = tuple(_given(table, name, "--time-column") for name in columns.time) or _times(table)
    device = _given_or_named(table, columns.device, "--device-column", DEVICE)
    sensor = _given_or_named(table, columns.sensor, "--sensor-column", SENSOR)
    value = _given_or_named(table, columns.value, "--value-column", VALUE)
    unnamed = tuple(i for i, name in enumerate(names) if not name and i not in time)
    if sensor is not None and value is not None:
        return Layout(time, device, sensor, (value,), unnamed)
    if columns.sensor or columns.value:
        raise RecordingError(
            f"{table.path}: a long recording has a column of sensors and one of values: "
            f"give both --sensor-column and --value-column{_known(names)}"
        )
    taken = {*time, device, *unnamed}
    values = tuple(_given(table, name, "--column") for name in columns.values)
    values = values or tuple(i for i in range(len(names)) if i not in taken)
    if not values:
        raise table.error(1, f"there is no column of values beside {', '.join(map(repr, names))}")
    return Layout(time, device, None, values, unnamed)


def _times(table: CsvTable) -> tuple[int, ...]:
    names = [name.casefold() for name in table.header]
    if "date" in names and "time" in names:
        return names.index("date"), names.index("time")
    for name in TIMES:
        if name in names:
            return (names.index(name),)
    if not names[0]:
        return (0,)  # as pandas writes an index
    raise table.error(1, f"there is no column 'time'{_known(table.header)}; name it with --time-column")


def _given(table: CsvTable, name: str, option: str) -> int:
    if name not in table.header:
        raise RecordingError(f"{table.path}: {option} {name!r}: no such column{_known(table.header, name)}")
    return table.header.index(name)


def _given_or_named(table: CsvTable, name: str | None, option: str, usual: str) -> int | None:
    if name is not None:
        return _given(table, name, option)
    names = [each.casefold() for each in table.header]
    return names.index(usual) if usual in names else None


def _known(header: Sequence[str], name: str = "") -> str:
    return suggestion(name, [each for each in header if each])
