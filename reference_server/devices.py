"""What is known of the devices: their births, and what was kept of their measurements."""

from aiohttp import web

from reference_server.cursor import id_of
from reference_server.log import Log
from reference_server.refusal import reply

__all__ = ["Devices"]


class Devices:
    """Reads what the log keeps for each device."""

    def __init__(self, log: Log) -> None:
        self._log = log

    async def births(self, request: web.Request) -> web.Response:  # noqa: ARG002 - a handler's signature
        """`GET /devices`: the latest birth of each device, each as the text that was sent."""
        text = "[" + ",".join(birth.text for birth in self._log.births.values()) + "]"
        return web.Response(text=text, content_type="application/json", headers={"Cache-Control": "no-store"})

    async def stats(self, request: web.Request) -> web.Response:  # noqa: ARG002 - a handler's signature
        """`GET /stats`: counts, gaps and digest of each device's highest boot, as of `last_id`."""
        devices = {device: figures.fields() for device, figures in self._log.figures.items()}
        return reply({"last_id": id_of(self._log, self._log.newest), "devices": devices})
