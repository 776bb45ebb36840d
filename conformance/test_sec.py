"""SEC: access and isolation."""

from collections.abc import Mapping

from conformance.judge import accepted, broken, head_of, inconclusive, met, noted
from conformance.reading import Head, Reading
from conformance.row import row
from conformance.verdict import Judgement, Verdict

BAD_REQUEST, UNAUTHORIZED, FORBIDDEN, NOT_FOUND = 400, 401, 403, 404
REFUSED = range(400, 500)


@row("SSE-SEC-001")
def test_strangers_may_not_read(sse_strangers: Mapping[str, Reading], sse_opening: Reading) -> Judgement:
    """Subscribe without credentials, and with some that were made up."""
    accepted(sse_opening)
    for name, reading in sse_strangers.items():
        head = head_of(reading)
        if head.status == UNAUTHORIZED and not head.all("www-authenticate"):
            observed = f"{name}: {head.line}, and no WWW-Authenticate: no client knows what to bring"
            return broken("WWW-Authenticate with 401", observed, reading)
        if head.status == BAD_REQUEST:
            return noted(Verdict.WARN, "401 or 403", f"{name}: {head.line}", reading)
        if head.status not in (UNAUTHORIZED, FORBIDDEN, NOT_FOUND):
            hint = ": if everybody may read, call the publisher in [auth] something else than main"
            observed = f"{name}: {head.line}, {head.media_type or 'no Content-Type'}{hint}"
            return broken("401 or 403, and not one byte of a stream", observed, reading)
    told = ", ".join(f"{name}: {head_of(reading).line}" for name, reading in sse_strangers.items())
    return met(told, next(iter(sse_strangers.values())))


@row("SSE-SEC-004")
def test_foreigners_are_refused(sse_foreign: Mapping[str, Reading], sse_opening: Reading) -> Judgement:
    """Subscribe as a page of elsewhere does, and by a name that somebody let point to this machine."""
    accepted(sse_opening)
    for name, reading in sse_foreign.items():
        head = head_of(reading)
        if head.status not in REFUSED:
            expected = f"a status of 4xx for {name}"
            return broken(expected, _let_in(head), reading)
        if head.status == UNAUTHORIZED:
            return inconclusive(f"{name}: {head.line}: refused, but not for that", reading)
    told = ", ".join(f"{name}: {head_of(reading).line}" for name, reading in sse_foreign.items())
    return met(told, next(iter(sse_foreign.values())))


def _let_in(head: Head) -> str:
    return f"{head.line}, {head.media_type or 'no Content-Type'}: any page that is open here may read"
