"""How long a receiver has not taken anything, what is said about it, and when to give up. Reads no clock."""

from collections.abc import Callable

__all__ = ["Outage", "UndeliverableError"]

QUIET = 5.0  # seconds between two sentences, for a receiver that is now busy, now not


class UndeliverableError(Exception):
    """The receiver can't be reached or won't take our messages; says what happened and what to do."""


class Outage:
    """Shared by all workers: a success of one is a sign of life for the others. Times in seconds."""

    def __init__(self, url: str, give_up: float, say: Callable[[str], None]) -> None:
        self._url, self._give_up, self._say = url, give_up, say
        self._since: float | None = None
        self._told: float | None = None  # when the trouble was last told
        self.reason = ""  # what keeps us waiting now

    def failed(self, reason: str, now: float) -> float:
        """Note a failure; how many seconds there are left to try. Raises UndeliverableError if none are."""
        self.reason = reason
        if self._since is None:
            self._since = now
            if self._told is None or now - self._told > QUIET:
                self._told = now
                self._say(f"{self._url}: {reason}; trying again for up to {self._give_up:g} s")
        left = self._since + self._give_up - now
        if left <= 0:
            raise UndeliverableError(
                f"{self._url}: {reason}, for {self._give_up:g} s; gave up (sink.give_up)"
            )
        return left

    def over(self, now: float) -> None:
        """Note a success."""
        if self._since is not None and now - self._since > QUIET:
            self._say(f"{self._url}: taking messages again after {now - self._since:.0f} s")
        self._since, self.reason = None, ""
