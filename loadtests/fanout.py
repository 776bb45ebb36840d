"""Subscribers of the fan-out story, as Locust finds them. Holds User classes only."""

from typing import Any

from locust import User, task
from locust.exception import StopUser

from loadtests._plugin import current_generator


class Subscriber(User):
    """One user is one subscriber, or so many as --subs-per-user says; the run's pump reads their bytes."""

    _subscriber: Any = None  # until there is a run to belong to

    def on_start(self) -> None:
        self._generator = current_generator(self.environment)
        self._subscriber = self._generator.subscriber()

    @task
    def follow(self) -> None:
        self._subscriber.follow(self._generator.delay)
        raise StopUser  # the run has drained, and everybody leaves

    def on_stop(self) -> None:
        if self._subscriber is not None:
            self._subscriber.leave()
