"""Readers of one channel who are known to be live, since an event has reached them. Judges nothing."""

from collections.abc import Sequence
from functools import partial

from conformance.reading import Reading
from conformance.row import Payload
from conformance.subject import Subject
from conformance.verdict import Unjudged, Verdict
from conformance.wire import WireStream

__all__ = ["PATIENCE_SECONDS", "accepted_by", "arrived", "greet", "headed", "there"]

HELLOS = 4  # until the first reader is live
PATIENCE_SECONDS = 3.0  # beyond the latency budget, before an event counts as lost


def greet(subject: Subject, channel: str, readers: Sequence[WireStream]) -> str:
    """Publish until every reader has got a greeting, or at least one has got the last of them.

    Returns its text. Raises Unjudged where none gets any: then nothing can be said of anybody.
    """
    readers[0].wire.wait(partial(_all_headed, readers), subject.head_seconds)
    heard, text = 0, ""
    for number in range(HELLOS):
        text = f"hello-{subject.nonce}-{number}."
        accepted_by(subject, channel, text)
        readers[0].wire.wait(partial(_all_there, subject, text, readers), subject.latency_seconds)
        heard = sum(there(subject, text, reader.reading) for reader in readers)
        if heard == len(readers):
            return text
    if not heard:
        told = f"{HELLOS} events were published and accepted, and no subscriber got the last of them"
        raise Unjudged(Verdict.INCONCLUSIVE, told)
    return text


def headed(subject: Subject, channel: str, stream: WireStream) -> None:
    """Wait for its response head. One that waits for an event gets one: that is another row's matter."""
    if stream.wait(lambda reading: reading.head, subject.head_seconds) is None and not stream.ended:
        if subject.can_publish:
            subject.publish(channel, Payload("x"))
        stream.wait(lambda reading: reading.head, PATIENCE_SECONDS)


def accepted_by(subject: Subject, channel: str, text: str, event: str | None = None) -> None:
    """Publish. Raises Unjudged where that is refused."""
    receipt = subject.publish(channel, Payload(text, event))
    if not receipt.accepted:
        raise Unjudged(Verdict.INCONCLUSIVE, f"an event could not be published: {receipt.text}")


def there(subject: Subject, text: str, reading: Reading) -> bool:
    """Whether an event with that payload has come."""
    return bool(subject.dispatched(text, reading))


def arrived(subject: Subject, readers: Sequence[WireStream], text: str) -> None:
    """Wait until each reader has the event, or has ended; or until patience ends."""
    left = list(readers)

    def all_there() -> bool | None:
        left[:] = [one for one in left if not (there(subject, text, one.reading) or one.ended)]
        return True if not left else None

    readers[0].wire.wait(all_there, subject.latency_seconds + PATIENCE_SECONDS)


def _all_headed(readers: Sequence[WireStream]) -> bool | None:
    return all(reader.ended or reader.reading.head for reader in readers) or None


def _all_there(subject: Subject, text: str, readers: Sequence[WireStream]) -> bool | None:
    return all(there(subject, text, reader.reading) or reader.ended for reader in readers) or None
