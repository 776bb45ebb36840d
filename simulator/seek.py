"""A group in the midst of its run: as if it had come there from the beginning. Does no I/O."""

from .group import Group, longest_delay
from .plan import GroupPlan, Span
from .timeline import timeline_of

__all__ = ["group_after"]


def group_after(plan: GroupPlan, span: Span, position: int) -> Group:
    """A group that has handed over all that is due by `position` (ms UTC), and knows what it still holds."""
    group = Group(plan, span, begin=max(span.origin, _begin(plan, span, position)))
    group.prepare()
    for _ in group.due(position):
        pass
    return group


def _begin(plan: GroupPlan, span: Span, position: int) -> int:
    """From where on there may be samples that are due later than `position`, or held back until then."""
    profile = plan.profile
    wait = max((longest_delay(fault, profile) for fault in plan.faults), default=0)
    begin = position - 2 * profile.jitter - 1 - wait
    outages = timeline_of(plan, span).overlapping(begin, position + 2 * profile.jitter + 1)
    return min([begin, *(episode.start for episode in outages if episode.fault.kind == "offline")])
