"""The devices that were ever heard of: bounded, since each costs memory for good. Does no I/O."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager

from reference_server.refusal import RefusedError

__all__ = ["Roster"]


class Roster:
    """Names of devices that the log has kept something of, or whose first commit is under way."""

    def __init__(self, known: Iterable[str], most: int) -> None:
        self._known = set(known)
        self._coming: Counter[str] = Counter()  # in how many requests
        self._most = most

    @contextmanager
    def enrolled(self, devices: Sequence[str]) -> Iterator[None]:
        """Take in all of a request's devices, but only for the block if the log refuses to keep them.

        Raises RefusedError for the first too many.
        """
        new: set[str] = set()
        room = self._most - len(self._known) - len(self._coming)
        for index, device in enumerate(devices):
            if device in self._known or device in new:
                continue
            new.add(device)
            room -= device not in self._coming
            if room < 0:
                error, expected = "a device too many", f"one of the {self._most} that are known"
                raise RefusedError(422, error, index=index, field="device", expected=expected)
        self._coming.update(new)
        kept = new
        try:
            yield
        except RefusedError:  # and not when a sender has left: what it sent may be committed all the same
            kept = set()
            raise
        finally:
            self._coming -= Counter(new)
            self._known |= kept
