"""Whether a server told a reader that it cannot go on where the reader left. Pure."""

from conformance.reading import Reading
from conformance.target import Target

__all__ = ["signalled", "warned"]


def warned(reading: Reading, target: Target) -> bool:
    """By its signal, or by refusing: whoever is refused knows that it has to begin anew."""
    head = reading.head
    return signalled(reading, target) or (head is not None and not 200 <= head.status < 300)


def signalled(reading: Reading, target: Target) -> bool:
    """By what the target declares to be its signal: an event, a response header, or a status."""
    signal = target.cursor.signal if target.cursor else None
    if signal is None or reading.head is None:
        return False
    return (
        any(event.type == signal.event for event in reading.events)
        or bool(signal.header and reading.head.all(signal.header))
        or reading.head.status == signal.status
    )
