"""What ties a check to its row of the requirements, and to the payloads that it wants to see published."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

import pytest

__all__ = ["MARKER", "Payload", "row"]

MARKER = "sse_row"
Check = TypeVar("Check", bound=Callable[..., object])


@dataclass(frozen=True, slots=True)
class Payload:
    """The fields of an event to be published; None for one that is not set."""

    data: str
    event: str | None = None
    id: str | None = None


def row(id: str, *payloads: Payload) -> Callable[[Check], Check]:  # noqa: A002 - as everybody calls it
    """Mark a check as the one of row `id`; what became of its `payloads` comes to it as `sse_trials`."""

    def mark(check: Check) -> Check:
        marked: Check = getattr(pytest.mark, MARKER)(id, payloads)(check)
        return marked

    return mark
