"""What devices said, as a CSV file has it: a stream in order of time, of which one moment is in memory."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from typing import NamedTuple

from simulator.convert import name as name_of
from simulator.replay.columns import Columns, layout_of
from simulator.replay.numbers import Numbers
from simulator.replay.table import CsvTable, Row
from simulator.replay.times import ReadTime, time_reader

__all__ = ["Reading", "Recording", "Told", "Wording"]

MOST_DEVICES, MOST_SENSORS = 1_000_000, 10_000
TOLD_EVERY = 5_000  # rows
Told = Callable[[int, float], None]  # progress: rows so far, and the share of the file that is read


@dataclass(frozen=True, slots=True)
class Wording:
    """How cells are to be read; None is recognised."""

    time_format: str | None = None
    zone: tzinfo = UTC
    decimal: str | None = None
    missing: tuple[str, ...] = ()


class Reading(NamedTuple):
    """What a device said at `t` ms UTC, by sensor; devices and sensors are numbered as they appear."""

    t: int
    device: int
    values: dict[int, float]


class Recording:
    """A table, and what its columns mean; `device` is the name of all that is in it, if no column has names.

    It knows all devices and sensors once it was read to its end. Raises RecordingError and OSError.
    """

    def __init__(self, table: CsvTable, columns: Columns, wording: Wording, device: str) -> None:
        self.table, self._layout, self._wording = table, layout_of(table, columns), wording
        self._device = device
        wide = () if self._layout.sensor is not None else self._layout.values
        self.devices: dict[str, int] = {}
        self.sensors: dict[str, int] = {table.header[column]: index for index, column in enumerate(wide)}
        self.decimals: list[int] = [0] * len(wide)  # of each sensor, the most that there are
        self.known: list[set[int]] = []  # the sensors of each device

    def readings(self, told: Told = lambda *_: None) -> Iterator[Reading]:
        """All of it, from its beginning; rows of a device and moment that don't overlap are one reading."""
        moment: dict[int, dict[int, float]] = {}
        numbers = Numbers(self._wording.decimal, self.table.delimiter, self._wording.missing)
        now, read = -1, None
        for count, row in enumerate(self.table.rows()):
            if count % TOLD_EVERY == 0:
                told(count, row.share)
            read = read or self._time_reader(row)
            values, device = self._values(row, numbers), self._device_of(row)
            if not values:
                continue
            before = moment.get(device, {})
            repeats = not values.keys().isdisjoint(before)
            t = self._time(row, read, now, repeats=repeats)
            if t != now:
                yield from (Reading(now, each, said) for each, said in moment.items())
                moment, now, before = {}, t, {}
            elif repeats:
                yield Reading(now, device, moment.pop(device))
                before = {}
            moment[device] = before | values
            self.known[device].update(values)
        yield from (Reading(now, each, said) for each, said in moment.items())

    def _time_reader(self, row: Row) -> ReadTime:
        try:
            return time_reader(self._wording.time_format, self._wording.zone, self._time_cell(row))
        except ValueError as error:
            raise self.table.error(row.line, str(error), self._layout.time[0]) from error

    def _time(self, row: Row, read: ReadTime, now: int, *, repeats: bool) -> int:
        """When it was; of an hour that comes twice, the second if the first is over."""
        try:
            earlier, later = read(self._time_cell(row))
        except ValueError as error:
            raise self.table.error(row.line, str(error), self._layout.time[0]) from error
        t = earlier if earlier > now or (earlier == now and not repeats) else later
        if t < now:
            then, before = (datetime.fromtimestamp(each / 1000, UTC) for each in (t, now))
            order = f"{then:%Y-%m-%d %H:%M:%S}Z comes after {before:%Y-%m-%d %H:%M:%S}Z"
            raise self.table.error(row.line, f"{order}; sort the rows by time", self._layout.time[0])
        return t

    def _time_cell(self, row: Row) -> str:
        columns = self._layout.time
        return row.cells[columns[0]] if len(columns) == 1 else " ".join(row.cells[each] for each in columns)

    def _device_of(self, row: Row) -> int:
        column = self._layout.device
        name = self._device if column is None else row.cells[column].strip()
        number = self.devices.get(name)
        return self._new_device(row, name) if number is None else number

    def _new_device(self, row: Row, name: str) -> int:
        try:
            name_of(name)
        except ValueError as error:
            raise self.table.error(row.line, str(error), self._layout.device) from error
        if len(self.devices) == MOST_DEVICES:
            raise self.table.error(
                row.line, f"expected at most {MOST_DEVICES:,} devices", self._layout.device
            )
        self.known.append(set())
        return self.devices.setdefault(name, len(self.devices))

    def _values(self, row: Row, numbers: Numbers) -> dict[int, float]:
        """What the row says; gaps are absent."""
        for column in self._layout.unnamed:
            if row.cells[column].strip():
                raise self.table.error(
                    row.line, f"{row.cells[column]!r} is in a column without a name", column
                )
        named = self._layout.sensor
        sensors = range(len(self._layout.values)) if named is None else [self._sensor(row, named)]
        values = {}
        for sensor, column in zip(sensors, self._layout.values, strict=True):
            try:
                value, decimals = numbers.read(row.cells[column])
            except ValueError as error:
                raise self.table.error(row.line, str(error), column) from error
            if decimals is not None:
                values[sensor] = value
                if decimals > self.decimals[sensor]:
                    self.decimals[sensor] = decimals
        return values

    def _sensor(self, row: Row, column: int) -> int:
        name = row.cells[column].strip()
        number = self.sensors.get(name)
        if number is not None:
            return number
        if not name:
            raise self.table.error(row.line, "expected the name of a sensor", column)
        if len(self.sensors) == MOST_SENSORS:
            raise self.table.error(row.line, f"expected at most {MOST_SENSORS:,} sensors", column)
        self.decimals.append(0)
        return self.sensors.setdefault(name, len(self.sensors))
