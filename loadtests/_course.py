"""What a run does, in every process alike: its plan and its publishers' schedules. Reads no clock."""

from dataclasses import dataclass

from loadtests._options import Settings
from loadtests._plan import Plan
from loadtests._probe import source_name, topic_name
from loadtests._schedule import Schedule

__all__ = ["Course"]


@dataclass(frozen=True, slots=True)
class Course:
    """`sources` are all that is numbered on its own, by name; together they keep to one timetable.

    Each of the `publishers` has a source for each topic.
    """

    plan: Plan
    sources: dict[str, Schedule]
    publishers: tuple[dict[str, Schedule], ...]

    @classmethod
    def of(cls, settings: Settings, run: str, begin_ns: int, publishers: int) -> "Course":
        """By whatever clock `begin_ns` is read from."""
        scenario = settings.scenario
        plan = Plan.of(scenario.steps(), begin_ns)
        timetable = scenario.timetable(plan, settings.seed)
        found = tuple(
            {
                source_name(run, index, topic): Schedule(
                    timetable,
                    topic * publishers + index,
                    scenario.topics * publishers,
                    topic_name(run, topic),
                )
                for topic in range(scenario.topics)
            }
            for index in range(publishers)
        )
        return cls(plan, {name: schedule for sources in found for name, schedule in sources.items()}, found)
