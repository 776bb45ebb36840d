"""CORS: pages of other origins. Judges the fields that a browser looks at, one by one."""

from conformance.captures.origins import ASKED, Origins
from conformance.checks.fields import tokens
from conformance.checks.judge import broken, head_of, met, noted
from conformance.reading import Head, Reading
from conformance.row import row
from conformance.target import Target
from conformance.verdict import Judgement, Verdict

ALLOW = "Access-Control-Allow-"
ORIGIN, CREDENTIALS = f"{ALLOW}Origin", f"{ALLOW}Credentials"
SAFELISTED = ("get", "head", "post")  # methods that no preflight has to allow
SUCCESS = range(200, 300)


@row("SSE-CORS-001")
def test_the_declared_origin(sse_origins: Origins, sse_target: Target) -> Judgement:
    """Subscribe as a page of the declared origin; and ask for something that is refused."""
    origin, expected = _declared(sse_target), f"one {ORIGIN} that fits {_declared(sse_target)}"
    stream = head_of(sse_origins.ours)
    if not _fits(stream, origin):
        return broken(expected, _told(stream, ORIGIN), sse_origins.ours)
    refused = sse_origins.refused
    if refused is not None and not _fits(head_of(refused), origin):
        observed = f"{_told(head_of(refused), ORIGIN)}: a page cannot read why it was refused"
        return noted(Verdict.WARN, f"{expected}, also when it is refused", observed, refused)
    return met(_told(stream, ORIGIN), sse_origins.ours)


@row("SSE-CORS-002")
def test_credentials(sse_origins: Origins, sse_target: Target) -> Judgement:
    """Subscribe as pages of the declared origin and of others, and read who may bring credentials."""
    ours, origin = head_of(sse_origins.ours), _declared(sse_target)
    wanted = bool(sse_target.cors and sse_target.cors.credentials)
    if wanted or _lets_credentials(ours):
        expected = f"{ORIGIN}: {origin}, and {CREDENTIALS}: true"
        if ours.all(ORIGIN) != [origin] or not _lets_credentials(ours):
            return broken(expected, _told(ours, ORIGIN, CREDENTIALS), sse_origins.ours, declared=wanted)
    for other, reading in sse_origins.others.items():
        head = head_of(reading)
        if _lets_credentials(head) and other in head.all(ORIGIN):
            expected = f"no page of {other} let in with credentials"
            return broken(expected, _told(head, ORIGIN, CREDENTIALS), reading)
    told = _told(ours, ORIGIN, CREDENTIALS)
    return met(f"{told}; none of {', '.join(sse_origins.others)} with credentials", sse_origins.ours)


@row("SSE-CORS-003")
def test_vary(sse_origins: Origins, sse_opening: Reading) -> Judgement:
    """Subscribe with and without an origin; where the answers differ by it, read Vary."""
    ours, plain = head_of(sse_origins.ours), head_of(sse_opening)
    if ours.all(ORIGIN) == plain.all(ORIGIN):
        return met(f"{_told(ours, ORIGIN)}, whoever asks", sse_origins.ours)
    if not {"origin", "*"} & {*tokens(ours.all("vary"))}:
        observed = f"{_told(ours, ORIGIN)} for that origin only, and {_told(ours, 'Vary')}"
        return broken("Vary: Origin, where the answer depends on it", observed, sse_origins.ours)
    return met(_told(ours, ORIGIN, "Vary"), sse_origins.ours)


@row("SSE-CORS-004")
def test_preflight(sse_origins: Origins, sse_target: Target) -> Judgement:
    """Ask as a browser does before a page sends a cursor, a token and Cache-Control."""
    reading, origin, method = sse_origins.preflight, _declared(sse_target), sse_target.subscribe.method
    head = head_of(reading)
    if head.status not in SUCCESS or not _fits(head, origin):
        observed = f"{head.line}, {_told(head, ORIGIN)}"
        return broken(f"a status of 2xx, and {ORIGIN}: {origin}", observed, reading)
    if _lets_credentials(head_of(sse_origins.ours)) and not _lets_credentials(head):
        return broken(f"{CREDENTIALS}: true, as on the stream", _told(head, CREDENTIALS), reading)
    anything = "*" if not _lets_credentials(head) else ""  # with credentials it is a name like any other
    fields = tokens(head.all(f"{ALLOW}Headers"))
    missing = [name for name in ASKED if name not in fields and (name == ASKED[0] or anything not in fields)]
    if missing:
        observed = f"{_told(head, f'{ALLOW}Headers')}: without {', '.join(missing)}"
        return broken(f"{ALLOW}Headers with {', '.join(ASKED)}", observed, reading)
    methods = tokens(head.all(f"{ALLOW}Methods"))
    if method.lower() not in (*SAFELISTED, *methods) and anything not in methods:
        return broken(f"{ALLOW}Methods with {method}", _told(head, f"{ALLOW}Methods"), reading)
    return met(_told(head, ORIGIN, f"{ALLOW}Headers"), reading)


def _declared(target: Target) -> str:
    assert target.cors is not None, "the rows apply to targets that declare one"
    return target.cors.origin


def _fits(head: Head, origin: str) -> bool:
    """One field, with that origin or all of them; browsers compare byte for byte."""
    return head.all(ORIGIN) in ([origin], ["*"])


def _lets_credentials(head: Head) -> bool:
    return head.all(CREDENTIALS) == ["true"]


def _told(head: Head, *names: str) -> str:
    """The fields of these names, as they came."""
    return ", ".join(
        f"{name}: {' and '.join(head.all(name))}" if head.all(name) else f"no {name}" for name in names
    )
