"""Whether a run may begin: options, permission, limits, and a server that can be reached. Starts nothing."""

import os
from collections.abc import Mapping
from typing import Any

import psutil
from gevent import socket

from loadtests._archive import prepare
from loadtests._course import Course, FleetError
from loadtests._endpoint import Endpoint, EndpointError
from loadtests._limits import LimitError, room_for
from loadtests._options import OptionError, Settings
from loadtests._origin import OriginError, check
from loadtests._pump import kernel_stamps_work
from loadtests._recipe import Recipe, Story
from loadtests._server import Server, Site
from loadtests._target import TargetError, described
from loadtests._verdict import INVALID
from loadtests._watch import MetricsError, metrics_url

__all__ = ["USAGE", "RefusalError", "admit", "arrange", "provide", "stamps"]

USAGE = 2
REACH_SECONDS = 5.0


class RefusalError(Exception):
    """A run that cannot begin: the message says why, `code` is what to exit with."""

    def __init__(self, message: str, code: int) -> None:
        super().__init__(message)
        self.code = code


def arrange(options: Mapping[str, Any], host: str) -> tuple[Settings, Site]:
    """What is to be done and where, the same in every process. Raises RefusalError."""
    try:
        settings = Settings.of(options)
        if settings.scenario.fleet:
            Course.of(settings, "", 0, 1)  # keeps what it takes a while to make
        site = Site.of(_recipe(settings, host), settings.target or "--host")
        if not (settings.allow_remote or site.is_loopback):
            raise OptionError(
                f"{site.recipe.name} is not this machine: load may harm it, and others on the way. "
                "Add --allow-remote when it is yours to test"
            )
    except (OptionError, EndpointError, FleetError) as error:
        raise RefusalError(str(error), USAGE) from error
    except TargetError as error:
        raise RefusalError(f"--target {error}", USAGE) from error
    return settings, site


def _recipe(settings: Settings, host: str) -> Recipe:
    """How the server is spoken to. With a target, a host is where it listens now."""
    topics = settings.scenario.topics > 1
    if settings.target:
        return described(settings.target, os.environ, host=host, topics=topics)
    return Story(host, topics)


def provide(settings: Settings) -> None:
    """What a run needs where its books are kept: a place for the result, a server to watch.

    Raises RefusalError.
    """
    try:
        prepare(settings.path("run"))
        if settings.server_metrics:
            metrics_url(settings.server_metrics)
    except OSError as error:
        raise RefusalError(f"--out: cannot write there: {error}", USAGE) from error
    except MetricsError as error:
        raise RefusalError(str(error), USAGE) from error
    if settings.server_pid is not None and not psutil.pid_exists(settings.server_pid):
        raise RefusalError(f"--server-pid {settings.server_pid}: there is no such process", USAGE)


def admit(settings: Settings, site: Site, subscribers: int) -> Server:
    """What a run needs where its subscribers are: room for so many, and the server. Raises RefusalError."""
    server = Server(site.recipe, _reached(site.streams), _reached(site.publications))
    try:
        check(settings.source_ips, server.streams.family)
        room_for(subscribers, max(1, len(settings.source_ips)))
    except (LimitError, OriginError) as error:
        raise RefusalError(str(error), USAGE) from error
    return server


def stamps(wish: str) -> bool:
    """Whether the kernel is to say when events arrived: `auto` where it does. Raises RefusalError."""
    works = wish != "off" and kernel_stamps_work()
    if wish == "on" and not works:
        raise RefusalError("--kts on: this kernel does not stamp what it receives over TCP", INVALID)
    return works


def _reached(endpoints: list[Endpoint]) -> Endpoint:
    """The first that accepts a connection: `localhost` has two addresses."""
    why = ""
    for endpoint in endpoints:
        try:
            return _connected(endpoint)
        except OSError as error:
            why = error.strerror or str(error)
    raise RefusalError(f"{endpoints[0].url} cannot be reached: {why}. Nothing was measured", INVALID)


def _connected(endpoint: Endpoint) -> Endpoint:
    with socket.socket(endpoint.family, socket.SOCK_STREAM) as attempt:
        attempt.settimeout(REACH_SECONDS)
        attempt.connect(endpoint.address)
    return endpoint
