"""One HTTP connection to the receiver: a POST in, what it means out. Tries nothing twice but without gzip."""

import asyncio
import gzip
import ssl
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from types import TracebackType
from typing import NamedTuple, Self
from urllib.parse import urlsplit

import httpx

from .answer import Answer, Meaning, read_answer

__all__ = ["Connection", "Manner", "Posted"]

DEADLINE, CONNECT_DEADLINE = 30.0, 5.0  # seconds, for an answer and for a connection
HEADERS = {"content-type": "application/json", "user-agent": "eventbahn-fleet"}
GZIPPED = {"content-encoding": "gzip"}
NOT_THIS_BODY = {400, 415}  # statuses by which a receiver may say that it takes no gzip
QUICK = 1  # level of gzip


class Posted(NamedTuple):
    """What the receiver said, and the bytes that went there; none of them: there was no answer."""

    answer: Answer
    size: int


@dataclass(slots=True)
class Manner:
    """How all connections of a sink speak; `gzip` ends with the first body that is taken only without."""

    headers: Mapping[str, str]
    tls: ssl.SSLContext
    say: Callable[[str], None]
    gzip: bool = False

    @classmethod
    def to(cls, url: str, token: str | None, say: Callable[[str], None], *, gzip: bool) -> Self:
        """Towards that address; certificates, which take long to load, only where they are needed."""
        https = urlsplit(url).scheme == "https"
        tls = httpx.create_ssl_context() if https else ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        return cls({"authorization": f"Bearer {token}"} if token else {}, tls, say, gzip)


class Connection:
    """An async context manager, which connects with the first POST, and again when that has broken."""

    def __init__(self, manner: Manner) -> None:
        self._manner = manner
        self._client = httpx.AsyncClient(
            limits=httpx.Limits(max_connections=1, max_keepalive_connections=1),
            timeout=httpx.Timeout(DEADLINE, connect=CONNECT_DEADLINE),
            headers=HEADERS | dict(manner.headers),
            verify=manner.tls,
        )

    async def __aenter__(self) -> Self:
        await self._client.__aenter__()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._client.__aexit__(kind, error, trace)

    async def post(self, url: str, messages: list[bytes]) -> Posted:
        """Send a JSON array."""
        body, count = b"[" + b",".join(messages) + b"]", len(messages)
        if not self._manner.gzip:
            return await self._send(url, body, count)
        posted = await self._send(url, gzip.compress(body, QUICK), count, GZIPPED)
        if posted.answer.meaning is Meaning.STOP and posted.answer.status in NOT_THIS_BODY:
            refused, posted = posted, await self._send(url, body, count)
            if posted.answer.meaning is Meaning.TAKEN:
                self._manner.gzip = False
                self._manner.say(f"{url} takes no gzip ({refused.answer.reason}): going on without")
        return posted

    async def _send(self, url: str, body: bytes, count: int, more: Mapping[str, str] = {}) -> Posted:
        try:
            async with asyncio.timeout(CONNECT_DEADLINE + 2 * DEADLINE):  # httpx counts between bytes
                response = await self._client.post(url, content=body, headers=more)
        except (httpx.InvalidURL, httpx.UnsupportedProtocol, httpx.LocalProtocolError) as error:
            return Posted(Answer(Meaning.STOP, reason=str(error)), 0)
        except (httpx.RequestError, ssl.SSLError, TimeoutError) as error:
            return Posted(_broken(error), 0)
        now = datetime.now(UTC)
        answer = read_answer(response.status_code, response.headers, response.content, count, now)
        return Posted(answer, len(body))


def _broken(error: Exception) -> Answer:
    """What went wrong with the connection, in words; a certificate does not get better by itself."""
    match error:
        case httpx.ConnectError() if "CERTIFICATE_VERIFY_FAILED" in str(error):
            return Answer(Meaning.STOP, reason=f"cannot connect ({error})")
        case httpx.ConnectError():
            reason = f"cannot connect ({error})"
        case httpx.ConnectTimeout():
            reason = f"no connection within {CONNECT_DEADLINE:g} s"
        case httpx.TimeoutException() | TimeoutError():
            reason = f"no answer within {DEADLINE:g} s"
        case _:
            reason = f"the connection broke ({str(error) or type(error).__name__})"
    return Answer(Meaning.RETRY, reason=reason)
