"""The routes, and what stands behind each: log → hub → streams, and the ways in."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress

from aiohttp import web

from reference_server import site
from reference_server.devices import Devices
from reference_server.frames import Frames
from reference_server.heartbeat import Wheel
from reference_server.intake import Intake
from reference_server.keep_alive import KeepAlive
from reference_server.log import Log
from reference_server.metrics import Metrics
from reference_server.openapi import OpenApi
from reference_server.origin import is_loopback
from reference_server.parts import Routes
from reference_server.reception import Judge, Reception
from reference_server.refusal import reply
from reference_server.roster import Roster
from reference_server.settings import Settings
from reference_server.snapshot import Snapshot
from reference_server.stream import Streams
from reference_server.subscriber import Subscriber

__all__ = ["app_of"]


async def app_of(log: Log, settings: Settings) -> web.Application:
    """The application around an open log, which stays the caller's to close."""
    parts = settings.parts
    metrics = Metrics()
    frames = Frames(log, settings.limits, parts.encode)
    hub = parts.hub(log, frames, metrics, settings.retain)
    wheel: Wheel[Subscriber] = Wheel(settings.heartbeat)
    pursuit = parts.pursuit(log, hub, frames, wheel, metrics, encode=parts.encode)
    heart = KeepAlive(log, hub, wheel, encode=parts.encode, heartbeat=parts.heartbeat)
    latest = await log.latest()
    snapshot = Snapshot(log, latest)
    roster = Roster({*log.births, *(entry.item.device for entry in latest)}, settings.limits.devices)
    intake = Intake(log, settings.limits, parts, roster, metrics)
    app = web.Application(
        middlewares=[Reception(metrics, judges(settings)).watch], client_max_size=settings.limits.body
    )
    ways = routes(Streams(log, hub, pursuit, settings, metrics), intake, snapshot, Devices(log))
    app.add_routes(parts.routes(OpenApi([*ways, web.get("/metrics", metrics.get)]).routes))

    async def keep_alive(_: web.Application) -> AsyncIterator[None]:
        beating = asyncio.create_task(heart.run())
        yield
        beating.cancel()
        with suppress(asyncio.CancelledError):
            await beating

    async def end_streams(_: web.Application) -> None:
        hub.close()

    app.cleanup_ctx.append(keep_alive)
    app.on_shutdown.append(end_streams)
    app.on_response_prepare.append(parts.cors(settings.cors).mark)
    return app


def judges(settings: Settings) -> list[Judge]:
    """Who has to let a request pass before any handler runs."""
    access = settings.parts.access(settings.token, settings.read_token).judge
    if settings.open or not is_loopback(settings.host):
        return [access]
    return [settings.parts.origins(settings.cors).judge, access]


def routes(streams: Streams, intake: Intake, snapshot: Snapshot, devices: Devices) -> Routes:
    """Every method and path. A stream has a HEAD of its own: aiohttp's would subscribe whoever asks."""
    return [
        web.get("/", site.index),
        web.get("/static/{name}", site.static),
        web.get("/healthz", healthz),
        web.get("/snapshot", snapshot.get),
        web.get("/stats", devices.stats),
        web.get("/devices", devices.births),
        web.post("/devices", intake.births),
        web.put("/devices/{device}", intake.birth),
        web.post("/measurements", intake.measurements),
        web.post("/events/{channel}", intake.event),
        *(
            route
            for path in ("/events", "/events/{channel}")
            for route in (web.get(path, streams.get, allow_head=False), web.head(path, streams.head))
        ),
    ]


async def healthz(request: web.Request) -> web.Response:  # noqa: ARG001 - a handler's signature
    """`GET /healthz`: alive."""
    return reply({"status": "ok"})
