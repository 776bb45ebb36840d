"""The devices that were ever heard of: bounded, since each costs memory for good. Does no I/O."""

from collections.abc import Iterable, Sequence

from reference_server.refusal import RefusedError

__all__ = ["Roster"]


class Roster:
    """Names of devices."""

    def __init__(self, known: Iterable[str], most: int) -> None:
        self._known = set(known)
        self._most = most

    def enrol(self, devices: Sequence[str]) -> None:
        """Take in all of a request's devices, or none. Raises RefusedError for the first too many."""
        new: set[str] = set()
        for index, device in enumerate(devices):
            if device in self._known:
                continue
            new.add(device)
            if len(self._known) + len(new) > self._most:
                error, expected = "a device too many", f"one of the {self._most} that are known"
                raise RefusedError(422, error, index=index, field="device", expected=expected)
        self._known |= new
