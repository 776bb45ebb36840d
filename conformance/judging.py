"""A check is run on what was captured, and again where its row depends on the moment. Records nothing."""

from collections.abc import Callable, Mapping
from functools import partial

from conformance.captures.by_name import CAPTURES
from conformance.repeats import steady
from conformance.requirements import REQUIREMENTS
from conformance.stage import Stage
from conformance.verdict import Judgement, Unjudged

__all__ = ["judged"]


def judged(
    row: str, check: Callable[..., Judgement], given: Mapping[str, object], stage: Stage | None
) -> Judgement:
    """What the check of `row` comes to with what it is `given` by name, some of it captured on `stage`."""
    first = _judged(check, lambda: given)
    requirement = REQUIREMENTS[row]
    if not requirement.racy or stage is None:
        return first
    again = {name: partial(stage.again, name) for name in given if name in CAPTURES}
    return steady(
        first,
        lambda: _judged(check, lambda: {**given, **{name: capture() for name, capture in again.items()}}),
        tentative=requirement.tentative,
    )


def _judged(check: Callable[..., Judgement], given: Callable[[], Mapping[str, object]]) -> Judgement:
    """What the check returns, or says that it cannot."""
    try:
        return check(**given())
    except Unjudged as unjudged:
        return unjudged.judgement
