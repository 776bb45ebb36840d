"""What the templates of a target file become: requests as method, URL, headers and body. Sends nothing."""

import dataclasses
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode

from msgspec.structs import replace

from conformance.target.credentials import MAIN, NOBODY, blanked, credentials
from conformance.target.placeholders import PLACE, fill
from conformance.target.schema import Step, Target
from conformance.target.stream import RandomChannel, RequestTemplate, Subscribe, Variant

__all__ = [
    "Message",
    "Request",
    "UnsendableError",
    "channel_name",
    "hook_request",
    "publish_request",
    "setup_request",
    "shown",
    "sse_frame",
    "subscribe_request",
]

LINE_END = re.compile(r"\r\n|\r|\n")
ESCAPED_BYTE = re.compile(r"[\udc80-\udcff]")
NO_HEADER_VALUE = re.compile(rb"[\r\n\0]|^[ \t]|[ \t]$")
NO_VALUES: Mapping[str, str] = {}


class UnsendableError(ValueError):
    """A value that the template has no way to carry, such as a line end in a header."""


@dataclass(frozen=True, slots=True)
class Message:
    """What is to be published; None for a field that is not set. `retry` is text to try what is no number."""

    channel: str
    data: str
    event: str | None = None
    id: str | None = None
    retry: float | str | None = None
    comment: str | None = None


@dataclass(frozen=True, slots=True)
class Request:
    """An HTTP request: `url` is absolute and percent-encoded, headers are bytes as they are sent.

    Host, Content-Length, Connection and Accept-Encoding are left to whoever sends it.
    """

    method: str
    url: str
    headers: tuple[tuple[bytes, bytes], ...] = ()
    body: bytes = b""


def channel_name(target: Target, uuid: str) -> str:
    """A channel for one row: made with `uuid`, or the fixed one."""
    channel = target.subscribe.channel
    if isinstance(channel, RandomChannel):
        return PLACE.sub(lambda place: uuid if place[1] == "uuid" else place[0], channel.pattern)
    return channel.value


def subscribe_request(
    target: Target,
    channel: str,
    *,
    last_event_id: str | None = None,
    query_cursor: str | None = None,
    principal: str = MAIN,
    variant: Variant | None = None,
    values: Mapping[str, str] = NO_VALUES,
) -> Request:
    """Opens a stream on `channel`; a cursor goes into the header (`last_event_id`) or the declared query.

    `principal` is somebody of credentials.py. `values` holds what [[setup]] captured, "uuid", and "count" for
    a `variant` that asks for so many events. Raises UnsendableError, and KeyError for a principal that there
    is not.
    """
    template = _varied(target.subscribe, variant) if variant else target.subscribe
    headers, query = _credentials(target, principal), []
    if not any(name.lower() == "accept" for name in template.headers):
        headers.append(("Accept", "text/event-stream"))
    if last_event_id is not None:
        headers.append(("Last-Event-ID", last_event_id))
    if query_cursor is not None:
        if not (target.cursor and target.cursor.query):
            raise UnsendableError("the target declares no query parameter for a cursor")
        query.append((target.cursor.query, query_cursor))
    return _request(target, template, {**values, "channel": channel}, headers, query)


def publish_request(target: Target, message: Message, *, values: Mapping[str, str] = NO_VALUES) -> Request:
    """Publishes `message`; what it does not set is left out. Raises UnsendableError."""
    if target.publish is None or target.publish.request is None:
        raise UnsendableError("the target declares no request that publishes")
    fields = {
        "channel": message.channel,
        "data": message.data,
        "event": message.event,
        "id": message.id,
        "retry": message.retry,
        "comment": message.comment,
        "sse_frame": sse_frame(message),
    }
    proof = _credentials(target, target.publish.auth or NOBODY)
    return _request(target, target.publish.request, {**values, **fields}, proof)


def setup_request(target: Target, step: Step, *, values: Mapping[str, str] = NO_VALUES) -> Request:
    """One request of [[setup]]. Raises UnsendableError."""
    return _request(target, step, values, _credentials(target, MAIN))


