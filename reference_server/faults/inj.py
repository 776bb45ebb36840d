"""Input that writes lines of its own."""

from functools import partial

from reference_server import wire
from reference_server.faults.fault import Fault
from reference_server.parts import Parts
from reference_server.publication import Publication, read_publication
from reference_server.wire import Event

__all__ = ["FAULTS"]


def lf_in_event(event: Event) -> bytes:
    """The event name as it came: a publisher can write fields of its own."""
    name = f"event: {event.event}\n".encode() if event.event else b""
    return name + wire.encode(event._replace(event=""))


class AnyEventName(Publication):
    """A publication whose event name may hold line ends."""

    event: str = ""


read_any_event_name = partial(read_publication, kind=AnyEventName)

FAULTS = {
    "lf-in-event": Fault(
        "Accepts line ends in an event name, and writes them.",
        Parts(encode=lf_in_event, read_publication=read_any_event_name),
        ("SSE-INJ-001",),
    ),
}
