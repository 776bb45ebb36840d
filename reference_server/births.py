"""Birth records: what a device says of itself before it measures. Read and judged here; does no I/O."""

from typing import Annotated, Any

import msgspec

from reference_server.fields import decode, pieces, text_of
from reference_server.limits import Limits
from reference_server.log import Birth
from reference_server.measurement import INTEGER, Count
from reference_server.names import NAME, NAME_RULE
from reference_server.refusal import RefusedError

__all__ = ["BirthRecord", "read_birth", "read_births"]

RULES = {
    "device": NAME_RULE,
    "boot": f"an integer from 0 to {INTEGER}",
    "sensors": 'an array such as [{"name": "temp", "unit": "Cel", "step": 0.1, "range": [-40, 85]}]',
    "name": "a string that is not empty",
    "unit": "a string",
    "step": "a number, or null",
    "range": "two numbers, the lower one first, or null",
    "labels": 'an object of strings, such as {"floor": "3"}',
}


class Sensor(msgspec.Struct):
    """One of a device's values: its unit (UCUM, as SenML writes it), smallest step and range."""

    name: Annotated[str, msgspec.Meta(min_length=1)]
    unit: str = ""
    step: float | None = None
    range: tuple[float, float] | None = None


class BirthRecord(msgspec.Struct):
    """The keys that are typed; others are kept and passed on. A new `boot` opens a new `seq` space."""

    device: Annotated[str, msgspec.Meta(pattern=NAME)]
    boot: Count
    sensors: list[Sensor]
    labels: dict[str, str] = {}


def read_births(body: bytes, limits: Limits) -> list[Birth]:
    """The births of an array, or a single one. Raises RefusedError for all of them."""
    found = pieces(text_of(body), lines=False)
    if len(found) > limits.batch:
        raise RefusedError(413, f"{len(found)} births in one request", expected=f"at most {limits.batch}")
    return [birth_of(raw, index) for index, raw in enumerate(found)]


def read_birth(body: bytes, device: str) -> Birth:
    """The birth of the device that the path names. Raises RefusedError."""
    birth = birth_of(text_of(body).encode())
    if birth.device != device:
        raise RefusedError(
            422, f"the path names the device '{device}'", field="device", expected=f"'{device}'"
        )
    return birth


def birth_of(raw: bytes, index: int | None = None) -> Birth:
    record, text = decode(raw, BirthRecord, RULES, index)
    if any(sensor.range and sensor.range[0] > sensor.range[1] for sensor in record.sensors):
        where: dict[str, Any] = {} if index is None else {"index": index}
        raise RefusedError(422, "a range that is empty", **where, field="range", expected=RULES["range"])
    return Birth(record.device, record.boot, text)
