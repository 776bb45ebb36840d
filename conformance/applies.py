"""Whether a row can be judged for a target, by what it declares and what was judged before. Pure."""

from collections.abc import Mapping
from dataclasses import replace

from conformance.requirements import Need, Requirement
from conformance.target import Target
from conformance.verdict import Judgement, Verdict

__all__ = ["blocked", "undeclared"]

ABSENT = "declared-absent"
NEEDS_SLOW = "needs-slow: it takes minutes, and is judged with --sse-slow"
BLOCKING = {Verdict.FAIL, Verdict.FLAKY, Verdict.WAIVED, Verdict.DEPENDENCY, Verdict.INCONCLUSIVE}
PROBED = {Verdict.PASS, Verdict.FAIL, Verdict.WARN}
ATTACKS = "INJ"


def blocked(
    requirement: Requirement, target: Target, judged: Mapping[str, Judgement], *, slow: bool = False
) -> Judgement | None:
    """Why the row is not judged; None where it can be. One that takes minutes can only if `slow`."""
    for need in requirement.needs:
        reason = _absence(need, target)
        if reason:
            return Judgement(Verdict.NOT_APPLICABLE, reason)
    if requirement.slow and not slow:
        return Judgement(Verdict.SKIP, NEEDS_SLOW)
    polite = target.politeness
    if requirement.section == ATTACKS and polite is not None and not polite.allow_attacks:
        return Judgement(Verdict.SKIP, "politeness: attacks need `politeness.allow_attacks` in the target")
    for row in requirement.requires:
        found = judged.get(row)
        if found is not None and found.verdict in BLOCKING:
            return Judgement(Verdict.DEPENDENCY, f"{row} is {found.verdict}")
    return None


def undeclared(requirement: Requirement, target: Target, judgement: Judgement) -> Judgement:
    """`judgement`, or an observation of it where the target says nothing of what the row is about."""
    unknown = [need for need in requirement.needs if _unknown(need, target)]
    if not unknown or judgement.verdict not in PROBED:
        return judgement
    reason = f"the target declares no [{unknown[0].partition('.')[0]}]"
    seen = judgement.observed or judgement.reason
    return replace(judgement, verdict=Verdict.INFO, reason=f"{reason}; seen: {seen}")


def _absence(need: Need, target: Target) -> str:
    """The reason of an N/A, or "" where the target has it, or may have it."""
    match need:
        case "publish":
            return "no-publisher" if target.publish is None or target.publish.driver == "none" else ""
        case "publish.event":
            return ABSENT if target.publish and target.publish.fields.event is False else ""
        case "cursor":
            return ABSENT if target.cursor and not target.cursor.supported else ""
        case "heartbeat":
            return ABSENT if target.heartbeat and target.heartbeat.interval is None else ""
        case "open-ended":
            return ABSENT if target.subscribe.finite else ""
        case "server-framing":
            return "framed-by-publisher" if target.target.framing == "publisher" else ""


def _unknown(need: Need, target: Target) -> bool:
    """Whether the target says neither that it has it nor that it has it not."""
    match need:
        case "publish.event":
            return target.publish is not None and target.publish.fields.event is None
        case "cursor":
            return target.cursor is None
        case "heartbeat":
            return target.heartbeat is None
        case _:
            return False
