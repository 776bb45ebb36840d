"""Delivery: at least once, in order for each device, never more in memory than the queues hold.

Workers hold one connection each; a device always goes to the same worker. A batch stays with its worker
until it was taken or refused, or the sink has given up.
"""

import asyncio
import random
import ssl
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic
from typing import Self

import httpx

from .answer import Answer, Meaning, backoff, read_answer
from .outage import Outage, UndeliverableError
from .outbox import Outbox
from .rejects import Rejects
from .rng import Ints
from .tally import Tally

__all__ = ["Sink"]

DEADLINE, CONNECT_DEADLINE = 30.0, 5.0  # seconds, for an answer and for a connection
QUEUE_BATCHES = 4  # that a worker's queue may hold
HEADERS = {"content-type": "application/json", "user-agent": "eventbahn-fleet"}


class Sink:
    """POSTs births to `url`/devices and messages to `url`/measurements.

    An async context manager, whose exit ends all connections.
    """

    def __init__(
        self,
        url: str,
        tally: Tally,
        rejected: Path,
        *,
        batch: int = 500,
        linger: float = 0.2,
        connections: int = 4,
        give_up: float = 120.0,
        token: str | None = None,
        say: Callable[[str], None] = print,
    ) -> None:
        self.url = url.rstrip("/") + "/measurements"
        self._births_url = url.rstrip("/") + "/devices"
        self._tally, self._say = tally, say
        self._outage = Outage(self.url, give_up, say)
        self._rejects = Rejects(rejected)
        self._outboxes = [Outbox(QUEUE_BATCHES * batch, linger) for _ in range(connections)]
        self._batch = batch
        self._headers = HEADERS | ({"authorization": f"Bearer {token}"} if token else {})
        self._tls = httpx.create_ssl_context()  # shared, for it takes long to load
        self._workers: list[asyncio.Task[None]] = []
        self._progress = asyncio.Event()

    async def __aenter__(self) -> Self:
        self._workers = [asyncio.create_task(self._work(outbox)) for outbox in self._outboxes]
        for worker in self._workers:
            worker.add_done_callback(lambda _: self._progress.set())
        return self

    async def __aexit__(self, *_: object) -> None:
        for worker in self._workers:
            worker.cancel()
        await asyncio.gather(*self._workers, return_exceptions=True)
        self._rejects.close()

    @property
    def workers(self) -> int:
        """How many there are: a device belongs to worker `hash % workers`."""
        return len(self._outboxes)

    @property
    def trouble(self) -> str:
        """What keeps the sink waiting now; empty when all is well."""
        return self._outage.reason

    @property
    def queued(self) -> int:
        """Messages that wait in queues."""
        return sum(len(outbox) for outbox in self._outboxes)

    async def introduce(self, births: list[bytes]) -> None:
        """Tell what the devices measure; a receiver without births (404, 405) is left in peace."""
        size = self._batch
        async with self._client() as client:
            while births:
                part = births[:size]
                answer = await self._send(client, self._births_url, part)
                match answer.meaning:
                    case Meaning.HALVE if len(part) > 1:
                        size = len(part) // 2
                        continue
                    case Meaning.STOP if answer.reason[:3] in {"404", "405"}:
                        return
                    case Meaning.STOP:
                        raise UndeliverableError(
                            f"{self._births_url}: {answer.reason}: {_advice(answer.reason)}"
                        )
                    case Meaning.HALVE | Meaning.REJECT:
                        self._say(f"{self._births_url} refuses births: {answer.reason}")
                del births[: len(part)]

    async def put(self, messages: Sequence[bytes], routes: Ints) -> None:
        """Hand over messages with their workers; waits while a queue is full; raises what stopped one."""
        self._tally.generated += len(messages)
        shares: list[list[bytes]] = [[] for _ in self._outboxes]
        for message, route in zip(messages, routes.tolist(), strict=True):
            shares[route].append(message)
        for outbox, share in zip(self._outboxes, shares, strict=True):
            if share:
                outbox.put(share)
        await asyncio.sleep(0)  # a fleet as fast as possible never waits for anything else
        while self._check() and any(outbox.full for outbox in self._outboxes):
            self._progress.clear()
            await self._progress.wait()

    async def drain(self) -> None:
        """Wait until all has been settled; raises UndeliverableError."""
        for outbox in self._outboxes:
            outbox.close()
        await asyncio.gather(*self._workers)

    def _check(self) -> bool:
        """Raise what has stopped a worker."""
        for worker in self._workers:
            if worker.done():
                worker.result()
        return True

    async def _work(self, outbox: Outbox) -> None:
        most = self._batch
        async with self._client() as client:
            while batch := await outbox.take(most):
                self._progress.set()
                most = await self._settle(client, batch, most)

    def _client(self) -> httpx.AsyncClient:
        return httpx.AsyncClient(
            limits=httpx.Limits(max_connections=1, max_keepalive_connections=1),
            timeout=httpx.Timeout(DEADLINE, connect=CONNECT_DEADLINE),
            headers=self._headers,
            verify=self._tls,
        )

    async def _settle(self, client: httpx.AsyncClient, batch: list[bytes], most: int) -> int:
        """Send until each message is taken or refused, `most` at a time; returns the `most` that is taken."""
        size = most
        while batch:
            part = batch[:size]
            answer = await self._send(client, self.url, part)
            match answer.meaning:
                case Meaning.TAKEN:
                    self._tally.accepted += answer.accepted
                    self._tally.duplicates += answer.duplicates
                    del batch[: len(part)]
                case Meaning.HALVE if len(part) > 1:
                    most = size = len(part) // 2
                case Meaning.REJECT if answer.item is None and len(part) > 1:
                    size = len(part) // 2  # until it is clear which one is meant
                case Meaning.STOP:
                    raise UndeliverableError(f"{self.url}: {answer.reason}: {_advice(answer.reason)}")
                case _:
                    self._reject(batch.pop(answer.item or 0), answer.reason)
                    size = most
        return most

    async def _send(self, client: httpx.AsyncClient, url: str, part: list[bytes]) -> Answer:
        """POST until there is an answer that is not "later"."""
        failures = 0
        while True:
            answer = await self._post(client, url, part)
            if answer.meaning is not Meaning.RETRY:
                self._outage.over(monotonic())
                return answer
            failures += 1
            self._tally.retries += 1
            left = self._outage.failed(answer.reason, monotonic())
            await asyncio.sleep(min(left, backoff(failures, random.random(), answer.wait)))

    async def _post(self, client: httpx.AsyncClient, url: str, part: list[bytes]) -> Answer:
        body = b"[" + b",".join(part) + b"]"
        begin = monotonic()
        try:
            response = await client.post(url, content=body)
        except (httpx.InvalidURL, httpx.UnsupportedProtocol, httpx.LocalProtocolError) as error:
            return Answer(Meaning.STOP, reason=str(error))
        except (httpx.RequestError, ssl.SSLError) as error:
            return Answer(Meaning.RETRY, reason=_transport(error))
        answer = read_answer(
            response.status_code, response.headers, response.content, len(part), datetime.now(UTC)
        )
        self._tally.posts += 1
        self._tally.latencies.append(monotonic() - begin)
        if answer.meaning is Meaning.TAKEN:
            self._tally.body_bytes += len(body)
        return answer

    def _reject(self, message: bytes, reason: str) -> None:
        self._rejects.write(message, reason)
        self._tally.rejected += 1
        if self._tally.rejected == 1:
            self._say(f"{self.url} refuses a message: {reason}; refused ones go to {self._rejects.path}")


def _transport(error: Exception) -> str:
    """What went wrong with the connection, in words."""
    match error:
        case httpx.ConnectError():
            return f"cannot connect ({error})"
        case httpx.ConnectTimeout():
            return f"no connection within {CONNECT_DEADLINE:g} s"
        case httpx.TimeoutException():
            return f"no answer within {DEADLINE:g} s"
    return f"the connection broke ({str(error) or type(error).__name__})"


def _advice(reason: str) -> str:
    match reason[:3]:
        case "401" | "403":
            return "give the token of the receiver in the environment variable that sink.token_env names"
        case "404" | "405":
            return "is sink.url (or --url) the base URL of a server that takes POST /measurements?"
    return "this does not get better by itself"
