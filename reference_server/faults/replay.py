"""Resumes that begin at the wrong place."""

from reference_server.cursor import Extent, Place, locate
from reference_server.faults.fault import Fault
from reference_server.parts import Parts

__all__ = ["FAULTS"]


def replay_inclusive(asked: str, extent: Extent) -> Place:
    """`>=` where `>` is meant."""
    place = locate(asked, extent)
    followed = asked and place.reset is None
    return Place(place.sequence - 1) if followed and place.sequence >= extent.oldest else place


def replay_skips_first(asked: str, extent: Extent) -> Place:
    """Off by one to the other side."""
    place = locate(asked, extent)
    return place if place.reset else Place(min(place.sequence + 1, extent.newest))


def unknown_silent(asked: str, extent: Extent) -> Place:
    """Whoever cannot be followed is treated as a newcomer."""
    place = locate(asked, extent)
    unknown = place.reset is not None and place.reset.reason != "evicted"
    return Place(extent.newest) if unknown else place


FAULTS = {
    "replay-inclusive": Fault(
        "Sends the last event that the client saw again.",
        Parts(locate=replay_inclusive),
        ("SSE-REPLAY-001", "SSE-REPLAY-009"),
    ),
    "replay-skips-first": Fault(
        "Leaves out the first event that the client missed.",
        Parts(locate=replay_skips_first),
        ("SSE-REPLAY-002",),
    ),
    "unknown-silent": Fault(
        "Goes live for a cursor that it does not know, without a word.",
        Parts(locate=unknown_silent),
        ("SSE-REPLAY-007",),
    ),
}
