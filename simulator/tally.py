"""What has become of the messages so far. Counts only."""

from dataclasses import dataclass, field

__all__ = ["Tally"]


@dataclass(slots=True)
class Tally:
    """Messages, but for `posts`, `retries` (POSTs) and `body_bytes` (acknowledged)."""

    generated: int = 0
    accepted: int = 0
    duplicates: int = 0
    rejected: int = 0
    posts: int = 0
    retries: int = 0
    body_bytes: int = 0
    latencies: list[float] = field(
        default_factory=list
    )  # seconds of the POSTs since they were last looked at

    @property
    def settled(self) -> int:
        """Messages whose fate is known."""
        return self.accepted + self.duplicates + self.rejected

    @property
    def undelivered(self) -> int:
        """Messages that were made and have not arrived."""
        return self.generated - self.accepted - self.duplicates
