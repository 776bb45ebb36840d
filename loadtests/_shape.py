"""The load shape of every scenario: asks the run for its level once a second. Counts and measures nothing."""

import logging
from typing import Any

from locust import LoadTestShape
from locust.env import Environment

from loadtests._admission import RefusalError, arrange, reach
from loadtests._feed import Feed
from loadtests._run import Run

__all__ = ["PlanShape"]

log = logging.getLogger(__name__)


class PlanShape(LoadTestShape):
    """Holds the current run, which users of this environment belong to."""

    # Locust uses whatever concrete shape it finds in a locustfile for every run; ours is set in `init`
    abstract = True

    def __init__(self, environment: Environment) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.run: Run | None = None
        self._environment = environment

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
        environment = self._environment
        settings, endpoints = arrange(vars(environment.parsed_options), environment.host or "")
        return Run(settings, reach(endpoints), Feed(environment.stats))

    @classmethod
    def of(cls, environment: Any) -> "PlanShape | None":
        """The shape of this environment, if it is ours."""
        shape = environment.shape_class
        return shape if isinstance(shape, cls) else None