def hook_request(
    target: Target, hook: RequestTemplate, channel: str, *, values: Mapping[str, str] = NO_VALUES
) -> Request:
    """One of [faults], for a stream on `channel`. Raises UnsendableError."""
    return _request(target, hook, {**values, "channel": channel}, _credentials(target, MAIN))


def shown(request: Request, target: Target) -> Request:
    """As it may be shown around: without credentials."""
    return dataclasses.replace(request, headers=blanked(request.headers, target))


def sse_frame(message: Message) -> str:
    """The block of a message, for relays, whose publishers write the stream themselves."""
    lines = [(name, getattr(message, name)) for name in ("comment", "id", "event", "retry")]
    head = "".join(
        f"{'' if name == 'comment' else name}: {value}\n" for name, value in lines if value is not None
    )
    data = "".join(f"data: {line}\n" for line in LINE_END.split(message.data))
    return f"{head}{data}\n"


Pairs = list[tuple[str, Any]]


def _varied(template: Subscribe, variant: Variant) -> Subscribe:
    other = {name.lower() for name in variant.headers}
    kept = {name: value for name, value in template.headers.items() if name.lower() not in other}
    where = {"path": variant.path, "url": None} if variant.path else {}
    query = {**template.query, **variant.query}
    return replace(template, query=query, headers={**kept, **variant.headers}, **where)


def _request(
    target: Target,
    template: RequestTemplate,
    values: Mapping[str, Any],
    headers: Pairs,
    query: Pairs | None = None,
) -> Request:
    try:
        body, kind = _body(template, values)
        given = [*fill(template.headers, values).items(), *headers]
        if kind and not any(name.lower() == "content-type" for name, _ in given):
            given.append(("Content-Type", kind))
        url = _url(target, template, values, query or [])
        return Request(template.method, url, tuple(_headers(given)), body)
    except UnicodeEncodeError as error:
        raise UnsendableError(
            f"{error.object[error.start : error.end]!r} cannot be written in UTF-8"
        ) from None


def _url(target: Target, template: RequestTemplate, values: Mapping[str, Any], query: Pairs) -> str:
    base = template.url or target.target.base_url.rstrip("/") + (template.path or "")
    url = PLACE.sub(lambda place: quote(_plain(values.get(place[1])), safe=""), base)
    pairs = [*fill(template.query, values).items(), *query]
    return url + ("&" if "?" in url else "?") + urlencode(pairs, quote_via=quote) if pairs else url


def _body(template: RequestTemplate, values: Mapping[str, Any]) -> tuple[bytes, str]:
    """The body and its media type."""
    if template.json is not None:
        return _json(fill(template.json, values)), "application/json"
    if template.form is not None:
        pairs = list(fill(template.form, values).items())
        coded = urlencode(pairs, quote_via=quote, errors="surrogateescape")
        return coded.encode(), "application/x-www-form-urlencoded"
    if template.body is not None:
        text = PLACE.sub(lambda place: _plain(values.get(place[1])), template.body)
        return text.encode("utf-8", "surrogateescape"), "text/plain; charset=utf-8"
    return b"", ""


def _json(value: Any) -> bytes:
    """In ASCII; but where code points stand for bytes that are no UTF-8, these bytes."""
    text = json.dumps(value, ensure_ascii=False)
    if ESCAPED_BYTE.search(text):
        return text.encode("utf-8", "surrogateescape")
    return json.dumps(value).encode()


def _plain(value: object) -> str:
    return "" if value is None else str(value)


def _credentials(target: Target, principal: str) -> Pairs:
    return [*credentials(target, principal).items()]


def _headers(given: Pairs) -> Iterator[tuple[bytes, bytes]]:
    for name, value in given:
        raw = str(value).encode()
        if NO_HEADER_VALUE.search(raw):
            raise UnsendableError(f"the header {name} cannot carry {value!r}")
        yield name.encode("ascii"), raw
