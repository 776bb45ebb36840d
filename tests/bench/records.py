"""What was measured: one record a round, and medians over the rounds. Pure."""

import statistics
from collections.abc import Mapping, Sequence
from typing import NamedTuple

__all__ = ["Record", "Records"]


class Record(NamedTuple):
    """One round of a scenario; its subject is a peer's folder, or a way to send measurements and a log."""

    scenario: str
    subject: str
    figures: Mapping[str, float]
    failed: str = ""  # a sentence, instead of figures


class Records:
    """All rounds, in the order in which they ran."""

    def __init__(self, rounds: Sequence[Record] = ()) -> None:
        self.rounds = list(rounds)

    def add(self, record: Record) -> None:
        self.rounds.append(record)

    def of(self, scenario: str, subject: str) -> list[Record]:
        return [each for each in self.rounds if (each.scenario, each.subject) == (scenario, subject)]

    def subjects(self, scenario: str) -> list[str]:
        return list(dict.fromkeys(each.subject for each in self.rounds if each.scenario == scenario))

    def figures(self, scenario: str, subject: str, name: str) -> list[float]:
        """Of each round that has it."""
        return [each.figures[name] for each in self.of(scenario, subject) if name in each.figures]

    def median(self, scenario: str, subject: str, name: str) -> float | None:
        """None if it was not measured, or failed each time."""
        found = self.figures(scenario, subject, name)
        return statistics.median(found) if found else None

    def failure(self, scenario: str, subject: str) -> str:
        """The first one, if there was any."""
        return next((each.failed for each in self.of(scenario, subject) if each.failed), "")
