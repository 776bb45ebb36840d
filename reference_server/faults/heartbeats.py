"""Heartbeats that do harm, or none."""

__all__ = ["as_data", "none", "with_id"]


def none() -> bytes:
    return b""


def as_data() -> bytes:
    return b"data: heartbeat\n\n"


def with_id() -> bytes:
    return b":\nid: heartbeat\n\n"
