"""Reconnection times that clients cannot use, or should not."""

import re

from reference_server.faults.block import RewritingOutlet
from reference_server.faults.fault import Fault
from reference_server.parts import Parts

__all__ = ["FAULTS"]

RETRY = re.compile(rb"^retry: (\d+)$", re.MULTILINE)


class UnitOutlet(RewritingOutlet):
    """A duration as people write it, which clients ignore."""

    __slots__ = ()

    def rewrite(self, body: bytes) -> bytes:
        return RETRY.sub(rb"retry: \1ms", body)


class StormOutlet(RewritingOutlet):
    """Seconds where milliseconds are meant."""

    __slots__ = ()

    def rewrite(self, body: bytes) -> bytes:
        return RETRY.sub(lambda found: b"retry: %d" % (int(found[1]) // 1000), body)


FAULTS = {
    "retry-with-unit": Fault("Writes a unit behind retry.", Parts(outlet=UnitOutlet), ("SSE-RETRY-001",)),
    "retry-in-seconds": Fault(
        "Writes retry in seconds, so clients come back at once.",
        Parts(outlet=StormOutlet),
        ("SSE-RETRY-002",),
    ),
}
