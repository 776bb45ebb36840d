"""Subscribers of the fan-out story, as Locust finds them. Holds User classes only."""

from typing import Any

from locust import User, task
from locust.exception import StopUser

from loadtests._plugin import current_generator


class Subscriber(User):
    """One user is one subscriber; the run's pump reads its bytes, so it costs little more than a stack."""

    _subscriber: Any = None  # until there is a run to belong to

    def on_start(self) -> None:
        generator = current_generator(self.environment)
        self._subscriber = generator.subscriber()
        self._delay = generator.delay()

    @task
    def follow(self) -> None:
        self._subscriber.follow(self._delay)
        raise StopUser  # the run has drained, and everybody leaves

    def on_stop(self) -> None:
        if self._subscriber is not None:
            self._subscriber.leave()
