"""Subscriptions by a client that takes a stream for a file: conditions, and a range. Judges nothing."""

from collections.abc import Mapping
from email.utils import formatdate
from functools import partial

from conformance.ask import Ask
from conformance.captures.answers import answers
from conformance.reading import Reading
from conformance.subject import Subject

__all__ = ["conditions"]

MADE_UP = '"eventbahn"'  # an entity tag


def conditions(subject: Subject, opening: Reading) -> Mapping[str, Reading]:
    """The answer to each; validators are those that came with `opening`, or made up. Raises Unjudged."""
    head = opening.head
    etag = next(iter(head.all("etag") if head else []), MADE_UP)
    since = next(iter(head.all("last-modified") if head else []), formatdate(usegmt=True))
    fields = {b"if-none-match": etag, b"if-modified-since": since, b"range": "bytes=0-"}
    channel = subject.channel()
    openers = {
        f"{name.decode().title()}: {value}": partial(
            subject.subscribe, channel=channel, ask=Ask(instead={name: value.encode("latin-1")})
        )
        for name, value in fields.items()
    }
    return answers(subject, channel, openers)
