"""The body of `POST /measurements`, read and judged: what devices send becomes items. Does no I/O."""

from collections.abc import Mapping
from typing import Annotated

import msgspec

from reference_server.fields import decode, pieces, text_of
from reference_server.limits import Limits
from reference_server.log import Birth, Item, Key
from reference_server.names import MEASUREMENTS, NAME, NAME_RULE
from reference_server.refusal import RefusedError

__all__ = ["INTEGER", "Count", "Measurement", "read_measurements"]

INTEGER = 2**53 - 1  # the largest that every JSON reader keeps exactly (RFC 8259, 6)
Count = Annotated[int, msgspec.Meta(ge=0, le=INTEGER)]

RULES = {
    "device": NAME_RULE,
    "boot": f"an integer from 0 to {INTEGER}",
    "seq": f"an integer from 0 to {INTEGER}",
    "ts": f"milliseconds since 1970 UTC, an integer from 0 to {INTEGER}",
    "values": 'an object of numbers, such as {"temperature": 19.2}',
    "value": "a number",
}


class Measurement(msgspec.Struct):
    """The keys that are typed; others are kept and passed on."""

    device: Annotated[str, msgspec.Meta(pattern=NAME)]
    boot: Count | msgspec.UnsetType = msgspec.UNSET
    seq: Count | msgspec.UnsetType = msgspec.UNSET
    ts: Count | msgspec.UnsetType = msgspec.UNSET
    values: dict[str, float] | msgspec.UnsetType = msgspec.UNSET
    value: float | msgspec.UnsetType = msgspec.UNSET


def read_measurements(body: bytes, limits: Limits, births: Mapping[str, Birth], *, lines: bool) -> list[Item]:
    """One item for each measurement; `lines`: one JSON text a line. Raises RefusedError for all of them.

    A measurement that names no boot belongs to that of its device's birth, or else to 0.
    """
    found = pieces(text_of(body), lines=lines)
    if len(found) > limits.batch:
        raise RefusedError(413, f"{len(found)} items in one request", expected=f"at most {limits.batch}")
    return [item_of(raw, index, limits, births) for index, raw in enumerate(found)]


def item_of(raw: bytes, index: int, limits: Limits, births: Mapping[str, Birth]) -> Item:
    if len(raw) > limits.item:
        raise RefusedError(
            413, f"an item of {len(raw)} bytes", index=index, expected=f"at most {limits.item}"
        )
    measured, text = decode(raw, Measurement, RULES, index)
    if measured.values is msgspec.UNSET and measured.value is msgspec.UNSET:
        expected = f"{RULES['values']}; or 'value', {RULES['value']}"
        raise RefusedError(
            422, "a measurement without a value", index=index, field="values", expected=expected
        )
    boot = measured.boot
    if isinstance(boot, msgspec.UnsetType):
        birth = births.get(measured.device)
        boot = birth.boot if birth else 0
    key = None if measured.seq is msgspec.UNSET else Key(measured.device, boot, measured.seq)
    return Item(MEASUREMENTS, text, "measurement", measured.device, key)
