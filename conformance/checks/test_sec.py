"""SEC: access and isolation."""

from collections.abc import Mapping

from conformance.captures.channel import Cursor
from conformance.captures.isolation import Isolation
from conformance.checks.judge import accepted, broken, head_of, inconclusive, met, noted
from conformance.evidence import counted, quoted
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


@row("SSE-SEC-002")
def test_nothing_crosses_live(sse_isolation: Isolation) -> Judgement:
    """Read two channels whose names begin alike, as two principals where there are, and publish on both."""
    story = sse_isolation
    sides = [(story.first, story.mine, story.theirs), (story.second, story.theirs, story.mine)]
    for reader, own, foreign in sides:
        accepted(reader.reading)
        crossed = [text for text in reader.texts if text in foreign]
        if crossed:
            observed = f"{counted(len(crossed), 'event')} of the other's came"
            place = reader.places[reader.texts.index(crossed[0])]
            return broken(f"its own events only, between {story.between}", observed, reader.reading, at=place)
        if not set(own) <= set(reader.texts):
            return inconclusive("a reader did not get its own events either", reader.reading)
    told = f"{len(story.mine)} and {len(story.theirs)} events, none of which crossed between {story.between}"
    return met(told, story.first.reading)


@row("SSE-SEC-003")
def test_nothing_crosses_by_replay(sse_isolation: Isolation, sse_borrowed: tuple[Cursor, str]) -> Judgement:
    """Resume on one channel with an id that only readers of the other one can know."""
    reader, own = sse_borrowed
    crossed = [text for text in reader.texts if text in sse_isolation.mine]
    if crossed:
        observed = f"{counted(len(crossed), 'event')} of the other's came for its id {quoted(reader.id)}"
        place = reader.places[reader.texts.index(crossed[0])]
        expected = f"its own events only, between {sse_isolation.between}"
        return broken(expected, observed, reader.reading, at=place)
    head = head_of(reader.reading)
    if head.status in REFUSED:
        return met(f"an id of the other's is refused: {head.line}", reader.reading)
    accepted(reader.reading)
    if own not in reader.texts and own:
        return inconclusive("a reader with a borrowed id did not get its own events either", reader.reading)
    return met(f"an id of the other's, {quoted(reader.id)}, brought none of its events", reader.reading)


@row("SSE-SEC-004")
def test_foreigners_are_refused(sse_foreign: Mapping[str, Reading], sse_opening: Reading) -> Judgement:
    """Subscribe as a page of elsewhere does, and by a name that somebody let point to this machine."""
    kind = accepted(sse_opening).media_type
    for name, reading in sse_foreign.items():
        head = head_of(reading)
        if head.status not in REFUSED and head.media_type == kind:  # a proxy may have another site
            expected = f"a status of 4xx for {name}"
            return broken(expected, _let_in(head), reading)
        if head.status == UNAUTHORIZED:
            return inconclusive(f"{name}: {head.line}: refused, but not for that", reading)
    told = ", ".join(f"{name}: {head_of(reading).line}" for name, reading in sse_foreign.items())
    return met(told, next(iter(sse_foreign.values())))


def _let_in(head: Head) -> str:
    return f"{head.line}, {head.media_type or 'no Content-Type'}: any page that is open here may read"
