"""What has become of the messages so far. Counts only."""

from collections import Counter
from dataclasses import dataclass, field

from .latencies import Latencies

__all__ = ["Tally"]


@dataclass(slots=True)
class Tally:
    """Messages, but for `posts`, `retries` (POSTs), `body_bytes` (acknowledged) and `answers` (by status).

    `late` messages are those that a device has held back until its network was there again.
    `lateness` and `delivery` are counted from the moment at which a live message was due: until it was handed
    to the sink, and until the receiver had taken it.
    """

    generated: int = 0
    accepted: int = 0
    duplicates: int = 0
    rejected: int = 0
    late: int = 0
    posts: int = 0
    retries: int = 0
    body_bytes: int = 0
    answers: Counter[int] = field(default_factory=Counter)
    latencies: list[float] = field(
        default_factory=list
    )  # seconds of the POSTs since they were last looked at
    lateness: Latencies = field(default_factory=Latencies)
    delivery: Latencies = field(default_factory=Latencies)

    @property
    def settled(self) -> int:
        """Messages whose fate is known."""
        return self.accepted + self.duplicates + self.rejected

    @property
    def undelivered(self) -> int:
        """Messages that were made and have not arrived."""
        return self.generated - self.accepted - self.duplicates
