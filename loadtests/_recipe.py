"""How a server is spoken to: requests as bytes, and probes in what it pushes. Sends nothing."""

import json
from dataclasses import dataclass
from typing import Protocol
from urllib.parse import urlsplit

from loadtests._probe import Probe, find

__all__ = ["Recipe", "Story", "request"]

Pairs = tuple[tuple[bytes, bytes], ...]


class Recipe(Protocol):
    """One way to subscribe and publish, whatever the topic is called.

    `name` is shown, and `title`, if anybody gave it one; `subscribed` and `published` are the URLs that are
    connected to. Whoever comes back is told what was missed if the server `resumes`; an event of type
    `signal` owns up to a gap.
    """

    @property
    def title(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def subscribed(self) -> str: ...
    @property
    def published(self) -> str: ...
    @property
    def resumes(self) -> bool: ...
    @property
    def signal(self) -> str: ...

    def subscribe(self, topic: str, last_id: str) -> bytes:
        """The request that opens a stream."""

    def publish(self, topic: str, measurement: bytes) -> bytes:
        """The request that publishes the text of one measurement."""

    def took(self, status: int) -> bool:
        """Whether an answer to that says yes."""

    def find(self, data: str) -> Probe | None:
        """The probe in an event's data."""


@dataclass(frozen=True, slots=True)
class Story:
    """The fan-out story at a base URL: devices POST to /measurements, everybody holds GET /events open.

    With `topics`, each is a channel of its own, which is published to and subscribed at /events/TOPIC.
    """

    name: str
    topics: bool = False

    title = ""
    resumes = True
    signal = "reset"

    @property
    def subscribed(self) -> str:
        return self.name

    @property
    def published(self) -> str:
        return self.name

    def subscribe(self, topic: str, last_id: str) -> bytes:
        # It asks for no compression: middleware buffers where it compresses
        headers = [(b"Accept", b"text/event-stream"), (b"Cache-Control", b"no-cache")]
        if last_id:
            headers.append((b"Last-Event-ID", last_id.encode()))
        return request("GET", self._url(f"/events/{topic}" if self.topics else "/events"), tuple(headers))

    def publish(self, topic: str, measurement: bytes) -> bytes:
        kind = ((b"Content-Type", b"application/json"),)
        if not self.topics:
            return request("POST", self._url("/measurements"), kind, measurement)
        message = json.dumps({"data": measurement.decode()}).encode()
        return request("POST", self._url(f"/events/{topic}"), kind, message)

    def took(self, status: int) -> bool:
        return 200 <= status < 300

    def find(self, data: str) -> Probe | None:
        return find(data)

    def _url(self, path: str) -> str:
        return self.name.rstrip("/") + path


def request(method: str, url: str, headers: Pairs = (), body: bytes = b"") -> bytes:
    """A request of HTTP/1.1 on a connection that stays."""
    parts = urlsplit(url)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    host = parts.netloc.rpartition("@")[2]
    lines = [f"{method} {path} HTTP/1.1".encode(), b"Host: " + host.encode()]
    lines += [name + b": " + value for name, value in headers]
    if body or method != "GET":
        lines.append(b"Content-Length: %d" % len(body))
    return b"\r\n".join([*lines, b"", body])
