"""Whether a run may begin: options, limits, permission, and a server that can be reached. Starts nothing."""

from collections.abc import Mapping
from typing import Any

import psutil
from gevent import socket

from loadtests._archive import prepare
from loadtests._endpoint import Endpoint, EndpointError
from loadtests._limits import LimitError, room_for
from loadtests._options import OptionError, Settings
from loadtests._verdict import INVALID

__all__ = ["USAGE", "RefusalError", "arrange", "reach"]

USAGE = 2
REACH_SECONDS = 5.0


class RefusalError(Exception):
    """A run that cannot begin: the message says why, `code` is what to exit with."""

    def __init__(self, message: str, code: int) -> None:
        super().__init__(message)
        self.code = code


def arrange(options: Mapping[str, Any], host: str) -> tuple[Settings, list[Endpoint]]:
    """What is to be done and where, checked as far as that goes without a server. Raises RefusalError."""
    try:
        settings = Settings.of(options)
        endpoints = Endpoint.resolve(host)
        if not (settings.allow_remote or all(endpoint.is_loopback for endpoint in endpoints)):
            raise OptionError(
                f"--host {host!r} is not this machine: load may harm it, and others on the way. "
                "Add --allow-remote when it is yours to test"
            )
        room_for(settings.scenario.levels[-1])
        prepare(settings.path("run"))
        if settings.server_pid is not None and not psutil.pid_exists(settings.server_pid):
            raise OptionError(f"--server-pid {settings.server_pid}: there is no such process")
    except (OptionError, EndpointError, LimitError) as error:
        raise RefusalError(str(error), USAGE) from error
    except OSError as error:
        raise RefusalError(f"--out: cannot write there: {error}", USAGE) from error
    return settings, endpoints


def reach(endpoints: list[Endpoint]) -> Endpoint:
    """The first that accepts a connection: `localhost` has two. Raises RefusalError when none does."""
    why = ""
    for endpoint in endpoints:
        try:
            return _connected(endpoint)
        except OSError as error:
            why = error.strerror or str(error)
    raise RefusalError(f"{endpoints[0].base} cannot be reached: {why}. Nothing was measured", INVALID)


def _connected(endpoint: Endpoint) -> Endpoint:
    with socket.socket(endpoint.family, socket.SOCK_STREAM) as attempt:
        attempt.settimeout(REACH_SECONDS)
        attempt.connect(endpoint.address)
    return endpoint
