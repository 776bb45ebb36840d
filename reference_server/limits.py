"""How much of anything the server takes. One table, so that nobody has to search for a number."""

from dataclasses import dataclass

__all__ = ["Limits"]


@dataclass(frozen=True, slots=True)
class Limits:
    """Bytes, counts and seconds."""

    body: int = 8 << 20  # bytes of a request's body; a JSON text of 1 MiB may need six
    body_seconds: float = 30.0  # for a body to arrive in
    batch: int = 10_000  # items in one request
    item: int = 4 << 20  # bytes of one item's data
    header: int = 16 << 10  # bytes of one header field; a cursor of 8 KiB is still read
    connections: int = 24_000
    idle_seconds: float = 75.0  # that a connection may go without the complete head of a request
    subscribers: int = 20_000  # and channels: one that nobody listens to costs nothing
    devices: int = 100_000
    commit_queue: int = 64 << 20  # bytes of items that wait for their commit
    tail_frames: int = 20_000  # the newest events, kept in memory
    tail_bytes: int = 64 << 20
    write: int = 256 << 10  # bytes that one subscriber gets in one write; one larger event is still allowed
    backlog: int = 64 << 10  # bytes that wait in a subscriber's transport before it counts as full
    stall_seconds: float = 30.0  # a subscriber that takes no byte for so long is cut
    stop_seconds: float = 1.0  # what open responses get to end in
    dedupe_seconds: float = 7 * 86_400.0  # for so long a late repeat is recognised
