"""Results side by side: the runs of one target are a side, and the first is what others are held against."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from statistics import median

from reports.load_schema import Load
from reports.metrics import PhaseMetrics, held_against, phases
from reports.quantities import quantities
from reports.schemas import Conformance, Fleet, Result
from reports.visible import cut

__all__ = ["PHASE", "Loaded", "Side", "sides", "target"]

PHASE = re.compile(r"phase\[([^\]]+)\]\.")


@dataclass(frozen=True)
class Loaded:
    """A result, the name of its file, like no other's, and whether it was given as the baseline."""

    name: str
    result: Result
    baseline: bool = False

    @cached_property
    def phases(self) -> Sequence[PhaseMetrics]:
        """Those of a load run."""
        return phases(self.result) if isinstance(self.result, Load) else ()

    @cached_property
    def quantities(self) -> Mapping[str, float]:
        """Every figure that it has."""
        return quantities(self.result, self.phases)


@dataclass(frozen=True, slots=True)
class Side:
    """One or several runs of the same thing."""

    name: str
    runs: Sequence[Loaded]

    def values(self, name: str, *, unfit: bool = False) -> list[float]:
        """One figure of each run that has it; of invalid runs only if these are asked for."""
        return [
            run.quantities[name] for run in self.runs if name in run.quantities and (unfit or fit(run, name))
        ]

    def value(self, name: str) -> float | None:
        """The median over the runs that are fit; None where one of them lacks it, or there is none."""
        values = self.values(name)
        runs = sum(fit(run, name) for run in self.runs)
        return median(values) if values and len(values) == runs else None

    def unfit(self, name: str) -> str | None:
        """Why no run's figure can be held against anybody."""
        if any(fit(run, name) for run in self.runs):
            return None
        run = self.runs[0]
        assert isinstance(run.result, Load), "only a load run can be invalid"
        return f"{run.name} is invalid: {run.result.invalid[0]}"


def fit(run: Loaded, name: str) -> bool:
    """Whether a run's figure can be held against the server: its generator was not the bottleneck."""
    if not isinstance(run.result, Load) or not run.result.invalid:
        return True
    asked = PHASE.match(name)
    phases = [asked[1]] if asked else [phase.name for phase in run.result.phases]
    return not any(held_against(run.result.invalid, phase) for phase in phases)


def sides(loaded: Sequence[Loaded], kind: type[Result]) -> list[Side]:
    """The results of one kind, the baseline first.

    Runs of one target are repeats, if there are several targets or a baseline; else every file is a side.
    """
    found = [each for each in loaded if isinstance(each.result, kind)]
    marked = [each for each in found if each.baseline]
    others = [each for each in found if not each.baseline]
    repeats = bool(marked) or len({target(each.result) for each in found}) > 1
    if repeats and kind is Load:
        groups: dict[str, list[Loaded]] = {}
        for each in others:
            groups.setdefault(target(each.result), []).append(each)
        made = [Side(name, runs) for name, runs in groups.items()]
    else:
        made = [Side(each.name, [each]) for each in others]
    if not marked:
        return made
    name = target(marked[0].result)
    taken = any(side.name == name for side in made)
    return [Side(f"{name} (baseline)" if taken else name, marked), *made]


def target(result: Result) -> str:
    """Who was measured or judged."""
    match result:
        case Load():
            return cut(result.run.name or result.run.target)
        case Conformance():
            return cut(str(result.target.get("name") or result.target.get("url") or "unnamed target"))
        case Fleet():
            return cut(result.url)
