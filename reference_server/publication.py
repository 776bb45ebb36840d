"""The body of `POST /events/{channel}` read and judged: any event on any channel. Does no I/O."""

from typing import Annotated, TypeVar

import msgspec

from reference_server.fields import decode, text_of
from reference_server.limits import Limits
from reference_server.log import Item
from reference_server.refusal import RefusedError

__all__ = ["read_publication"]

LINE = r"\A[^\r\n\x00]*\Z"
LONGEST_RETRY = 2**31 - 1  # milliseconds; browsers keep it in an int
T = TypeVar("T")
Line = Annotated[str, msgspec.Meta(pattern=LINE)]

RULES = {
    "data": "a string",
    "event": "a string without CR, LF and NUL",
    "id": "a string without CR, LF and NUL",
    "retry": f"milliseconds, an integer from 0 to {LONGEST_RETRY}",
    "comment": "a string without CR, LF and NUL",
}


class Publication(msgspec.Struct, forbid_unknown_fields=True):
    """The standard's fields, under their own names. What must be one line is refused if it is more."""

    data: str
    event: Line = ""
    id: Line | msgspec.UnsetType = msgspec.UNSET
    retry: Annotated[int, msgspec.Meta(ge=0, le=LONGEST_RETRY)] | msgspec.UnsetType = msgspec.UNSET
    comment: Line | msgspec.UnsetType = msgspec.UNSET


def read_publication(
    body: bytes, channel: str, limits: Limits, kind: type[Publication] = Publication
) -> Item:
    """The item for the log. Raises RefusedError."""
    record, _ = decode(text_of(body).encode(), kind, RULES)
    if len(record.data) > limits.item:
        raise RefusedError(
            413, f"data of {len(record.data)} characters", field="data", expected=f"at most {limits.item}"
        )
    return Item(
        channel,
        record.data,
        record.event,
        id=given(record.id),
        retry=given(record.retry),
        comment=given(record.comment),
    )


def given(value: T | msgspec.UnsetType) -> T | None:
    return None if isinstance(value, msgspec.UnsetType) else value
