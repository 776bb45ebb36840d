"""Requests by other methods than the subscription's own. Waits; judges nothing."""

from collections.abc import Mapping
from functools import partial

from conformance.ask import Ask
from conformance.captures.answers import answers
from conformance.reading import Reading
from conformance.subject import Subject
from conformance.verdict import Unjudged, Verdict

__all__ = ["head", "others"]

AFTER_SECONDS = 1.0  # for which a HEAD is watched after its answer
SAFE, UNSAFE = ("OPTIONS",), ("DELETE", "PATCH")  # the latter might do something to a stranger's server


def head(subject: Subject) -> Reading:
    """The answer to a HEAD, watched for a while. Raises Unjudged where the stream is not one of GET."""
    method = subject.target.subscribe.method
    if method != "GET":
        raise Unjudged(Verdict.NOT_APPLICABLE, f"declared-absent: a stream by {method}")
    stream = subject.subscribe("a HEAD request", subject.channel(), ask=Ask(method="HEAD"))
    stream.wait(lambda reading: reading.head, subject.head_seconds)
    stream.wait(lambda reading: reading.after or None, AFTER_SECONDS)
    return Reading.of(stream.transcript)


def others(subject: Subject) -> Mapping[str, Reading]:
    """The whole answer to methods that a stream has no use for. Raises Unjudged."""
    polite = subject.target.politeness
    methods = SAFE if polite and not polite.allow_attacks else (*SAFE, *UNSAFE)
    channel = subject.channel()
    openers = {
        method: partial(subject.subscribe, channel=channel, ask=Ask(method=method)) for method in methods
    }
    return answers(subject, channel, openers, whole=True)
