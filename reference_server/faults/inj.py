"""Input that writes lines of its own, or is changed behind the publisher's back."""

import json
import re
from functools import partial
from typing import Annotated

import msgspec

from reference_server import wire
from reference_server.faults.fault import Fault
from reference_server.limits import Limits
from reference_server.log import Item
from reference_server.parts import Parts
from reference_server.publication import Publication, read_publication
from reference_server.wire import Event

__all__ = ["FAULTS"]

UNSET = msgspec.UNSET
NoNull = Annotated[str, msgspec.Meta(pattern=r"\A[^\x00]*\Z")]
OneLine = Annotated[str, msgspec.Meta(pattern=r"\A[^\r\n]*\Z")]


class AnyEventName(Publication):
    """A publication whose event name may hold line ends."""

    event: str = ""


class AnyId(Publication):
    """One whose id may."""

    id: NoNull | msgspec.UnsetType = UNSET


class NullId(Publication):
    """One whose id may hold U+0000."""

    id: OneLine | msgspec.UnsetType = UNSET


class AnyComment(Publication):
    """One whose comment may hold anything."""

    comment: str | msgspec.UnsetType = UNSET


class AnyRetry(Publication):
    """One whose retry may be any number that is not negative."""

    retry: Annotated[float, msgspec.Meta(ge=0)] | msgspec.UnsetType = UNSET  # type: ignore[assignment] # wider, on purpose


def lf_in_event(event: Event) -> bytes:
    """The event name as it came: a publisher can write fields of its own."""
    name = f"event: {event.event}\n".encode() if event.event else b""
    return name + wire.encode(event._replace(event=""))


def raw_id(event: Event) -> bytes:
    """The id as it came."""
    line = f"id: {event.id}\n".encode() if event.id is not None else b""
    return line + wire.encode(event._replace(id=None))


def raw_comment(event: Event) -> bytes:
    """The comment as it came: what could a comment do?"""
    line = f": {event.comment}\n".encode() if event.comment is not None else b""
    return line + wire.encode(event._replace(comment=None))


def raw_retry(event: Event) -> bytes:
    """The number as Python writes it."""
    line = f"retry: {event.retry:g}\n".encode() if event.retry is not None else b""
    return line + wire.encode(event._replace(retry=None))


def cleaned(body: bytes, channel: str, limits: Limits) -> Item:
    """Line ends are taken out of event names in silence."""
    item = read_publication(body, channel, limits, kind=AnyEventName)
    return item._replace(event=re.sub("[\r\n]", "", item.event))


def reflecting(event: Event) -> bytes:
    """Tells a client with an unknown cursor, for its developer's sake, which one it had sent."""
    if event.event != "reset":
        return wire.encode(event)
    asked: str = json.loads(event.data)["asked"]
    return f": no such id: {asked}\n".encode("utf-8", "replace") + wire.encode(event)


FAULTS = {
    "lf-in-event": Fault(
        "Accepts line ends in an event name, and writes them.",
        Parts(encode=lf_in_event, read_publication=partial(read_publication, kind=AnyEventName)),
        ("SSE-INJ-001",),
    ),
    "lf-in-id": Fault(
        "Accepts line ends in an id, and writes them.",
        Parts(encode=raw_id, read_publication=partial(read_publication, kind=AnyId)),
        ("SSE-INJ-002",),
    ),
    "lf-in-comment": Fault(
        "Accepts line ends in a comment, and writes them.",
        Parts(encode=raw_comment, read_publication=partial(read_publication, kind=AnyComment)),
        ("SSE-INJ-004",),
    ),
    "retry-float": Fault(
        "Takes a retry with a fraction, and writes it.",
        Parts(encode=raw_retry, read_publication=partial(read_publication, kind=AnyRetry)),
        ("SSE-INJ-005",),
    ),
    "nul-id": Fault(
        "Accepts U+0000 in an id, and writes it.",
        Parts(encode=raw_id, read_publication=partial(read_publication, kind=NullId)),
        ("SSE-INJ-006",),
    ),
    "reflect-cursor": Fault(
        "Writes an unknown cursor into a comment, as it was sent.",
        Parts(encode=reflecting),
        ("SSE-INJ-007",),
    ),
    "strips-event-name": Fault(
        "Takes line ends out of event names, and says nothing of it.",
        Parts(read_publication=cleaned),
        ("SSE-INJ-008",),
    ),
}
