"""Subscriptions that differ in what they accept. Waits; judges nothing."""

from collections.abc import Mapping
from functools import partial

from conformance.ask import Ask
from conformance.captures.answers import answers
from conformance.reading import Reading
from conformance.subject import Subject

__all__ = ["ACCEPTED", "EXCLUDING", "negotiation"]

ACCEPTED: Mapping[str, bytes | None] = {"no Accept": None, "Accept: */*": b"*/*"}  # which take a stream too
EXCLUDING: Mapping[str, bytes | None] = {"Accept: image/png": b"image/png"}  # which does not


def negotiation(subject: Subject) -> Mapping[str, Reading]:
    """The answer to each. Raises Unjudged."""
    channel = subject.channel()
    openers = {
        name: partial(subject.subscribe, channel=channel, ask=Ask(instead={b"accept": value}))
        for name, value in {**ACCEPTED, **EXCLUDING}.items()
    }
    return answers(subject, channel, openers)
