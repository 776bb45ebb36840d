"""Heartbeats that do harm, or none."""

__all__ = ["as_data", "none", "with_id"]


def none() -> bytes:
    """For a proxy the connection is idle, and it cuts it."""
    return b""


def as_data() -> bytes:
    """Every page has to tell it from its events."""
    return b"data: heartbeat\n\n"


def with_id() -> bytes:
    """Whoever comes back with this id is lost."""
    return b":\nid: heartbeat\n\n"
