"""What is counted, for Prometheus: once a turn or a request, never once a delivery; no label per topic."""

from aiohttp import web
from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    ProcessCollector,
    disable_created_metrics,
    generate_latest,
)

__all__ = ["Metrics"]

SECONDS = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)

disable_created_metrics()  # type: ignore[no-untyped-call] # a time stamp beside each counter, which no query needs


class Metrics:
    """One set for each server, in a registry of its own."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        self.subscribers = Gauge(
            "eventbahn_subscribers", "Open streams, live or behind.", registry=self.registry
        )
        self.taken = self._counter("events_in", "Events that were committed.")
        self.duplicates = self._counter("duplicates", "Measurements that were known already.")
        self.received = self._counter("bytes_in", "Bytes of bodies whose events were committed.")
        self.delivered = self._counter("events_out", "Events written, once for each subscriber.")
        self.sent = self._counter("bytes_out", "Bytes of these events, with their chunks.")
        self.replayed = self._counter("events_replayed", "Those of them written to whoever was behind.")
        self.resumed = self._counter(
            "resumes", "Cursors that clients came with, or fell off from.", "outcome"
        )
        self.ended = self._counter("streams_ended", "Streams that are over.", "reason")
        self.refused = self._counter("refusals", "Requests that were refused.", "status")
        self.commit = self._seconds("commit", "From an event's arrival to its commit.")
        self.write = self._seconds(
            "publish_to_write", "From a commit to the last of its writes, once a turn."
        )

    def _counter(self, name: str, what: str, *labels: str) -> Counter:
        return Counter(f"eventbahn_{name}", what, labels, registry=self.registry)

    def _seconds(self, name: str, what: str) -> Histogram:
        return Histogram(f"eventbahn_{name}_seconds", what, buckets=SECONDS, registry=self.registry)

    def fanned_out(self, events: int, size: int, seconds: float) -> None:
        """One turn of the fan-out: events and bytes over all subscribers, and how long they took."""
        if size:
            self.delivered.inc(events)
            self.sent.inc(size)
            self.write.observe(seconds)

    def caught_up(self, events: int, size: int) -> None:
        """One write to a subscriber who was behind."""
        self.replayed.inc(events)
        self.delivered.inc(events)
        self.sent.inc(size)

    async def get(self, request: web.Request) -> web.Response:  # noqa: ARG002 - a handler's signature
        """`GET /metrics`."""
        return web.Response(
            body=generate_latest(self.registry),
            headers={"Content-Type": CONTENT_TYPE_LATEST, "Cache-Control": "no-store"},
        )
