"""CACHE: caching and transformation."""

from collections.abc import Mapping

from conformance.checks.fields import tokens
from conformance.checks.judge import accepted, broken, head_of, inconclusive, met
from conformance.reading import Reading
from conformance.row import row
from conformance.verdict import Judgement

OK = 200
UNCACHED = ("no-cache", "no-store")
MISTAKEN = {206, *range(300, 500)} - {429}  # another answer than whoever asks without gets


@row("SSE-CACHE-001")
def test_not_from_a_cache(sse_opening: Reading) -> Judgement:
    """Subscribe, and read Cache-Control."""
    values = accepted(sse_opening).all("cache-control")
    found = [name for name in UNCACHED if name in tokens(values)]
    observed = f"Cache-Control: {'; '.join(values)}" if values else "no Cache-Control"
    if not found:
        return broken("Cache-Control with no-cache or no-store", observed, sse_opening)
    return met(f"{observed}: {' and '.join(found)}", sse_opening)


@row("SSE-CACHE-002")
def test_not_transformed(sse_opening: Reading) -> Judgement:
    """Subscribe, and look for the words by which proxies are told not to collect what they pass on."""
    head = accepted(sse_opening)
    told = {
        "Cache-Control: no-transform": "no-transform" in tokens(head.all("cache-control")),
        "X-Accel-Buffering: no": "no" in tokens(head.all("x-accel-buffering")),
    }
    missing = [name for name, there in told.items() if not there]
    if missing:
        return broken(" and ".join(told), f"without {' and '.join(missing)}", sse_opening)
    return met(" and ".join(told), sse_opening)


@row("SSE-CACHE-003")
def test_not_conditional(sse_conditions: Mapping[str, Reading], sse_opening: Reading) -> Judgement:
    """Subscribe as one who has a copy, by its tag and by its date; and ask for a range."""
    accepted(sse_opening)
    for condition, reading in sse_conditions.items():
        head = head_of(reading)
        if head.status in MISTAKEN:
            return broken(f"the stream, whatever {condition}", head.line, reading)
        if head.status != OK:
            return inconclusive(f"{condition}: {head.line}", reading)
    return met(f"the stream with {', '.join(sse_conditions)}", next(iter(sse_conditions.values())))
