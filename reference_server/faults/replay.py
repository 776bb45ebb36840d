"""Resumes that begin at the wrong place."""

from reference_server.cursor import Extent, Place, locate
from reference_server.faults.fault import Fault
from reference_server.faults.seam import (
    LiveFirst,
    NineCursors,
    SharedPosition,
    SkipsFirst,
    SnapshotFirst,
    Undeduped,
    WrittenIsSeen,
)
from reference_server.parts import Parts

__all__ = ["FAULTS"]


def replay_inclusive(asked: str, extent: Extent) -> Place:
    """`>=` where `>` is meant."""
    place = locate(asked, extent)
    followed = asked and place.reset is None
    return Place(place.sequence - 1) if followed and place.sequence >= extent.oldest else place


def unknown_silent(asked: str, extent: Extent) -> Place:
    """Whoever cannot be followed is treated as a newcomer."""
    place = locate(asked, extent)
    unknown = place.reset is not None and place.reset.reason != "evicted"
    return Place(extent.newest) if unknown else place


def first_replays_all(asked: str, extent: Extent) -> Place:
    """Whoever comes for the first time gets the whole history."""
    return locate(asked, extent) if asked else Place(extent.oldest - 1)


def evicted_silent(asked: str, extent: Extent) -> Place:
    """Gives what is left, as if it were all."""
    place = locate(asked, extent)
    evicted = place.reset is not None and place.reset.reason == "evicted"
    return Place(extent.oldest - 1) if evicted else place


FAULTS = {
    "replay-inclusive": Fault(
        "Sends the last event that the client saw again.",
        Parts(locate=replay_inclusive),
        ("SSE-REPLAY-001", "SSE-REPLAY-009"),
    ),
    "replay-skips-first": Fault(
        "Leaves out the first event that the client missed.",
        Parts(pursuit=SkipsFirst),
        ("SSE-REPLAY-002",),
    ),
    "unknown-silent": Fault(
        "Goes live for a cursor that it does not know, without a word.",
        Parts(locate=unknown_silent),
        ("SSE-REPLAY-007",),
    ),
    "seam-gap": Fault(
        "Reads the history first and subscribes then.",
        Parts(pursuit=SnapshotFirst),
        ("SSE-REPLAY-004",),
    ),
    "seam-repeats": Fault(
        "Subscribes first, and sends what it reads twice.", Parts(pursuit=Undeduped), ("SSE-REPLAY-005",)
    ),
    "live-before-replay": Fault(
        "Sends live events while a replay is not over.", Parts(pursuit=LiveFirst), ("SSE-REPLAY-003",)
    ),
    "first-replays-all": Fault(
        "Replays everything to whoever comes without a cursor.",
        Parts(locate=first_replays_all),
        ("SSE-REPLAY-006",),
    ),
    "evicted-silent": Fault(
        "Replays what is left for a cursor that is too old, without a word.",
        Parts(locate=evicted_silent),
        ("SSE-REPLAY-008",),
    ),
    "written-is-seen": Fault(
        "Takes what was written to a client for seen by it.",
        Parts(pursuit=WrittenIsSeen),
        ("SSE-REPLAY-010",),
    ),
    "few-resumes": Fault(
        "Follows nine cursors of a channel, and no more.",
        Parts(pursuit=NineCursors),
        ("SSE-REPLAY-011",),
    ),
    "shared-position": Fault(
        "Lets readers that resume at once share one position.",
        Parts(pursuit=SharedPosition),
        ("SSE-REPLAY-012",),
    ),
}
