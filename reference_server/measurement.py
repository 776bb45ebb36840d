"""The body of `POST /measurements`, read and judged: what devices send becomes items. Does no I/O."""

from typing import Annotated

import msgspec

from reference_server.fields import decode, pieces, text_of
from reference_server.limits import Limits
from reference_server.log import Item, Key
from reference_server.names import MEASUREMENTS, NAME, NAME_RULE
from reference_server.refusal import RefusedError

__all__ = ["read_measurements"]

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
    boot: Count = 0
    seq: Count | msgspec.UnsetType = msgspec.UNSET
    ts: Count | msgspec.UnsetType = msgspec.UNSET
    values: dict[str, float] | msgspec.UnsetType = msgspec.UNSET
    value: float | msgspec.UnsetType = msgspec.UNSET


def read_measurements(body: bytes, limits: Limits, *, lines: bool) -> list[Item]:
    """One item for each measurement; `lines`: one JSON text a line. Raises RefusedError for all of them."""
    found = pieces(text_of(body), lines=lines)
    if len(found) > limits.batch:
        raise RefusedError(413, f"{len(found)} items in one request", expected=f"at most {limits.batch}")
    return [item_of(raw, index, limits) for index, raw in enumerate(found)]


def item_of(raw: bytes, index: int, limits: Limits) -> Item:
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
    key = None if measured.seq is msgspec.UNSET else Key(measured.device, measured.boot, measured.seq)
    return Item(MEASUREMENTS, text, "measurement", measured.device, key)
