"""A look through a whole recording, which finds what is wrong with it before anything is sent."""

import re
from typing import NamedTuple

from simulator.replay.recording import Recording, Told
from simulator.replay.table import RecordingError
from simulator.sensors import Sensor

__all__ = ["Survey", "survey"]

UNIT = re.compile(r".*[(\[]([^()\[\]]+)[)\]]")
MOST_DECIMALS, DIGITS = 12, 15  # with more, a number is sent with as many digits as a double keeps


class Survey(NamedTuple):
    """Of all readings; `first` and `last` in ms UTC, `known` are the sensors of each device.

    `period` is the mean time between two readings of a device, in ms; 0 if none has two.
    """

    devices: tuple[str, ...]
    sensors: tuple[Sensor, ...]
    known: tuple[frozenset[int], ...]
    readings: int
    first: int
    last: int
    period: int


def survey(recording: Recording, told: Told) -> Survey:
    """Read it to its end; raises RecordingError and OSError."""
    count, first, last = 0, 0, 0
    for reading in recording.readings(told):
        first = first if count else reading.t
        last = reading.t
        count += 1
    if not count:
        raise RecordingError(f"{recording.table.path}: has no values below its header")
    pairs = count - len(recording.devices)
    return Survey(
        devices=tuple(recording.devices),
        sensors=tuple(map(_sensor, recording.sensors, recording.decimals)),
        known=tuple(map(frozenset, recording.known)),
        readings=count,
        first=first,
        last=last,
        period=(last - first) * len(recording.devices) // pairs if pairs else 0,
    )


def _sensor(name: str, decimals: int) -> Sensor:
    """A sensor whose numbers are sent as they were recorded."""
    unit = UNIT.fullmatch(name)
    step = 10.0**-decimals if decimals <= MOST_DECIMALS else None
    return Sensor(name=name, source=name, unit=unit[1] if unit else "", step=step, digits=DIGITS)
