"""The last measurement of each device: what a page shows before the first event comes."""

from collections.abc import Iterable, Sequence

from aiohttp import web

from reference_server.cursor import id_of
from reference_server.log import Entry, Log

__all__ = ["Snapshot"]


class Snapshot:
    """Follows the log; its `last_id` is where a stream has to go on so that nothing is missed."""

    def __init__(self, log: Log, latest: Iterable[Entry]) -> None:
        self._log = log
        self._latest = {entry.item.device: entry for entry in latest}
        log.listen(self.follow)

    def follow(self, entries: Sequence[Entry]) -> None:
        self._latest.update((entry.item.device, entry) for entry in entries if entry.item.device)

    async def get(self, request: web.Request) -> web.Response:  # noqa: ARG002 - a handler's signature
        """`GET /snapshot`; the measurements are spliced in as the text that was published."""
        devices = ",".join(
            f'"{device}":{{"id":"{id_of(self._log, entry.sequence)}","measurement":{entry.item.data}}}'
            for device, entry in self._latest.items()
        )
        text = f'{{"last_id":"{id_of(self._log, self._log.newest)}","devices":{{{devices}}}}}'
        return web.Response(text=text, content_type="application/json", headers={"Cache-Control": "no-store"})
