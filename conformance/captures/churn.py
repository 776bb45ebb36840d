"""A thousand readers that come and go, and what the server looks like before and after. Judges nothing."""

import socket
import statistics
import struct
import time
from contextlib import suppress
from dataclasses import dataclass, replace
from itertools import pairwise

from conformance.captures.audience import PATIENCE_SECONDS
from conformance.process import ServerProcess
from conformance.subject import Subject
from conformance.verdict import Unjudged, Verdict
from conformance.vitals import connections

__all__ = ["CONNECTS", "HALF", "LEAK_BYTES", "Churn", "Vitals", "churn"]

HALF = 500
CONNECTS = 2 * HALF
AT_ONCE = 20
LEAK_BYTES = 16_384  # a connection, in each half
FURTHER = 4  # halves more, where memory grew in both: a leak goes on, a heap that settles does not
TRIES = 9  # heads that are timed
SETTLED_SECONDS = 2.0  # for what is left to be let go of
SPARE = 10  # descriptors and connections that may come and go at any time
POLL_SECONDS = 0.05
HEAD_BYTES = 16_384
RESET = struct.pack("ii", 1, 0)  # SO_LINGER: on, for no time at all


@dataclass(frozen=True, slots=True)
class Vitals:
    """None for what cannot be seen. `head` is the median of the seconds that response heads took."""

    head: float
    connections: int | None
    descriptors: int | None
    memory: int | None  # bytes


@dataclass(frozen=True, slots=True)
class Churn:
    """`refused` of the CONNECTS readers got no 200. `further`: memory after each half of as many more."""

    before: Vitals
    between: int | None  # bytes of memory after the first half
    after: Vitals
    refused: int
    seconds: float
    further: tuple[int, ...] = ()

    @property
    def grown(self) -> tuple[int, ...]:
        """Bytes that memory grew by in each half; nothing where it was not looked at."""
        sizes = [self.before.memory, self.between, self.after.memory, *self.further]
        known = [size for size in sizes if size is not None]
        return tuple(after - before for before, after in pairwise(known)) if len(known) == len(sizes) else ()


def churn(subject: Subject, process: ServerProcess | None) -> Churn:
    """Raises Unjudged, at once where nothing could be seen, or a stranger's server would have to bear it."""
    polite = subject.target.politeness
    if polite is not None and not polite.allow_attacks:
        told = "politeness: a thousand connections need `politeness.allow_attacks` in the target"
        raise Unjudged(Verdict.SKIP, told)
    if process is None:
        reason = "no-hook: with a [process] its descriptors, memory and open streams can be seen"
        raise Unjudged(Verdict.NOT_APPLICABLE, reason)
    before = _vitals(subject, process)
    begun = time.monotonic()
    refused = _half(subject)
    between = process.memory
    refused += _half(subject)
    seconds = time.monotonic() - begun
    after = _vitals(subject, process)
    deadline = time.monotonic() + SETTLED_SECONDS
    while _more(before, after) and time.monotonic() < deadline:
        time.sleep(POLL_SECONDS)
        after = _vitals(subject, process)
    found = Churn(before, between, after, refused, seconds)
    while found.grown and min(found.grown) > LEAK_BYTES * HALF and len(found.further) < FURTHER:
        _half(subject)
        found = replace(found, further=(*found.further, process.memory or 0))
    return found


def _more(before: Vitals, after: Vitals) -> bool:
    """Whether there still is something that may yet be let go of."""
    grown = [(before.connections, after.connections), (before.descriptors, after.descriptors)]
    return any(one is not None and other is not None and other > one + SPARE for one, other in grown)


def _vitals(subject: Subject, process: ServerProcess) -> Vitals:
    return Vitals(
        _head_seconds(subject),
        connections(subject.target),
        process.descriptors,
        process.memory,
    )


def _head_seconds(subject: Subject) -> float:
    took = []
    channel = subject.channel()
    for _ in range(TRIES):
        stream = subject.subscribe("one who is timed", channel)
        stream.wait(lambda reading: reading.head, subject.head_seconds + PATIENCE_SECONDS)
        head = stream.reading.head
        took.append(head.seconds if head else stream.lasted)
        stream.close()
    return statistics.median(took)


def _half(subject: Subject) -> int:
    """Half of the readers, of whom every other leaves with a reset; how many were refused."""
    channel, refused = subject.channel(), 0
    for _ in range(HALF // AT_ONCE):
        batch = [subject.knock(channel) for _ in range(AT_ONCE)]
        for number, sock in enumerate(batch):
            refused += not _accepted(sock, subject.head_seconds + PATIENCE_SECONDS)
            if number % 2:
                sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
            sock.close()
    return refused


def _accepted(sock: socket.socket, seconds: float) -> bool:
    """Whether the first line of the answer says 200, within so long."""
    data = b""
    with suppress(OSError):  # a refusal too
        sock.settimeout(seconds)
        while b"\r\n" not in data and len(data) < HEAD_BYTES and (more := sock.recv(HEAD_BYTES)):
            data += more
    return data.split(b" ", 2)[1:2] == [b"200"]
