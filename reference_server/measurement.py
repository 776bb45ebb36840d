"""The body of `POST /measurements`, read and judged: what devices send becomes items. Does no I/O."""

from collections.abc import Mapping
from typing import Annotated

import msgspec
from msgspec import UNSET, UnsetType

from reference_server.fields import decode, pieces, text_of
from reference_server.limits import Limits
from reference_server.log import Birth, Item, Key
from reference_server.names import MEASUREMENTS, NAME, NAME_RULE, is_name
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

    # a name, which is looked at apart: a pattern that is checked here would be most of what reading costs
    device: Annotated[str, msgspec.Meta(extra_json_schema={"pattern": NAME})]
    boot: Count | UnsetType = UNSET
    seq: Count | UnsetType = UNSET
    ts: Count | UnsetType = UNSET
    values: dict[str, float] | UnsetType = UNSET
    value: float | UnsetType = UNSET


BATCH = msgspec.json.Decoder(list[Measurement])
TEXTS = msgspec.json.Decoder(list[msgspec.Raw])


def read_measurements(body: bytes, limits: Limits, births: Mapping[str, Birth], *, lines: bool) -> list[Item]:
    """One item for each measurement; `lines`: one JSON text a line. Raises RefusedError for all of them.

    A measurement that names no boot belongs to that of its device's birth, or else to 0.
    """
    text = text_of(body)
    if not lines and len(body) <= limits.item and (items := together(body, limits, births)) is not None:
        return items
    found = pieces(text, lines=lines)
    if len(found) > limits.batch:
        raise RefusedError(413, f"{len(found)} items in one request", expected=f"at most {limits.batch}")
    return [item_of(raw, index, limits, births) for index, raw in enumerate(found)]


def together(body: bytes, limits: Limits, births: Mapping[str, Birth]) -> list[Item] | None:
    """A good array in few calls; None for all else, which is then read one by one, to tell what is wrong."""
    try:
        compact = msgspec.json.format(body, indent=-1)
        batch = BATCH.decode(compact)
        texts = TEXTS.decode(compact)
    except (msgspec.DecodeError, RecursionError):
        return None
    if len(batch) > limits.batch:
        return None
    if not all(map(is_name, {measured.device for measured in batch})):
        return None
    if any(measured.values is UNSET and measured.value is UNSET for measured in batch):
        return None
    return [item(measured, str(raw, "utf-8"), births) for measured, raw in zip(batch, texts, strict=True)]


def item_of(raw: bytes, index: int, limits: Limits, births: Mapping[str, Birth]) -> Item:
    if len(raw) > limits.item:
        raise RefusedError(
            413, f"an item of {len(raw)} bytes", index=index, expected=f"at most {limits.item}"
        )
    measured, text = decode(raw, Measurement, RULES, index)
    if not is_name(measured.device):
        raise RefusedError(422, "not a name for a device", index=index, field="device", expected=NAME_RULE)
    if measured.values is UNSET and measured.value is UNSET:
        expected = f"{RULES['values']}; or 'value', {RULES['value']}"
        raise RefusedError(
            422, "a measurement without a value", index=index, field="values", expected=expected
        )
    return item(measured, text, births)


def item(measured: Measurement, text: str, births: Mapping[str, Birth]) -> Item:
    device, seq = measured.device, measured.seq
    if seq is UNSET:
        return Item(MEASUREMENTS, text, "measurement", device)
    boot = measured.boot
    if boot is UNSET:
        birth = births.get(device)
        boot = birth.boot if birth else 0
    return Item(MEASUREMENTS, text, "measurement", device, Key(device, boot, seq))
