"""What comes in: measurements, births and events by POST or PUT, answered when the log has committed them."""

import asyncio
from collections.abc import Coroutine, Sequence
from typing import Any, TypeVar

from aiohttp import web
from aiohttp.http_exceptions import HttpProcessingError

from reference_server.births import read_birth, read_births
from reference_server.cursor import id_of
from reference_server.journal import alarm, note
from reference_server.limits import Limits
from reference_server.log import Birth, BusyError, FailedError, FullError, Item, Log, Receipt
from reference_server.measurement import read_measurements
from reference_server.metrics import Metrics
from reference_server.names import MEASUREMENTS, NAME_RULE, is_name
from reference_server.parts import Parts
from reference_server.refusal import RefusedError, reply
from reference_server.roster import Roster
from reference_server.wish import channel_of

__all__ = ["Intake"]

JSON, LINES = "application/json", "application/x-ndjson"
T = TypeVar("T")
CODINGS = ("identity", "gzip", "deflate")  # aiohttp undoes the latter two


class Intake:
    """The ways in."""

    def __init__(self, log: Log, limits: Limits, parts: Parts, roster: Roster, metrics: Metrics) -> None:
        self._log = log
        self._metrics = metrics
        self._roster = roster
        self._limits = limits
        self._parts = parts
        self._failed = 0  # requests since the log could last be written

    async def measurements(self, request: web.Request) -> web.Response:
        """`POST /measurements`: one, an array, or one a line; all or nothing."""
        lines = expect_type(request, JSON, LINES) == LINES
        body = await self._body(request)
        items = read_measurements(body, self._limits, self._log.births, lines=lines)
        with self._roster.enrolled([item.device for item in items]):
            receipt = await self._keep(items, len(body))
        duplicates = receipt.sequences.count(None)
        return reply(
            {
                "accepted": len(items) - duplicates,
                "duplicates": duplicates,
                "last_id": id_of(self._log, receipt.newest),
                "durability": self._log.durability,
            }
        )

    async def births(self, request: web.Request) -> web.Response:
        """`POST /devices`: births in an array; all or nothing."""
        expect_type(request, JSON)
        return await self._register(read_births(await self._body(request), self._limits))

    async def birth(self, request: web.Request) -> web.Response:
        """`PUT /devices/{device}`: the birth of one device."""
        device: str = request.match_info["device"]
        if not is_name(device):
            raise RefusedError(400, "not a name for a device", expected=NAME_RULE)
        expect_type(request, JSON)
        return await self._register([read_birth(await self._body(request), device)])

    async def _register(self, births: list[Birth]) -> web.Response:
        """A stale birth is of a boot before the device's latest: it came late, and changes nothing."""
        with self._roster.enrolled([birth.device for birth in births]):
            await self._kept(self._log.register(births))
        stale = sum(birth.boot < self._log.births[birth.device].boot for birth in births)
        answer = {"accepted": len(births) - stale, "stale": stale, "durability": self._log.durability}
        return reply(answer)

    async def event(self, request: web.Request) -> web.Response:
        """`POST /events/{channel}`: publish anything."""
        channel = channel_of(request)
        if channel == MEASUREMENTS:
            raise RefusedError(409, f"the channel '{channel}' takes measurements only: POST /measurements")
        expect_type(request, JSON)
        body = await self._body(request)
        item = self._parts.read_publication(body, channel, self._limits)
        receipt = await self._keep([item], len(body))
        return reply({"id": id_of(self._log, receipt.newest) if item.id is None else item.id}, 201)

    async def _keep(self, items: Sequence[Item], size: int) -> Receipt:
        """Append, and count what was committed; `size` is that of the body."""
        with self._metrics.commit.time():
            receipt = await self._kept(self._log.append(items))
        duplicates = receipt.sequences.count(None)
        self._metrics.taken.inc(len(items) - duplicates)
        self._metrics.duplicates.inc(duplicates)
        self._metrics.received.inc(size)
        return receipt

    async def _kept(self, answer: Coroutine[Any, Any, T]) -> T:
        """What the log says when it has committed. Raises RefusedError if it could not."""
        try:
            receipt = await answer
        except BusyError:
            raise RefusedError(503, "too much waits for its commit: try again", retry_after=1) from None
        except (FullError, FailedError) as error:
            if not self._failed:
                alarm("commit_failed", error=str(error))
            self._failed += 1
            if isinstance(error, FullError):
                raise RefusedError(507, "the disk is full: nothing of this request was kept") from None
            raise RefusedError(500, f"the log could not be written, nothing was kept: {error}") from error
        if self._failed:
            note("commit_recovered", refused=self._failed)
            self._failed = 0
        return receipt

    async def _body(self, request: web.Request) -> bytes:
        try:
            if request.content.is_eof():  # it is here, as small ones are: a timer would be for nothing
                return await request.read()
            async with asyncio.timeout(self._limits.body_seconds):
                return await request.read()
        except TimeoutError:
            raise RefusedError(408, "the body did not arrive in time") from None
        except (web.RequestPayloadError, HttpProcessingError) as error:
            raise RefusedError(400, f"the body cannot be read: {error}") from None


def expect_type(request: web.Request, *types: str) -> str:
    """The body's media type, if it is one of `types`. Raises RefusedError."""
    if request.content_type not in types:
        sent = f"'{request.content_type}'" if "Content-Type" in request.headers else "missing"
        raise RefusedError(415, f"the Content-Type is {sent}", expected=" or ".join(types))
    coding = request.headers.get("Content-Encoding", "identity").lower()
    if coding not in CODINGS:
        raise RefusedError(415, "the Content-Encoding is not known", expected=" or ".join(CODINGS))
    return request.content_type
