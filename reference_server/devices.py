"""What is known of the devices: their births."""

from aiohttp import web

from reference_server.log import Log

__all__ = ["Devices"]


class Devices:
    """Reads what the log keeps for each device."""

    def __init__(self, log: Log) -> None:
        self._log = log

    async def births(self, request: web.Request) -> web.Response:  # noqa: ARG002 - a handler's signature
        """`GET /devices`: the latest birth of each device, each as the text that was sent."""
        text = "[" + ",".join(birth.text for birth in self._log.births.values()) + "]"
        return web.Response(text=text, content_type="application/json", headers={"Cache-Control": "no-store"})
