"""How much of a server a run may take: streams at once, and requests. Sends nothing."""

import threading
from collections.abc import Sequence

from conformance.target import Target
from conformance.verdict import Unjudged, Verdict
from conformance.wire import WireStream

__all__ = ["Ration"]


class Ration:
    """One for all captures of a run, from whatever thread they ask."""

    def __init__(self, target: Target) -> None:
        polite = target.politeness
        most = target.limits.streams
        self._most_streams = min(most, polite.max_streams or most) if polite else most
        self._most_requests = polite.max_requests if polite else None
        self._requests = 0
        self._counted = threading.Lock()

    def room(self, opened: Sequence[WireStream]) -> int:
        """How many streams may be opened beside those of `opened` that are open still."""
        return max(0, self._most_streams - sum(not stream.closed for stream in tuple(opened)))

    def stream(self, opened: Sequence[WireStream]) -> None:
        """Raises Unjudged where one more beside those of `opened` that are open still is one too many."""
        if not self.room(opened):
            told = (
                f"politeness: needs more than {self._most_streams} streams at once; the target can allow them"
            )
            raise Unjudged(Verdict.SKIP, told)
        self.request()

    def afford(self, requests: int) -> None:
        """Raises Unjudged where so many are too many for a stranger: asked first, none of them is wasted."""
        with self._counted:
            left = None if self._most_requests is None else self._most_requests - self._requests
        if left is not None and left < requests:
            told = f"politeness: needs {requests} requests, and {left} are left; the target can allow more"
            raise Unjudged(Verdict.SKIP, told)

    def request(self) -> None:
        """Raises Unjudged where it would be one too many for a stranger's server."""
        with self._counted:
            if self._most_requests is not None and self._requests >= self._most_requests:
                told = f"politeness: {self._most_requests} requests were sent; the target can allow more"
                raise Unjudged(Verdict.SKIP, told)
            self._requests += 1
