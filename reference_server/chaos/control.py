"""The demo's control: routes that cut a stream, stall a reader, end the server; and a page with buttons."""

import os
import signal
from collections import OrderedDict
from importlib.resources import files

from aiohttp import ClientError, web

from reference_server import site
from reference_server.chaos.reader import stalled
from reference_server.head import stream_head
from reference_server.parts import Routes
from reference_server.refusal import RefusedError, reply

__all__ = ["Control"]

PAGE = files("reference_server.chaos") / "page"
HEAD = """\
<link rel="stylesheet" href="/demo/chaos.css">
<script type="module" src="/demo/chaos.js"></script>
</head>"""
MOST_TABS = 100  # remembered


class Control:
    """Stands around the correct path: it knows of the streams only which tab's page asked for which."""

    def __init__(self) -> None:
        self.again = False  # whether the server is to be started again when it has ended
        self._streams: OrderedDict[str, web.Request] = OrderedDict()  # the latest of each tab

    def routes(self, routes: Routes) -> Routes:
        """The server's own, with another page, and the control beside them."""
        return [
            *(route for route in routes if route.path != "/"),
            web.get("/", self.index),
            web.get("/demo/{name}", self.static),
            web.post("/demo/cut", self.cut),
            web.post("/demo/stall", self.stall),
            web.post("/demo/restart", self.restart),
        ]

    def stream_head(self, request: web.Request) -> web.StreamResponse:
        """The right one; and whose stream it is."""
        tab = request.query.get("tab", "")
        self._streams[tab] = request
        self._streams.move_to_end(tab)
        if len(self._streams) > MOST_TABS:
            self._streams.popitem(last=False)
        return stream_head(request)

    async def index(self, request: web.Request) -> web.Response:  # noqa: ARG002 - a handler's signature
        """`GET /`: the dashboard, and the script that adds the panel."""
        text = (site.FOLDER / "index.html").read_text(encoding="utf-8").replace("</head>", HEAD)
        headers = {**site.HEADERS, "Cache-Control": "no-store"}
        return web.Response(text=text, content_type="text/html", headers=headers)

    async def static(self, request: web.Request) -> web.Response:
        """`GET /demo/{name}`."""
        return site.page(request, request.match_info["name"], PAGE)

    async def cut(self, request: web.Request) -> web.Response:
        """`POST /demo/cut?tab=…`: reset the connection of that page's stream."""
        stream = self._streams.get(request.query.get("tab", ""))
        if stream is None or stream.transport is None:
            raise RefusedError(404, "this page has no stream at the moment")
        stream.transport.abort()
        return reply({"cut": True})

    async def stall(self, request: web.Request) -> web.Response:
        """`POST /demo/stall`: a reader that takes nothing for a while, then all; what became of it."""
        try:
            return reply(await stalled(f"{request.scheme}://{request.host}"))
        except (TimeoutError, ClientError) as error:
            raise RefusedError(503, f"the reader got no further: {str(error) or 'nothing came'}") from None

    async def restart(self, request: web.Request) -> web.Response:  # noqa: ARG002 - a handler's signature
        """`POST /demo/restart`: end in good order, to be started again."""
        self.again = True
        os.kill(os.getpid(), signal.SIGTERM)
        return reply({"restarting": True})
