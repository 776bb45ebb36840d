"""`--fail-if 'deliver.p99 > 1.2x'`: a condition on a figure, or on its ratio to the baseline. Pure.

What can't be judged is never taken for good: an unknown name is an error, a missing figure is told as such.
"""

import operator
import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import NamedTuple

from reports.metrics import UNITS_US
from reports.quantities import KNOWN, figure, timed
from reports.ratios import ratio
from reports.schemas import Result
from reports.sides import PHASE, Loaded, Side, sides
from reports.units import times
from reports.visible import visible

__all__ = ["Gate", "GateError", "Judgement", "judge", "judge_all", "one_line"]

COMPARE: dict[str, Callable[[float, float], bool]] = {
    ">": operator.gt,
    ">=": operator.ge,
    "<": operator.lt,
    "<=": operator.le,
    "==": operator.eq,
    "!=": operator.ne,
}
SYNTAX = re.compile(
    r"\s*(?P<name>(?:phase\[[^\]]+\]\.)?[\w./-]+?)\s*(?P<compare><=|>=|==|!=|<|>)"
    r"\s*(?P<bound>\d{1,15}(?:\.\d{1,9})?)\s*(?P<unit>x|%|us|µs|ms|s|)\s*"
)
EXAMPLES = "'deliver.p99 > 1.2x', 'phase[2000].deliver.p99 > 250ms', 'fail > 0', 'coverage < 90%'"


class GateError(ValueError):
    """A condition that no result could ever meet or miss; the message says what to write."""


@dataclass(frozen=True, slots=True)
class Gate:
    """One condition; `kind` is the kind of result that it asks, `ratio` says that `bound` is one."""

    text: str
    kind: type[Result]
    name: str
    compare: str
    bound: float
    ratio: bool

    @classmethod
    def parse(cls, text: str, present: Mapping[type[Result], Collection[str]]) -> "Gate":
        """`present` are the names that the results of each kind have. Raises GateError."""
        found = SYNTAX.fullmatch(text)
        if found is None:
            raise GateError(f"--fail-if {text!r}: write FIGURE > NUMBER, as in {EXAMPLES}")
        name, compare, bound, unit = found.group("name", "compare", "bound", "unit")
        bare = PHASE.sub("", name)
        kinds = [kind for kind in KNOWN if bare in KNOWN[kind] or name in present.get(kind, ())]
        if not kinds:
            known = sorted({*(one for names in KNOWN.values() for one in names), *plain(present)})
            near = get_close_matches(bare, known, n=1)
            hint = f"did you mean {near[0]!r}?" if near else f"there are {', '.join(known[:40])} …"
            raise GateError(f"--fail-if {text!r}: no figure {bare!r}; {hint}")
        if unit != "x" and timed(name) != (unit in UNITS_US):
            takes = "ms, us, s or x" if timed(name) else "x, % or none: it is no time"
            raise GateError(f"--fail-if {text!r}: the unit of {bare} is one of {takes}")
        scale = 0.01 if unit == "%" else UNITS_US.get(unit, 1.0)
        return cls(text.strip(), kinds[0], name, compare, float(bound) * scale, unit == "x")


class Judgement(NamedTuple):
    """What became of a condition: true is bad, None could not be judged; a sentence for each side."""

    gate: Gate
    met: bool | None
    told: Sequence[str]


def judge_all(conditions: Sequence[str], loaded: Sequence[Loaded], *, lost: bool) -> list[Judgement]:
    """Each condition, of all results; `lost` says that a baseline could not be read. Raises GateError."""
    if not conditions:
        return []
    kinds: set[type[Result]] = {type(each.result) for each in loaded}
    found = {kind: sides(loaded, kind) for kind in kinds}
    present = {
        kind: {name for side in of_kind for run in side.runs for name in run.quantities}
        for kind, of_kind in found.items()
    }
    gates = [Gate.parse(text, present) for text in conditions]
    return [
        Judgement(gate, None, ["the baseline could not be read"])
        if lost and gate.ratio
        else judge(gate, found.get(gate.kind, []))
        for gate in gates
    ]


def judge(gate: Gate, found: Sequence[Side]) -> Judgement:
    """Of the sides of the gate's kind, baseline first; one that was given as such is not judged itself."""
    if not found:
        return Judgement(gate, None, [f"there is no {gate.kind.__name__.lower()} result to ask"])
    if gate.ratio and len(found) < 2:
        return Judgement(
            gate, None, ["there is nothing to compare with: give two results, or --baseline FILE"]
        )
    given = found[0].runs[0].baseline and len(found) > 1
    asked = found[1:] if gate.ratio or given else found
    told = [one(gate, side, found[0]) for side in asked]
    states = [state for state, _ in told]
    met = True if True in states else None if None in states else False
    return Judgement(gate, met, [f"{side.name}: {why}" for side, (_, why) in zip(asked, told, strict=True)])


def one(gate: Gate, side: Side, base: Side) -> tuple[bool | None, str]:
    """One side, and what is to be said of it."""
    for each in (side, base) if gate.ratio else (side,):
        if why := each.unfit(gate.name):
            return None, why
    value = side.value(gate.name)
    if value is None:
        return None, f"{gate.name} was not measured"
    if not gate.ratio:
        return COMPARE[gate.compare](value, gate.bound), figure(gate.name, value)
    against = base.value(gate.name)
    if against is None:
        return None, f"{gate.name} was not measured in the baseline, {base.name}"
    found = ratio(value, against)
    told = f"{times(found)} ({figure(gate.name, value)} to {figure(gate.name, against)} of {base.name})"
    return COMPARE[gate.compare](found, gate.bound), told


def one_line(found: Judgement) -> str:
    """`fail if deliver.p99 > 1.2x: no. nchan: 1.04x (…)`, with nothing in it that acts."""
    state = {True: "yes", False: "no", None: "could not be judged"}[found.met]
    return visible(f"fail if {found.gate.text}: {state}. {'; '.join(found.told)}")


def plain(present: Mapping[type[Result], Collection[str]]) -> set[str]:
    return {PHASE.sub("", name) for names in present.values() for name in names}
