"""How a check speaks: judgements made from streams, with the bytes and the command that show them. Pure."""

from typing import Any

from conformance.evidence import again, excerpt
from conformance.reading import Head, Reading
from conformance.verdict import Judgement, Unjudged, Verdict

__all__ = ["accepted", "broken", "head_of", "inconclusive", "met", "noted"]

MOST_ARRIVALS = 200  # in a report
OK = 200
HELD_BACK = (
    ": perhaps the server holds it back until its first event (flush it when the subscription is accepted), "
    "or a proxy in front collects the response (X-Accel-Buffering: no)"
)


def met(observed: str, reading: Reading | None = None, *, at: int | None = None) -> Judgement:
    """The row holds, as far as was looked; `observed` says how far that is."""
    return Judgement(Verdict.PASS, observed=observed, **_shown(reading, at))


def broken(
    expected: str,
    observed: str,
    reading: Reading | None = None,
    *,
    at: int | None = None,
    evidence: bytes = b"",
    reproduce: str = "",
    declared: bool = False,
) -> Judgement:
    """The row does not hold. `at` is the offset in the body of the bytes that show it."""
    shown = _shown(reading, at)
    if evidence:
        shown["evidence"], shown["cut"] = evidence, (False, False)
    if reproduce:
        shown["reproduce"] = reproduce
    return Judgement(Verdict.FAIL, expected=expected, observed=observed, declared=declared, **shown)


def noted(verdict: Verdict, expected: str, observed: str, reading: Reading | None = None) -> Judgement:
    """A judgement whose verdict does not follow from the row's level."""
    return Judgement(verdict, expected=expected, observed=observed, **_shown(reading, None))


def inconclusive(reason: str, reading: Reading | None = None) -> Judgement:
    """There is too little to judge."""
    return Judgement(Verdict.INCONCLUSIVE, reason=reason, **_shown(reading, None))


def head_of(reading: Reading) -> Head:
    """The response head. Raises Unjudged where there is none."""
    if reading.head is not None:
        return reading.head
    took, end = f"{reading.transcript.lasted:.1f} s", reading.transcript.end
    if reading.malformed:
        why = f"not HTTP: {reading.malformed}"
    elif end:
        why = f"the connection ended without a response head after {took}: {end}"
    else:
        why = f"connected, and no response head came in {took}{HELD_BACK}"
    raise Unjudged(Verdict.INCONCLUSIVE, f"{reading.transcript.label}: {why}")


def accepted(reading: Reading) -> Head:
    """The head of a stream that was accepted. Raises Unjudged for any other."""
    head = head_of(reading)
    if head.status != OK:
        where = head.all("location")
        hint = f" (it leads to {where[0]}: name that address in the target)" if where else ""
        line = f"{reading.transcript.label}: the subscription was not accepted: {head.line}{hint}"
        raise Unjudged(Verdict.INCONCLUSIVE, line)
    return head


def _shown(reading: Reading | None, at: int | None) -> dict[str, Any]:
    if reading is None:
        return {}
    arrivals = reading.transcript.arrivals[:MOST_ARRIVALS]
    head = reading.head.raw if reading.head else b""
    evidence, cut = excerpt(reading.body, at) if at is not None else (head, (False, False))
    return {
        "evidence": evidence,
        "cut": cut,
        "reproduce": again(reading.transcript),
        "arrivals": tuple((round(one.seconds, 6), len(one.data)) for one in arrivals),
    }
