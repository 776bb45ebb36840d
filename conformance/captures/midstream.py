"""A stream in whose middle something fails, because the target has a hook for that. Judges nothing."""

from functools import partial

from conformance.reading import Reading
from conformance.row import Payload
from conformance.subject import Subject
from conformance.verdict import Unjudged, Verdict

__all__ = ["midstream"]

PATIENCE_SECONDS = 5.0  # for the failure to show


def midstream(subject: Subject) -> Reading:
    """Subscribe, let an event come, provoke the fault, and read on. Raises Unjudged."""
    hook = subject.target.faults.midstream if subject.target.faults else None
    assert hook is not None, "only for a target that declares one"
    channel = subject.channel()
    stream = subject.subscribe("a stream that fails in the middle", channel)
    stream.wait(lambda reading: reading.head, subject.head_seconds)
    if subject.can_publish:
        text = f"before-{subject.nonce}."
        subject.publish(channel, Payload(text))
        stream.wait(lambda reading: subject.dispatched(text, reading), subject.latency_seconds)
    else:
        stream.wait(lambda reading: bool(reading.events) or None, subject.latency_seconds)
    before = len(stream.reading.body)
    subject.provoke(hook, channel)
    stream.wait(partial(_shows, before), PATIENCE_SECONDS)
    if not stream.ended and not _shows(before, stream.reading):
        told = f"the declared fault was provoked, and the stream showed nothing in {PATIENCE_SECONDS:.0f} s"
        raise Unjudged(Verdict.INCONCLUSIVE, told)
    stream.wait(lambda reading: reading.complete or None, subject.latency_seconds)
    return Reading.of(stream.transcript)


def _shows(before: int, reading: Reading) -> bool | None:
    """Whether it has ended, or anything but a comment has come since."""
    lines = bytes(reading.body[before:]).splitlines()
    return reading.complete or any(line and not line.startswith(b":") for line in lines) or None
