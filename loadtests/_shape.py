"""The load shape of every scenario: asks the run for its level once a second. Counts and measures nothing."""

import logging
from typing import Any

import psutil
from locust import LoadTestShape
from locust.env import Environment

from loadtests._archive import prepare
from loadtests._endpoint import Endpoint, EndpointError
from loadtests._feed import Feed
from loadtests._limits import LimitError, room_for
from loadtests._options import OptionError, Settings
from loadtests._run import Run, reach
from loadtests._verdict import INVALID

__all__ = ["USAGE", "PlanShape", "RefusalError"]

log = logging.getLogger(__name__)

USAGE = 2


class RefusalError(Exception):
    """A run that cannot begin: the message says why, `code` is what to exit with."""

    def __init__(self, message: str, code: int) -> None:
        super().__init__(message)
        self.code = code


def settle(environment: Environment) -> tuple[Settings, list[Endpoint]]:
    """What is to be done and where, checked as far as that goes without a server. Raises RefusalError."""
    try:
        settings = Settings.of(vars(environment.parsed_options))
        endpoints = Endpoint.resolve(environment.host or "")
        if not (settings.allow_remote or all(endpoint.is_loopback for endpoint in endpoints)):
            raise OptionError(
                f"--host {environment.host!r} is not this machine: load may harm it, and others on the way. "
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


class PlanShape(LoadTestShape):
    """Holds the current run, which users of this environment belong to."""

    # Locust uses whatever concrete shape it finds in a locustfile for every run; ours is set in `init`
    abstract = True

    def __init__(self, environment: Environment) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.run: Run | None = None
        self._environment = environment

    def check(self) -> None:
        """Say what is wrong with the options before a run is asked for. Raises RefusalError."""
        settle(self._environment)

    def reset_time(self) -> None:
        """Locust starts a new run; in the web interface there may be many."""
        super().reset_time()  # type: ignore[no-untyped-call]
        self.run = None

    def tick(self) -> tuple[int, float] | None:
        """(users, users to start a second), or None to stop."""
        try:
            run = self.run = self.run or self._begin()
        except RefusalError as error:
            log.error("%s", error)
            self._environment.process_exit_code = error.code
            return None
        level = run.level()
        return None if level is None else (level, level)

    def _begin(self) -> Run:
        settings, endpoints = settle(self._environment)
        try:
            endpoint = reach(endpoints)
        except OSError as error:
            why = f"{self._environment.host} cannot be reached: {error.strerror or error}"
            raise RefusalError(f"{why}. Nothing was measured", INVALID) from error
        self.settings = settings
        self.feed = Feed(self._environment.stats)
        return Run(settings, endpoint, self.feed.add)

    @classmethod
    def of(cls, environment: Any) -> "PlanShape | None":
        """The shape of this environment, if it is ours."""
        shape = environment.shape_class
        return shape if isinstance(shape, cls) else None
