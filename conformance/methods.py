"""Requests by other methods than the subscription's own. Waits; judges nothing."""

from conformance.ask import Ask
from conformance.reading import Reading
from conformance.subject import Subject
from conformance.verdict import Unjudged, Verdict

__all__ = ["head"]

AFTER_SECONDS = 1.0  # for which a HEAD is watched after its answer


def head(subject: Subject) -> Reading:
    """The answer to a HEAD, watched for a while. Raises Unjudged where the stream is not one of GET."""
    method = subject.target.subscribe.method
    if method != "GET":
        raise Unjudged(Verdict.NOT_APPLICABLE, f"declared-absent: a stream by {method}")
    stream = subject.subscribe("a HEAD request", subject.channel(), ask=Ask(method="HEAD"))
    stream.wait(lambda reading: reading.head, subject.head_seconds)
    stream.wait(lambda reading: reading.after or None, AFTER_SECONDS)
    return Reading.of(stream.transcript)
