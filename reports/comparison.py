"""Load results side by side: each figure as a ratio to the baseline, with what is known of its noise."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from statistics import median
from typing import Any, Literal, NamedTuple

from reports.load_schema import Load
from reports.metrics import PhaseMetrics
from reports.quantities import figure
from reports.ratios import FEWEST, Ratio, chance, compared
from reports.sides import Side
from reports.units import count, times

__all__ = ["Cell", "Comparison", "Line", "at", "comparison"]

# name → what the table calls it, and whether more of it is better.
SHOWN: Mapping[str, tuple[str, bool]] = {
    "deliver.p50": ("Deliver p50", False),
    "deliver.p99": ("Deliver p99", False),
    "deliver.p999": ("Deliver p99.9", False),
    "last_subscriber.p99": ("Last subscriber p99", False),
    "publish.p99": ("Publish p99", False),
    "connect.p99": ("Connect p99", False),
    "reconnect.p99": ("Reconnect p99", False),
    "achieved_pub_s": ("Events/s", True),
    "deliveries_s": ("Deliveries/s", True),
    "loss.silent": ("Lost silently", False),
    "server.cpu_us_per_delivery": ("Server CPU per delivery, µs", False),
    "server.rss_mb": ("Server memory, MB", False),
}
RATES = {"achieved_pub_s", "deliveries_s"}  # that the generator sets: told where they differ only
AGREE = ("--levels", "--hold", "--settle", "--pub-rate", "--payload-bytes", "--schedule")
MACHINE = {"host": "machine", "cpus": "processors", "kernel": "kernel", "kts": "kernel time stamps"}
MATTERS = 0.05  # a smaller difference may be sure, and is none that anybody would act on
RANGE = (
    "A ratio is that of the medians, with the lowest and the highest that two single runs gave; an invalid "
    "run counts only where its side has no other."
)
FEW = (
    "One or two runs say little about their noise, so nothing is called better or worse: repeat each side at "
    "least three times."
)
REPEATED = (
    "Better or worse stands where the two differ by 5 % and every run of one side lies beyond every run of "
    "the other, with three or more of each, which chance alone brings about once in {often} comparisons of "
    "things that are alike."
)
Verdict = Literal["better", "worse", "alike", "unknown", "invalid"]


class Cell(NamedTuple):
    """One side's figure beside the baseline's."""

    ratio: Ratio
    text: str  # 1.34x
    span: str  # 1.21x to 1.47x, or nothing where a single run says nothing of it
    value: str
    verdict: Verdict


class Line(NamedTuple):
    """One figure of one phase; a cell is None where that side has no such figure."""

    phase: str
    name: str
    label: str
    base: str
    cells: Sequence[Cell | None]


@dataclass(frozen=True, slots=True)
class Comparison:
    """The baseline, what is held against it, and what has to be known to trust it."""

    base: Side
    others: Sequence[Side]
    lines: Sequence[Line]
    noise: str
    warnings: Sequence[str]
    phase: str | None  # the busiest that all have
    found: Mapping[str, Sequence[Sequence[PhaseMetrics]]]  # by side: the phases of each run
    anchor: str = "comparison"

    @property
    def by_phase(self) -> Mapping[str, Sequence[Line]]:
        return {name: list(lines) for name, lines in groupby(self.lines, key=lambda line: line.phase)}

    @property
    def sides(self) -> Sequence[Side]:
        return (self.base, *self.others)


def comparison(sides: Sequence[Side]) -> Comparison | None:
    """None with fewer than two sides."""
    if len(sides) < 2:
        return None
    base, others = sides[0], sides[1:]
    found = {side.name: [run.phases for run in side.runs] for side in sides}
    shared = common(found)
    lines = [line for phase in shared for line in of_phase(phase, base, others)]
    each_phase = {name: at(name, found) for name in shared}
    sound = [name for name, runs in each_phase.items() if all(not each[0].invalid for each in runs.values())]
    busiest = max(sound or shared, key=lambda name: load_of(name, found[base.name][0]), default=None)
    warnings = [*invalid(sides), *differing(sides), *missing(found, shared)]
    return Comparison(base, others, lines, noise(sides, list(each_phase.values())), warnings, busiest, found)


def common(found: Mapping[str, Sequence[Sequence[PhaseMetrics]]]) -> list[str]:
    """The names of the phases that every run has, in order."""
    runs = [[each.phase.name for each in run] for side in found.values() for run in side]
    return [name for name in dict.fromkeys(runs[0]) if all(name in run for run in runs)]


def at(phase: str, found: Mapping[str, Sequence[Sequence[PhaseMetrics]]]) -> dict[str, list[PhaseMetrics]]:
    """One phase of each side: of its valid runs, or of all where there are none."""
    every = {
        side: [each for run in runs for each in run if each.phase.name == phase]
        for side, runs in found.items()
    }
    return {
        side: [each for each in of_side if not each.invalid] or of_side for side, of_side in every.items()
    }


def load_of(name: str, run: Sequence[PhaseMetrics]) -> tuple[float, float]:
    phase = next(each.phase for each in run if each.phase.name == name)
    return phase.subs, phase.offered_pub_s or 0


def of_phase(phase: str, base: Side, others: Sequence[Side]) -> Iterator[Line]:
    for name, (label, more) in SHOWN.items():
        full = f"phase[{phase}].{name}"
        cells = [cell(full, base, side, more=more) for side in others]
        if not any(cells) or (name in RATES and level(cells)):
            continue
        against = base.values(full) or base.values(full, unfit=True)
        if not any(against) and not any(each and each.ratio.value != 1 for each in cells):
            continue  # nothing anywhere, such as no losses
        yield Line(phase, name, label, figure(name, median(against)), cells)


def level(cells: Sequence[Cell | None]) -> bool:
    """Whether all sides have the same, within a hundredth."""
    return all(each is None or abs(each.ratio.value - 1) < 0.01 for each in cells)


def cell(name: str, base: Side, side: Side, *, more: bool) -> Cell | None:
    """Of the runs that are fit; where there are none, of all, and the figure is called invalid."""
    values, against = side.values(name), base.values(name)
    invalid = not values or not against
    if invalid:
        values, against = side.values(name, unfit=True), base.values(name, unfit=True)
    if not values or not against:
        return None
    found = compared(values, against)
    repeated = min(len(values), len(against)) > 1
    span = f"{times(found.low)} to {times(found.high)}" if repeated else ""
    state = "invalid" if invalid else verdict(found, more=more)
    return Cell(found, times(found.value), span, figure(name, median(values)), state)


def verdict(found: Ratio, *, more: bool) -> Verdict:
    match found.apart:
        case None:
            return "unknown"
        case False:
            return "alike"
        case True if abs(found.value - 1) < MATTERS:
            return "alike"
    return "better" if (found.value > 1) is more else "worse"


def noise(sides: Sequence[Side], phases: Sequence[Mapping[str, Sequence[PhaseMetrics]]]) -> str:
    """What repeats say, or that there are none; `phases` are as `at` gives them."""
    told = ", ".join(f"{side.name} {len(side.runs)}" for side in sides)
    often = [
        chance(len(runs), len(base))
        for base, *others in (list(each.values()) for each in phases)
        for runs in others
        if min(len(runs), len(base)) >= FEWEST
    ]
    more = REPEATED.format(often=count(min(often))) if often else FEW
    return f"Runs: {told}. {RANGE} {more}"


def invalid(sides: Sequence[Side]) -> Iterator[str]:
    for side in sides:
        for run in side.runs:
            if isinstance(run.result, Load) and run.result.invalid:
                yield f"{run.name} of {side.name} is invalid: {'; '.join(run.result.invalid[:3])}"


def differing(sides: Sequence[Side]) -> Iterator[str]:
    """Circumstances that a comparison should hold still, and that were not."""
    runs = [run.result for side in sides for run in side.runs if isinstance(run.result, Load)]
    circumstances: dict[str, list[Any]] = {"scenario": [run.run.scenario for run in runs]}
    circumstances |= {name: [run.run.args.get(name) for run in runs] for name in AGREE}
    circumstances |= {name: [run.env.get(key) for run in runs] for key, name in MACHINE.items()}
    for name, values in circumstances.items():
        apart = list(dict.fromkeys(map(told, values)))
        if len(apart) > 1:
            yield f"{name} differs: {', '.join(apart[:6])}"


def told(value: Any) -> str:
    match value:
        case None:
            return "none"
        case bool():
            return "yes" if value else "no"
    return str(value)


def missing(found: Mapping[str, Sequence[Sequence[PhaseMetrics]]], shared: Sequence[str]) -> Iterator[str]:
    names = dict.fromkeys(each.phase.name for side in found.values() for run in side for each in run)
    lacking = [name for name in names if name not in shared]
    if lacking:
        yield f"not in every run, and left out here: {', '.join(lacking[:12])}"
