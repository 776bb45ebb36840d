"""Readers that come back at random moments, in the middle of what is being published. Judges nothing.

Where a server copies its whole replay into memory, its seam cannot be stretched (seam.py): it lasts for
microseconds, and is met by chance only.
"""

import random
import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor

from conformance.captures.channel import Channel
from conformance.captures.seam import Trial
from conformance.subject import Subject
from conformance.wire import WireStream

__all__ = ["phases"]

TRIALS = 200
TRIALS_SECONDS = 3.0  # for all of them
ROUNDS = 6  # on one channel, whose history grows with each
BURST, AT_ONCE = 5, 6  # events of a round, and readers that come in the middle of it


def phases(subject: Subject) -> tuple[Trial, ...]:
    """Trials until there were enough, or one went wrong, or time was up. Raises Unjudged."""
    trials: list[Trial] = []
    until = time.monotonic() + TRIALS_SECONDS
    chance = random.Random(f"{subject.nonce} phases")
    with ThreadPoolExecutor(1, "burst") as pool:
        while len(trials) < TRIALS and time.monotonic() < until:
            for trial in _rounds(subject, pool, chance):
                trials.append(trial)
                if trial.reader.texts != trial.texts or time.monotonic() > until:
                    return tuple(trials)
    return tuple(trials)


def _rounds(subject: Subject, pool: ThreadPoolExecutor, chance: random.Random) -> Iterator[Trial]:
    """Some bursts on a new channel, each with readers that resume from its first event."""
    channel = Channel(subject)
    channel.afford(TRIALS // AT_ONCE * BURST)
    texts = channel.texts("burst", 1 + ROUNDS * BURST)
    witness = channel.open("the witness")
    channel.publish(texts[:1])
    channel.until([witness], texts[0])
    (first,) = channel.ids(witness, texts[:1])
    witness.close()
    lasted = 0.0
    for end in range(1 + BURST, len(texts) + 1, BURST):
        begun = time.monotonic()
        burst: Future[None] = pool.submit(channel.publish, texts[end - BURST : end])
        moments = sorted(chance.uniform(0, lasted) for _ in range(AT_ONCE))
        streams = [_at(channel, begun + moment, first) for moment in moments]
        burst.result()
        lasted = time.monotonic() - begun
        channel.until(streams, texts[end - 1])
        for stream in streams:
            if stream.ended:
                return  # whoever was cut comes back, and has lost nothing
            stream.close()
            yield Trial(tuple(texts[1:end]), channel.got(stream, texts[1:end], first))


def _at(channel: Channel, moment: float, cursor: str) -> WireStream:
    time.sleep(max(0.0, moment - time.monotonic()))
    return channel.subject.subscribe("a reader that comes in a burst", channel.name, cursor=cursor)
