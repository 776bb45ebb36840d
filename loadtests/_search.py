"""The search for the most subscribers that a server serves well: up by halves, then between. Pure."""

from dataclasses import dataclass, field
from typing import Any, NamedTuple

__all__ = ["Search", "Trial"]

GROWTH = 1.5
CLOSE_ENOUGH = 0.05  # of the answer


class Trial(NamedTuple):
    """A level that was tried; `missed` says what was not met, None where all was."""

    subscribers: int
    missed: str | None


@dataclass(slots=True)
class Search:
    """Goes on from `level`, never beyond `most`."""

    level: int
    most: int
    trials: list[Trial] = field(default_factory=list)

    @property
    def found(self) -> int:
        """The most that was served well, 0 for none."""
        return max((trial.subscribers for trial in self.trials if trial.missed is None), default=0)

    def judge(self, missed: str | None) -> int | None:
        """Take down how the current level did. Returns the next one, or None when the answer is known."""
        self.trials.append(Trial(self.level, missed))
        bad = [trial.subscribers for trial in self.trials if trial.missed is not None]
        good, upper = self.found, min(bad, default=None)
        if upper is None:
            following = min(self.most, max(good + 1, int(good * GROWTH)))
        elif upper - good <= max(1, CLOSE_ENOUGH * good):
            return None
        else:
            following = (good + upper) // 2
        if following == good:
            return None
        self.level = following
        return following

    def told(self) -> dict[str, Any]:
        """The `capacity` of the result file. `limit` is what the next level missed, None where none did."""
        above = [trial for trial in self.trials if trial.missed is not None]
        nearest = min(above, key=lambda trial: trial.subscribers, default=None)
        return {
            "subscribers": self.found,
            "limit": nearest and nearest.missed,
            "trials": [trial._asdict() for trial in self.trials],
        }
