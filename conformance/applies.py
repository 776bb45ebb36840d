"""Whether a row can be judged for a target, by what it declares and what was judged before. Pure."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial

from conformance.requirements import Need, Requirement
from conformance.target import Target, is_loopback
from conformance.target.credentials import MAIN
from conformance.target.placeholders import names
from conformance.target.roads import roads
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
        if HAS[need](target) is False:
            return Judgement(Verdict.NOT_APPLICABLE, REASONS.get(need, ABSENT))
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
    unknown = [need for need in requirement.needs if HAS[need](target) is None]
    if not unknown or judgement.verdict not in PROBED:
        return judgement
    reason = f"the target declares no {_key(unknown[0])}"
    seen = judgement.observed or judgement.reason
    return replace(judgement, verdict=Verdict.INFO, reason=f"{reason}; seen: {seen}")


def _publisher(target: Target) -> bool:
    return target.publish is not None and target.publish.driver != "none"


def _sets(field: str, target: Target) -> bool | None:
    """Whether the publisher sets a field beside data; it does not where nothing would carry the value."""
    if target.publish is None:
        return None
    declared: bool | None = getattr(target.publish.fields, field)
    request = target.publish.request
    if declared is not None or request is None:
        return declared
    texts = [request.path, request.url, request.query, request.headers]
    carried = {*names([*texts, request.body, request.json, request.form])}
    return None if carried & {field, "sse_frame"} else False


def _retention(target: Target) -> bool:
    kept = target.cursor.retention if target.cursor else None
    return kept is not None and kept.count is not None


def _local(target: Target) -> bool | None:
    return target.target.local if is_loopback(target.target.base_url) else False


# Whether a target has what a row needs; None where it says nothing of it, and it may
HAS: Mapping[Need, Callable[[Target], bool | None]] = {
    "publish": _publisher,
    "publish.event": partial(_sets, "event"),
    "publish.id": partial(_sets, "id"),
    "publish.retry": partial(_sets, "retry"),
    "publish.comment": partial(_sets, "comment"),
    "cursor": lambda target: target.cursor.supported if target.cursor else None,
    "cursor.header": lambda target: target.cursor.header if target.cursor else None,
    "cursor.query": lambda target: bool(target.cursor and target.cursor.query),
    "cursor.lossless": lambda target: target.cursor.delivery != "at-most-once" if target.cursor else None,
    "cursor.unrepeated": lambda target: target.cursor.delivery != "at-least-once" if target.cursor else None,
    "cursor.retention": _retention,
    "heartbeat": lambda target: target.heartbeat.interval is not None if target.heartbeat else None,
    "open-ended": lambda target: not target.subscribe.finite,
    "finite": lambda target: target.subscribe.ends,
    "server-framing": lambda target: target.target.framing == "server",
    "http-1.0": lambda target: "1.0" in target.target.http if target.target.http else None,
    "http-2": lambda target: "2" in (target.target.http or ()),
    "road": lambda target: any(roads(target)),
    "local": _local,
    "auth": lambda target: MAIN in target.auth,
    "cors": lambda target: target.cors is not None,
    "process": lambda target: target.process is not None,
    "cap": lambda target: target.limits.cap is not None,
}
REASONS: Mapping[Need, str] = {
    "publish": "no-publisher",
    "server-framing": "framed-by-publisher",
    "process": "no-process",
    "cap": "no-cap",
    "local": "not-local",
    "http-2": "no-http-2",
    "road": "no-road",
}  # of an N/A
KEYS: Mapping[Need, str] = {  # that declare a need
    "http-1.0": "target.http",
    "local": "target.local",
    "publish.event": "publish.fields.event",
    "publish.id": "publish.fields.id",
    "publish.retry": "publish.fields.retry",
    "publish.comment": "publish.fields.comment",
}


def _key(need: Need) -> str:
    """What the target would have to say."""
    return KEYS.get(need) or f"[{need.partition('.')[0]}]"
