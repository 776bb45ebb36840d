"""A finding that may be the moment's is looked at again before it is held against a server. Pure.

Nothing erodes trust in a suite like a verdict that changes between runs against the same server, so a row
that depends on timing has to fail each time; where it does not, that itself is the finding. But whoever is
late while this suite asks a dozen other things of it is only asked again: what counts is what comes then.
"""

from collections.abc import Callable
from dataclasses import replace

from conformance.verdict import Judgement, Verdict

__all__ = ["REPEATS", "steady"]

REPEATS = 2
KIND = {Verdict.PASS, Verdict.WARN, Verdict.INFO}


def steady(first: Judgement, again: Callable[[], Judgement], *, tentative: bool = False) -> Judgement:
    """`first`, or FLAKY where it is a failure and one of the repeats is none; both are kept.

    `tentative`: where all repeats agree that it is none, they are believed, since they had the server to
    themselves. So is what comes where there was too little to judge by at first.
    """
    if tentative and first.verdict is Verdict.INCONCLUSIVE:
        first = again()
    if first.verdict is not Verdict.FAIL:
        return first
    kind: dict[int, Judgement] = {}
    for number in range(1, REPEATS + 1):
        other = again()
        if other.verdict in KIND:
            kind[number] = other
            if not tentative:
                break
    if not kind:
        return first
    number, other = next(iter(kind.items()))
    return other if len(kind) == REPEATS else _flaky(first, other, number)


def _flaky(first: Judgement, other: Judgement, number: int) -> Judgement:
    return replace(
        first,
        verdict=Verdict.FLAKY,
        reason=f"FAIL, and {other.verdict} when it was tried again (repeat {number} of at most {REPEATS})",
        observed=f"first: {first.observed}; then: {other.observed or other.reason}",
        other=other,
    )
