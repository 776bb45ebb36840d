"""Streams that clients leave, and what the server goes on holding for them. Waits; judges nothing."""

import time
from collections.abc import Callable
from dataclasses import dataclass

from conformance.captures.audience import headed
from conformance.captures.capacity import accepted, admitted, crowd
from conformance.evidence import counted
from conformance.process import ServerProcess
from conformance.subject import Subject
from conformance.verdict import Unjudged, Verdict
from conformance.vitals import connections
from conformance.wire import WireStream

__all__ = ["CAP", "DESCRIPTORS", "METRIC", "WAYS", "Release", "releases"]

STREAMS = 5
PROMPT_SECONDS = 2.0  # for all to be forgotten
SHOWN_SECONDS = 2.0  # for all to be counted, while they are open
QUIET_SECONDS, SETTLED_SECONDS = 1.0, 12.0  # without a change, before anything is counted; at most
POLL_SECONDS = 0.05
FIN, RESET = "a FIN", "a reset"
UNREAD = "a drop before the head was read"  # a FIN, or a reset where the head was there already
WAYS = (FIN, RESET, UNREAD)
METRIC, CAP, DESCRIPTORS = "process.metrics.connections", "limits.cap", "the descriptors of its process"


@dataclass(frozen=True, slots=True)
class Release:
    """`opened` streams were left; `kept` were still held when the watch ended, after `seconds`."""

    opened: int
    kept: int
    seconds: float
    by: str  # how that was seen: METRIC, CAP or DESCRIPTORS


def releases(subject: Subject, process: ServerProcess | None) -> dict[str, Release]:
    """Each of WAYS to leave. Raises Unjudged where the target gives nothing to see it by."""
    target = subject.target
    if target.process and target.process.metrics.connections:
        return _all_counted(subject, METRIC, lambda: connections(target) or 0, idle=True)
    if target.limits.cap is not None:
        return _probed(subject, target.limits.cap)
    if process is not None and process.descriptors is not None:
        return _all_counted(subject, DESCRIPTORS, lambda: process.descriptors or 0)
    reason = f"no-hook: declare {METRIC} or limits.cap, so that it can be seen"
    raise Unjudged(Verdict.NOT_APPLICABLE, reason)


def _all_counted(
    subject: Subject, by: str, count: Callable[[], int], *, idle: bool = False
) -> dict[str, Release]:
    """Each way by itself, when what was left before is gone: a server may take its time. Raises Unjudged.

    `idle`: streams are counted and nothing else, so that those we hold are what has to be left.
    """
    # whoever learns of it only when writing does so with the second heartbeat
    most = max(QUIET_SECONDS, min(SETTLED_SECONDS, 2 * (subject.heartbeat or SETTLED_SECONDS)))
    return {
        way: _counted(subject, way, by, count, _settled(count, subject.held if idle else None, most))
        for way in WAYS
    }


def _settled(count: Callable[[], int], idle: int | None, most: float) -> int:
    """The number, once it is `idle`; or has stood still, where that is not known or does not come."""
    found, since, begun = count(), time.monotonic(), time.monotonic()
    quiet = QUIET_SECONDS if idle is None else most
    while found != idle and time.monotonic() < min(since + quiet, begun + most):
        time.sleep(POLL_SECONDS)
        if (now := count()) != found:
            found, since = now, time.monotonic()
    return found


def _counted(subject: Subject, way: str, by: str, count: Callable[[], int], before: int) -> Release:
    """By a number that grows with each stream. Raises Unjudged where it does not."""
    channel = subject.channel()
    if way == UNREAD:
        begun = time.monotonic()
        _knock(subject, channel)
        # It is answered when those that came before are seen to; elsewhere, since it may need an event
        before += len(_open(subject, subject.channel(), 1))
    else:
        streams = _open(subject, channel, STREAMS)
        if not _until(lambda: count() >= before + STREAMS, SHOWN_SECONDS):
            told = f"{by}: {before}, and {count()} with {STREAMS} streams more: it counts no streams"
            raise Unjudged(Verdict.INCONCLUSIVE, told)
        begun = time.monotonic()
        for stream in streams:
            stream.close(reset=way == RESET)
    released = _until(lambda: count() <= before, PROMPT_SECONDS)
    seconds = time.monotonic() - begun
    kept = 0 if released else max(1, count() - before)  # at least one was held until then
    return Release(STREAMS, kept, seconds, by)


def _probed(subject: Subject, cap: int) -> dict[str, Release]:
    """By how many can come when some have left a server that is full. Raises Unjudged."""
    channel, found = subject.channel(), {}
    inside, refused = crowd(subject, channel, cap)
    if refused is None or len(inside) < STREAMS * (len(WAYS) + 1):
        raise Unjudged(Verdict.INCONCLUSIVE, f"{CAP}: {len(inside)} streams of {cap} did not fill the server")
    for way in WAYS:
        leavers = [inside.pop() for _ in range(STREAMS)]
        begun = time.monotonic()
        for stream in leavers:
            stream.close(reset=way == RESET)
        if way == UNREAD:
            inside.pop().close()
            admitted(subject, channel, 1, PROMPT_SECONDS)  # so there is room
            _knock(subject, channel)
        back = admitted(subject, channel, STREAMS, PROMPT_SECONDS)
        found[way] = Release(STREAMS, STREAMS - len(back), time.monotonic() - begun, CAP)
    return found


def _knock(subject: Subject, channel: str) -> None:
    for _ in range(STREAMS):
        subject.knock(channel).close()


def _open(subject: Subject, channel: str, count: int) -> list[WireStream]:
    streams = [subject.subscribe("one who will leave", channel) for _ in range(count)]
    for stream in streams:
        headed(subject, channel, stream)
    if not all(map(accepted, streams)):
        raise Unjudged(Verdict.INCONCLUSIVE, f"of {counted(count, 'stream')} not all were accepted")
    return streams


def _until(ready: Callable[[], bool], seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while not ready():
        if time.monotonic() > deadline:
            return False
        time.sleep(POLL_SECONDS)
    return True
