"""What a run does, in every process alike: its plan, and what its publishers send when. Reads no clock."""

from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec

from loadtests._options import Settings
from loadtests._plan import SECOND, Plan
from loadtests._probe import Compose, source_name, topic_name
from loadtests._scenario import Scenario
from loadtests._schedule import Schedule
from loadtests._timetable import Timetable

__all__ = ["Course", "FleetError"]


class FleetError(ValueError):
    """A fleet that cannot publish; the message says why."""


@dataclass(frozen=True, slots=True)
class Course:
    """`sources` are all that is numbered on its own, by name; together they keep to one timetable.

    Each of the `publishers` has a source for each topic, and lets `compose` write what it sends.
    """

    plan: Plan
    sources: dict[str, Schedule]
    publishers: tuple[dict[str, Schedule], ...]
    compose: Compose

    @classmethod
    def of(cls, settings: Settings, run: str, begin_ns: int, publishers: int) -> "Course":
        """By whatever clock `begin_ns` is read from. Raises FleetError."""
        scenario = settings.scenario
        plan = Plan.of(scenario.steps(), begin_ns)
        timetable, compose = _content(scenario, plan, settings.seed)
        count, topics = scenario.topics * publishers, range(scenario.topics)
        found = tuple(
            {
                source_name(run, index, topic): Schedule(
                    timetable, topic * publishers + index, count, topic_name(run, topic)
                )
                for topic in topics
            }
            for index in range(publishers)
        )
        sources = {name: schedule for each in found for name, schedule in each.items()}
        return cls(plan, sources, found, compose)


def _content(scenario: Scenario, plan: Plan, seed: int) -> tuple[Timetable, Compose]:
    """When something is due, and what."""
    if scenario.fleet:
        return _messages(scenario.fleet, plan)
    return scenario.timetable(plan, seed), lambda probe, _number: probe.encode(scenario.payload)


def _messages(config: str, plan: Plan) -> tuple[Timetable, Compose]:
    """What devices send. The simulator is loaded only now: it is an extra, and larger than all the rest."""
    if find_spec("numpy") is None:
        raise FleetError(f"--fleet {config}: devices need numpy: pip install 'eventbahn[fleet]'")
    fleet = import_module("loadtests._fleet")
    try:
        messages = fleet.messages_of(config, (plan.end_ns - plan.begin_ns) / SECOND)
    except fleet.ConfigError as error:
        raise FleetError(f"--fleet {error}") from error
    return messages.timetable(plan.begin_ns), messages.compose
