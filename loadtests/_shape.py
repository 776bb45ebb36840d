"""The load shape of every scenario: asks the run for its level once a second. Counts and measures nothing."""

import logging
from collections.abc import Callable
from typing import Any

from locust import LoadTestShape
from locust.env import Environment

from loadtests._admission import RefusalError, arrange, provide
from loadtests._crew import Crew
from loadtests._feed import Feed
from loadtests._options import OPTIONS
from loadtests._run import Run

__all__ = ["PlanShape"]

log = logging.getLogger(__name__)


class PlanShape(LoadTestShape):
    """Holds the current run; `crew` says who is there to take part in the next one."""

    # Locust uses whatever concrete shape it finds in a locustfile for every run; ours is set in `init`
    abstract = True

    def __init__(self, environment: Environment, crew: Callable[[], Crew]) -> None:
        super().__init__()  # type: ignore[no-untyped-call] # Locust's
        self.run: Run | None = None
        self._last: Run | None = None
        self._environment = environment
        self._crew = crew
        options = environment.parsed_options
        # Shown in the web form for the sake of `free`; elsewhere --run-time would end a run beside its plan
        shown = environment.web_ui is not None and not (options and options.autostart)
        self.use_common_options = shown  # type: ignore[misc] # Locust reads it off the instance

    def reset_time(self) -> None:
        """Locust starts a new run; in the web interface there may be many. A master says so twice."""
        super().reset_time()  # type: ignore[no-untyped-call] # Locust's
        if self.run is not None and self.run.over:
            self._last, self.run = self.run, None

    def tick(self) -> tuple[int, float] | None:
        """(users, users to start a second), or None to stop."""
        try:
            run = self.run if self.run is not None and self.run.begun else self._begin()
        except RefusalError as error:
            log.error("%s", error)
            self._environment.process_exit_code = error.code
            return None
        level = run.level()
        if level is None:
            return None
        if run.settings.scenario.open_end:
            return self._wanted()
        most, pack = run.settings.scenario.most_subscribers, run.settings.subs_per_user
        return level // pack, most // pack  # at once, up and down: a level that changes on the way is missed

    def _wanted(self) -> tuple[int, float]:
        """By Locust's own options, which its web interface changes while a run lasts."""
        options = self._environment.parsed_options
        users = (options.num_users if options else None) or 1
        return users, (options.spawn_rate if options else None) or users

    def _begin(self) -> Run:
        environment, options = self._environment, vars(self._environment.parsed_options)
        settings, site = arrange(options, environment.host or "")
        provide(settings)
        ours = {option.field: options[option.field] for option in OPTIONS}
        run = self.run = Run(
            settings,
            self._crew(),
            Feed(environment.stats),
            target=site.recipe.name,
            title=site.recipe.title,
            host=environment.host or "",
            options=ours,
            run_time=options["run_time"] or 0,
        )
        run.begin()
        return run

    def shown(self) -> Run | None:
        """The run that figures are shown of: this one, or the last one until another begins."""
        return self.run if self.run is not None and self.run.begun else self._last

    def clear(self, **_: Any) -> None:
        """Somebody reset Locust's statistics."""
        if (run := self.shown()) is not None:
            run.clear()

    @classmethod
    def of(cls, environment: Any) -> "PlanShape | None":
        """The shape of this environment, if it is ours."""
        shape = environment.shape_class
        return shape if isinstance(shape, cls) else None
