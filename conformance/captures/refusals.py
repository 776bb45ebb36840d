"""Subscriptions that a target declares to be bad, and those of nobody. Waits; judges nothing."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial

from conformance.ask import Ask
from conformance.captures.answers import answers
from conformance.reading import Reading
from conformance.subject import Subject
from conformance.target.credentials import BAD, NOBODY

__all__ = ["Refusal", "bad_requests", "strangers"]

CREDENTIALS = {"no credentials": NOBODY, "made-up credentials": BAD}


@dataclass(frozen=True, slots=True)
class Refusal:
    """An answer, and the statuses that were declared for it; none where the suite knows what is due."""

    reading: Reading
    expected: tuple[int, ...] = ()


def bad_requests(subject: Subject) -> Mapping[str, Refusal]:
    """The answers to those of [subscribe] bad_requests. Raises Unjudged."""
    declared = {
        f"bad_requests[{number}]": variant
        for number, variant in enumerate(subject.target.subscribe.bad_requests)
    }
    channel = subject.channel()
    openers = {
        name: partial(subject.subscribe, channel=channel, ask=Ask(variant=variant))
        for name, variant in declared.items()
    }
    found = answers(subject, channel, openers, whole=True)
    return {name: Refusal(reading, declared[name].expect) for name, reading in found.items()}


def strangers(subject: Subject) -> Mapping[str, Reading]:
    """The answers to whoever may not read. Raises Unjudged."""
    channel = subject.channel()
    openers = {
        name: partial(subject.subscribe, channel=channel, ask=Ask(principal=principal))
        for name, principal in CREDENTIALS.items()
    }
    return answers(subject, channel, openers, whole=True)
