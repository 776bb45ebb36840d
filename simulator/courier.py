"""Carries one batch at a time to the receiver, again and again until there is an answer that settles it.

How long it is tried, how many do so at once, and what is counted, is the same for all who send.
"""

import random
from time import monotonic

from .answer import Answer, Meaning, backoff
from .connection import Connection, Manner
from .outage import Outage, UndeliverableError
from .tally import Tally
from .window import Window

__all__ = ["Courier", "hopeless"]


class Courier:
    """Shared by the workers of a sink, each of which brings a connection of its own."""

    def __init__(self, manner: Manner, outage: Outage, window: Window, tally: Tally) -> None:
        self.window, self.outage = window, outage
        self.returned = False  # whether the receiver was away, and may have forgotten what it knew
        self._manner, self._tally = manner, tally

    def connection(self) -> Connection:
        """One more, to be opened."""
        return Connection(self._manner)

    async def send(self, connection: Connection, url: str, messages: list[bytes]) -> Answer:
        """POST until there is an answer that is not "later"; raises UndeliverableError when it gives up."""
        failures = 0
        while True:
            async with self.window.turn():
                answer = await self._post(connection, url, messages)
            if answer.meaning is not Meaning.RETRY:
                self.outage.over(monotonic())
                self.returned |= self.window.succeeded()
                return answer
            failures += 1
            self._tally.retries += 1
            self.window.failed(busy=answer.busy)
            left = self.outage.failed(answer.reason, monotonic())
            wait = min(left, backoff(failures, random.random(), answer.wait))
            await self.window.pause(min(wait, answer.wait or 0.0), wait)

    async def _post(self, connection: Connection, url: str, messages: list[bytes]) -> Answer:
        begin = monotonic()
        answer, size = await connection.post(url, messages)
        if answer.status:
            self._tally.posts += 1
            self._tally.answers[answer.status] += 1
            self._tally.latencies.append(monotonic() - begin)
        if answer.meaning is Meaning.TAKEN:
            self._tally.body_bytes += size
        return answer


def hopeless(url: str, answer: Answer) -> UndeliverableError:
    """What there is to say of an answer that does not get better."""
    return UndeliverableError(f"{url}: {answer.reason}: {_advice(answer)}")


def _advice(answer: Answer) -> str:
    match answer.status:
        case 401 | 403:
            return "give the token of the receiver in the environment variable that sink.token_env names"
        case 404 | 405:
            return "is sink.url (or --url) the base URL of a server that takes POST /measurements?"
        case status if 200 <= status < 400:
            return "that is no receiver of measurements; is sink.url (or --url) its base URL?"
    return "this does not get better by itself"
