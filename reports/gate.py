"""`--fail-if 'deliver.p99 > 1.2x'`: a condition on a figure, or on its ratio to the baseline. Pure.

What can't be judged is never taken for good: an unknown name is an error, a missing figure is told as such.
"""

import operator
import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import NamedTuple

from reports.quantities import KNOWN, timed
from reports.ratios import ratio
from reports.schemas import Result
from reports.sides import PHASE, Side
from reports.units import figure, times

__all__ = ["Gate", "GateError", "Judgement", "judge"]

UNITS = {"us": 1.0, "µs": 1.0, "ms": 1e3, "s": 1e6}
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
        if unit != "x" and timed(name) != (unit in UNITS):
            takes = "ms, us, s or x" if timed(name) else "x, % or none: it is no time"
            raise GateError(f"--fail-if {text!r}: the unit of {bare} is one of {takes}")
        scale = 0.01 if unit == "%" else UNITS.get(unit, 1.0)
        return cls(text.strip(), kinds[0], name, compare, float(bound) * scale, unit == "x")


class Judgement(NamedTuple):
    """What became of a condition: true is bad, None could not be judged; a sentence for each side."""

    gate: Gate
    met: bool | None
    told: Sequence[str]


def judge(gate: Gate, sides: Sequence[Side], *, baseline: bool) -> Judgement:
    """Of the sides of the gate's kind, baseline first; `baseline` says that it was given as one."""
    if not sides:
        return Judgement(gate, None, [f"there is no {gate.kind.__name__.lower()} result to ask"])
    if gate.ratio and len(sides) < 2:
        return Judgement(
            gate, None, ["there is nothing to compare with: give two results, or --baseline FILE"]
        )
    asked = sides[1:] if gate.ratio or (baseline and len(sides) > 1) else sides
    found = [one(gate, side, sides[0]) for side in asked]
    states = [state for state, _ in found]
    met = True if True in states else None if None in states else False
    return Judgement(
        gate, met, [f"{side.name}: {told}" for side, (_, told) in zip(asked, found, strict=True)]
    )


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


def plain(present: Mapping[type[Result], Collection[str]]) -> set[str]:
    return {PHASE.sub("", name) for names in present.values() for name in names}
