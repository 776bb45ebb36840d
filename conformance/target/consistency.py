"""What a target file says against itself: each key may be right, and the whole still mean nothing. Pure."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

from conformance.complaint import did_you_mean
from conformance.target.credentials import BAD, MAIN, NOBODY
from conformance.target.placeholders import MESSAGE, names
from conformance.target.schema import Process, Target
from conformance.target.stream import Publish, RequestTemplate, Variant

__all__ = ["bad_address", "contradictions"]

NEEDED = {"http": "request", "exec": "command", "python": "python"}
PORTS = 65_536
ALWAYS = ("channel", "uuid")  # placeholders that every request may use


def contradictions(target: Target) -> Iterator[str]:
    """Each as `KEY.PATH: what is wrong`."""
    captured = [name for step in target.setup for name in step.capture]
    yield from bad_address("target.base_url", target.target.base_url)
    if target.target.origin is not None:
        yield from bad_address("target.origin", target.target.origin)
    yield from _versions(target)
    yield from _principals(target)
    yield from _request("subscribe", target.subscribe, [*ALWAYS, *captured])
    yield from _variants(target, [*ALWAYS, *captured])
    for number, step in enumerate(target.setup):
        yield from _request(f"setup[{number}]", step, [*ALWAYS, *captured])
        for name, capture in step.capture.items():
            yield from _one_of(
                f"setup[{number}].capture.{name}", {"header": capture.header, "json": capture.json}
            )
    for name in ("midstream", "revoke"):
        hook = getattr(target.faults, name, None)
        if hook is not None:
            yield from _request(f"faults.{name}", hook, [*ALWAYS, *captured])
    for number, path in enumerate(target.paths):
        yield from bad_address(f"paths[{number}].base_url", path.base_url)
    yield from _frames(target)
    yield from _cursor(target)
    slow = target.limits.slow_reader
    if slow and slow.after is not None and slow.policy != "drop":
        yield f"limits.slow_reader.after: when it is dropped, so policy must be 'drop', not {slow.policy!r}"
    if target.process:
        yield from _process(target.process)
    if target.publish:
        yield from _publish(target.publish, [*ALWAYS, *captured, *MESSAGE], [*target.auth, MAIN, NOBODY])


def _versions(target: Target) -> Iterator[str]:
    if target.target.http is not None and "1.1" not in target.target.http:
        yield 'target.http: all rows but a few ask in HTTP/1.1: write ["1.1"], ["1.1", "1.0"] or ["1.1", "2"]'


def _principals(target: Target) -> Iterator[str]:
    for name in (NOBODY, BAD):
        if name in target.auth:
            yield f"auth.{name}: this one is built in: give yours another name"


def _variants(target: Target, known: list[str]) -> Iterator[str]:
    variants: dict[str, Variant] = {
        f"subscribe.bad_requests[{at}]": one for at, one in enumerate(target.subscribe.bad_requests)
    }
    if target.subscribe.bounded is not None:
        variants["subscribe.bounded"] = target.subscribe.bounded
        if target.subscribe.finite:
            yield "subscribe: where every stream is finite, none needs to be bounded: leave one of them out"
        if "count" not in [*names(target.subscribe.bounded.query), *names(target.subscribe.bounded.headers)]:
            yield "subscribe.bounded: expected {count} in its query or headers: after how many events it ends"
    for key, variant in variants.items():
        yield from _path(key, variant.path)
        places = [*known, "count"] if key == "subscribe.bounded" else known
        yield from _filled(key, variant, ("path", "query", "headers"), places)


def _request(key: str, request: RequestTemplate, known: list[str]) -> Iterator[str]:
    if (request.path is None) == (request.url is None):
        yield f"{key}: give either a path, which is appended to target.base_url, or a url"
    yield from _path(key, request.path)
    if request.url is not None:
        yield from bad_address(f"{key}.url", request.url)
    bodies = [name for name in ("body", "json", "form") if getattr(request, name) is not None]
    if len(bodies) > 1:
        yield f"{key}: {' and '.join(bodies)} are two bodies: give one"
    yield from _filled(key, request, ("path", "url", "query", "headers", "body", "json", "form"), known)


def _path(key: str, path: str | None) -> Iterator[str]:
    if path and not path.startswith("/"):
        yield f"{key}.path: expected to begin with '/', got {path!r}"
    if path and not path.isprintable():
        yield f"{key}.path: write what cannot be printed as %00 to %1F, got {path!r}"


def _filled(key: str, request: object, parts: Sequence[str], known: list[str]) -> Iterator[str]:
    for part in parts:
        for name in names(getattr(request, part)):
            if name not in known:
                yield f"{key}.{part}: nothing fills the placeholder {{{name}}}{did_you_mean(name, known)}"


def bad_address(key: str, url: str) -> Iterator[str]:
    """What is wrong with an http(s) address; nothing for a good one."""
    try:
        parts = urlsplit(url)
        good = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:  # a port that is no number, brackets that don't close
        parts, good = urlsplit(""), False
    if not good:
        yield f"{key}: expected an address like http://127.0.0.1:8000, got {url!r}"
    if "@" in parts.netloc:
        yield f"{key}: a user or password in an address ends up in reports: put it into [auth] headers"


def _one_of(key: str, given: Mapping[str, Any]) -> Iterator[str]:
    if sum(value is not None for value in given.values()) != 1:
        yield f"{key}: expected exactly one of {', '.join(given)}"


def _frames(target: Target) -> Iterator[str]:
    for name in ("greeting", "ignore"):
        for number, frame in enumerate(getattr(target.subscribe, name)):
            given = {"comment": frame.comment, "event": frame.event, "id_only": frame.id_only}
            yield from _one_of(f"subscribe.{name}[{number}]", given)


def _cursor(target: Target) -> Iterator[str]:
    cursor = target.cursor
    if cursor is None:
        return
    signalled = [name for name in ("unknown", "evicted") if getattr(cursor, name) == "signal"]
    if signalled and cursor.signal is None:
        yield f"cursor.{signalled[0]}: says 'signal', so cursor.signal must say which"
    if cursor.signal:
        signal = {
            "event": cursor.signal.event,
            "header": cursor.signal.header,
            "status": cursor.signal.status,
        }
        yield from _one_of("cursor.signal", signal)
    if cursor.supported and cursor.header is False and not cursor.query:
        yield "cursor: neither header nor query can carry a cursor: write supported = false"


def _process(process: Process) -> Iterator[str]:
    if not process.start:
        yield "process.start: expected a command, got none"
    host, _, port = process.ready.tcp.rpartition(":")
    if not (host and port.isdecimal() and 0 < int(port) < PORTS):
        yield f"process.ready.tcp: expected an address like '127.0.0.1:8000', got {process.ready.tcp!r}"
    metric = process.metrics.connections
    if metric is None:
        return
    key = "process.metrics.connections"
    if not metric.url.startswith("/"):
        yield from bad_address(f"{key}.url", metric.url)
    try:
        groups = re.compile(metric.regex).groups
    except re.error as error:
        yield f"{key}.regex: {metric.regex!r} is no regular expression: {error}"
    else:
        if groups == 0:
            yield f"{key}.regex: expected a group around the number, as in 'clients ([0-9]+)'"


def _publish(publish: Publish, known: list[str], principals: list[str]) -> Iterator[str]:
    needed = NEEDED.get(publish.driver)
    if needed and not getattr(publish, needed):
        yield f"publish: the driver {publish.driver!r} needs the key {needed!r}"
    if publish.request:
        yield from _request("publish.request", publish.request, known)
    if publish.python and not all(publish.python.partition(":")):
        yield f"publish.python: expected 'module:callable', got {publish.python!r}"
    if publish.auth and publish.auth not in principals:
        hint = did_you_mean(publish.auth, principals)
        yield f"publish.auth: nobody in [auth] is called {publish.auth!r}{hint}"
