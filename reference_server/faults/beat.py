"""Heartbeats that do harm, or none."""

from reference_server.faults.fault import Fault
from reference_server.parts import Parts

__all__ = ["FAULTS"]


def no_heartbeat() -> bytes:
    """For a proxy the connection is idle, and it cuts it."""
    return b""


def heartbeat_as_data() -> bytes:
    """Every page has to tell it from its events."""
    return b"data: heartbeat\n\n"


def heartbeat_with_id() -> bytes:
    """Whoever comes back with this id is lost."""
    return b":\nid: heartbeat\n\n"


FAULTS = {
    "no-heartbeat": Fault("Sends no heartbeat.", Parts(heartbeat=no_heartbeat), ("SSE-BEAT-001",)),
    "heartbeat-as-data": Fault(
        "Sends its heartbeat as an event.", Parts(heartbeat=heartbeat_as_data), ("SSE-BEAT-002",)
    ),
    "heartbeat-with-id": Fault(
        "Sends an id with its heartbeat that is no cursor.",
        Parts(heartbeat=heartbeat_with_id),
        ("SSE-BEAT-004", "SSE-ID-005"),
    ),
}
