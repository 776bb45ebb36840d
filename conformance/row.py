"""What ties a check to its row of the requirements, and to the payloads that it wants to see published."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

import pytest

__all__ = ["MARKER", "Payload", "row"]

MARKER = "sse_row"
OPTIONAL = ("id", "event", "retry", "comment")
Check = TypeVar("Check", bound=Callable[..., object])


@dataclass(frozen=True, slots=True)
class Payload:
    """The fields of an event to be published; None for one that is not set.

    `retry` may be what no client understands. In `data`, the code points U+DC80 to U+DCFF stand for bytes
    that are no UTF-8, as in Python's own "surrogateescape".
    """

    data: str
    event: str | None = None
    id: str | None = None
    retry: float | str | None = None
    comment: str | None = None

    @property
    def fields(self) -> frozenset[str]:
        """The names of those beside `data` that are set."""
        return frozenset(name for name in OPTIONAL if getattr(self, name) is not None)

    @property
    def told(self) -> str:
        """The text that matters: that of a field beside `data`, where one is set."""
        return str(next((getattr(self, name) for name in OPTIONAL if name in self.fields), self.data))


def row(id: str, *payloads: Payload) -> Callable[[Check], Check]:  # noqa: A002 - as everybody calls it
    """Mark a check as the one of row `id`; what became of its `payloads` comes to it as `sse_trials`."""

    def mark(check: Check) -> Check:
        marked: Check = getattr(pytest.mark, MARKER)(id, payloads)(check)
        return marked

    return mark
