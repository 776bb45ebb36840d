"""What pages of other origins are answered, and what a browser is that asks for them. Judges nothing."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial

from conformance.ask import Ask
from conformance.captures.answers import Opener, answers
from conformance.reading import Reading
from conformance.subject import Subject
from conformance.target.credentials import NOBODY

__all__ = ["ASKED", "FOREIGN", "Origins", "foreign", "origins"]

FOREIGN = "evil.example"
ASKED = ("authorization", "cache-control", "last-event-id")  # in the order in which browsers send them


@dataclass(frozen=True, slots=True)
class Origins:
    """Answers to the page that may read, to other pages by their origin, and to the question beforehand.

    `refused` is a bad request of the page that may read; None where the target declares none.
    """

    ours: Reading
    others: Mapping[str, Reading]
    preflight: Reading
    refused: Reading | None


def origins(subject: Subject) -> Origins:
    """For a target that declares [cors]. Raises Unjudged."""
    assert subject.target.cors is not None, "the rows that ask for it need one"
    ours, channel = subject.target.cors.origin, subject.channel()
    others = [f"https://{FOREIGN}", "null", f"{ours}.{FOREIGN}"]
    opener: dict[str, Opener] = {
        origin: partial(subject.subscribe, channel=channel, ask=_from(origin)) for origin in (ours, *others)
    }
    opener["a preflight"] = partial(subject.subscribe, channel=channel, ask=_preflight(subject, ours))
    bad = next(iter(subject.target.subscribe.bad_requests), None)
    if bad is not None:
        ask = Ask(variant=bad, instead={b"origin": ours.encode()})
        opener["a bad request"] = partial(subject.subscribe, channel=channel, ask=ask)
    found = answers(subject, channel, opener)
    return Origins(
        found[ours],
        {origin: found[origin] for origin in others},
        found["a preflight"],
        found.get("a bad request"),
    )


def foreign(subject: Subject) -> Mapping[str, Reading]:
    """The answers to a page of elsewhere, and to one whose name leads to this machine. Raises Unjudged."""
    channel = subject.channel()
    asks = {
        f"Origin: http://{FOREIGN}": _from(f"http://{FOREIGN}"),
        f"Host: {FOREIGN}": Ask(instead={b"host": FOREIGN.encode()}),
    }
    openers = {name: partial(subject.subscribe, channel=channel, ask=ask) for name, ask in asks.items()}
    return answers(subject, channel, openers)


def _from(origin: str) -> Ask:
    return Ask(instead={b"origin": origin.encode()})


def _preflight(subject: Subject, origin: str) -> Ask:
    """As a browser asks, which sends no credentials with it (Fetch, 4.8)."""
    fields = {
        b"accept": b"*/*",
        b"origin": origin.encode(),
        b"access-control-request-method": subject.target.subscribe.method.encode(),
        b"access-control-request-headers": ",".join(ASKED).encode(),
    }
    return Ask(method="OPTIONS", principal=NOBODY, instead=fields)
