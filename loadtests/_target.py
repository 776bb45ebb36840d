"""A server as the suite's target file describes it, spoken to by load. Refuses what load cannot use."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import uuid4

from msgspec.structs import replace

from conformance.target import Target, TargetError, load
from conformance.target.placeholders import names
from conformance.target.request import (
    Message,
    UnsendableError,
    channel_name,
    publish_request,
    subscribe_request,
)
from conformance.target.stream import FixedChannel, Publish
from conformance.target.unwrap import payload
from loadtests._probe import Probe, find
from loadtests._recipe import request

__all__ = ["Described", "TargetError", "described"]


def described(
    source: str, environ: Mapping[str, str], *, host: str = "", topics: bool = False
) -> "Described":
    """The recipe of a target file, at `host` where one is given instead of its `base_url`.

    `topics` says whether it must keep channels apart. Raises TargetError.
    """
    if source.startswith(("http://", "https://")):
        raise TargetError(f"{source}: a target is a file here; give a URL as --host")
    target = load(source, environ)
    if host:
        target = replace(target, target=replace(target.target, base_url=host))
    if why := _useless(target) or (_one_channel(target) if topics else ""):
        raise TargetError(f"{source}: {why}")
    assert target.publish is not None, "one without is of no use"
    recipe = Described(target, target.publish)
    try:
        recipe.subscribe("x", "1")
        recipe.publish("x", b"{}")
    except (UnsendableError, KeyError) as error:
        raise TargetError(f"{source}: {error}") from error
    return recipe


def _useless(target: Target) -> str:
    """Why no load can be put on it, or ""."""
    publish = target.publish
    driver = publish.driver if publish else "none"
    if driver == "none":
        return "publish: load is made of probes that come back, and this target says of no way to publish"
    if driver != "http":
        return f"publish.driver: {driver!r} answers one message after the other; load needs 'http'"
    if target.setup:
        return "setup: load tests send no requests before the first stream: leave it out, use [auth]"
    if target.subscribe.finite:
        return "subscribe.finite: a stream that ends by itself cannot be held open"
    return ""


def _one_channel(target: Target) -> str:
    template = target.subscribe
    parts = (template.path, template.url, template.query, template.headers, template.json, template.form)
    if isinstance(template.channel, FixedChannel) or not any("channel" in names(part) for part in parts):
        return "subscribe: topics need a {channel} in the request that subscribes; this target has only one"
    return ""


@dataclass(frozen=True, slots=True)
class Described:
    """As a Recipe: all that it says comes from `target`."""

    target: Target
    publication: Publish

    @property
    def title(self) -> str:
        return self.target.target.name

    @property
    def name(self) -> str:
        return self.target.target.base_url

    @property
    def subscribed(self) -> str:
        return subscribe_request(self.target, channel_name(self.target, "x")).url

    @property
    def published(self) -> str:
        return publish_request(self.target, Message(channel_name(self.target, "x"), "")).url

    @property
    def resumes(self) -> bool:
        cursor = self.target.cursor
        return cursor is None or (cursor.supported and cursor.delivery != "at-most-once")

    @property
    def signal(self) -> str:
        cursor = self.target.cursor
        return (cursor.signal.event if cursor and cursor.signal else None) or "reset"

    def subscribe(self, topic: str, last_id: str) -> bytes:
        cursor = self.target.cursor
        by_query = cursor is not None and cursor.header is False and bool(cursor.query)
        given = last_id if last_id and self.resumes else None
        built = subscribe_request(
            self.target,
            channel_name(self.target, topic),
            last_event_id=None if by_query else given,
            query_cursor=given if by_query else None,
            values={"uuid": uuid4().hex},
        )
        return request(built.method, built.url, (*built.headers, (b"Cache-Control", b"no-cache")), built.body)

    def publish(self, topic: str, measurement: bytes) -> bytes:
        uuid = uuid4().hex
        ours = self.target.cursor is not None and self.target.cursor.ids == "publisher"
        channel, name = channel_name(self.target, topic), f"urn:uuid:{uuid}" if ours else None
        built = publish_request(
            self.target, Message(channel, measurement.decode(), id=name), values={"uuid": uuid}
        )
        return request(built.method, built.url, built.headers, built.body)

    def took(self, status: int) -> bool:
        return status in self.publication.success

    def find(self, data: str) -> Probe | None:
        text = payload(self.publication.unwrap.kind, data)
        return None if text is None else find(text)
