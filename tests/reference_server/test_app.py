"""What a sender hears when the log cannot keep what was sent."""

import asyncio
from collections.abc import Sequence

import httpx
import pytest
from aiohttp import web

from reference_server.app import app_of
from reference_server.limits import Limits
from reference_server.log import BusyError, FailedError, FullError, Item, Receipt
from reference_server.memory_log import MemoryLog
from reference_server.settings import Settings
from tests.conftest import DEADLINE


class Refusing(MemoryLog):
    """A log that keeps nothing."""

    def __init__(self, reason: Exception) -> None:
        super().__init__(10, Limits())
        self.reason = reason

    async def append(self, items: Sequence[Item]) -> Receipt:  # noqa: ARG002 - the promise of a log
        raise self.reason


@pytest.mark.parametrize(
    ("reason", "status", "retry_after"),
    [(BusyError(), 503, "1"), (FullError(), 507, None), (FailedError("disk I/O error"), 500, None)],
    ids=["busy", "full", "failed"],
)
def test_nothing_is_acknowledged_that_was_not_kept(
    reason: Exception, status: int, retry_after: str | None
) -> None:
    async def main() -> list[httpx.Response]:
        runner = web.AppRunner(await app_of(Refusing(reason), Settings()))
        await runner.setup()
        try:
            await web.TCPSite(runner, "127.0.0.1", 0).start()
            url = f"http://127.0.0.1:{runner.addresses[0][1]}"
            async with httpx.AsyncClient(base_url=url, trust_env=False, timeout=DEADLINE) as client:
                measured = await client.post("/measurements", json={"device": "d", "value": 1})
                published = await client.post("/events/c", json={"data": "x"})
                return [measured, published]
        finally:
            await runner.cleanup()

    for answer in asyncio.run(main()):
        assert (answer.status_code, answer.headers.get("Retry-After")) == (status, retry_after)
        assert answer.json()["error"]
