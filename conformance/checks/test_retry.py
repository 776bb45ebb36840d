"""RETRY: how soon clients are told to come back."""

from conformance.checks.bodies import Bodies, grammatical, retries
from conformance.checks.judge import noted
from conformance.row import row
from conformance.verdict import Judgement, Verdict


@row("SSE-RETRY-001")
def test_digits(sse_bodies: Bodies) -> Judgement:
    """Read every retry line that came."""
    return _judged("SSE-RETRY-001", sse_bodies, "retry in ASCII digits")


@row("SSE-RETRY-002")
def test_plausible(sse_bodies: Bodies) -> Judgement:
    """Read every retry line that came, as milliseconds."""
    return _judged("SSE-RETRY-002", sse_bodies, "retry from 100 to 3 600 000 ms")


def _judged(row_id: str, bodies: Bodies, expected: str) -> Judgement:
    if bodies.size and not retries(bodies):
        return noted(Verdict.INFO, expected, "no retry line came: clients choose their own time")
    return grammatical(row_id, bodies, expected, but_written=True)
