"""Which payloads go over one channel, in what order, and where fences stand between them. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from conformance.requirements import REQUIREMENTS
from conformance.row import Payload
from conformance.target import Target

__all__ = ["HARMLESS", "Plan", "plan"]

HARMLESS = "harmless"  # the payload of a control, and of every attack
CONTROL = Payload(HARMLESS, "control", "control", 3000, "control")
ATTACKS = "INJ"  # each of them needs fences of its own
SHARE = 1 / 3  # of what a stranger may be asked; the rest is for other captures

Rows = Mapping[str, Sequence[Payload]]
Group = Sequence[Payload]


@dataclass(frozen=True, slots=True)
class Plan:
    """`controls` come first, then the payloads of `rows`. `left_out` says why a row has none.

    A `sparing` plan puts fences between rows instead of payloads, attacks excepted.
    """

    controls: tuple[Payload, ...]
    rows: Rows
    left_out: Mapping[str, str]
    sparing: bool = False

    @property
    def groups(self) -> list[Group]:
        """What is published between two fences."""
        groups: list[Group] = [[one] for one in self.controls]
        for row, many in self.rows.items():
            together = self.sparing and REQUIREMENTS[row].section != ATTACKS
            groups += [many] if together else [[one] for one in many]
        return groups

    @property
    def requests(self) -> int:
        """How many publications it takes, that of the first fence left out."""
        return sum(len(group) + 1 for group in self.groups)


def plan(target: Target, rows: Rows) -> Plan:
    """All of the rows; of a stranger's server only the more important ones, as far as its ration goes."""
    largest = target.publish.max_bytes if target.publish else None
    fitting = {row: [one for one in many if _fits(one, largest)] for row, many in rows.items()}
    small = {row: f"publish.max_bytes is {largest}" for row, many in fitting.items() if not many}
    everything = _of(target, {row: many for row, many in fitting.items() if many}, small)
    polite = target.politeness
    if polite is None or polite.max_requests is None:
        return everything
    most = int(polite.max_requests * SHARE)
    kept = _of(target, {}, small, sparing=True)
    for row in sorted(everything.rows, key=lambda row: REQUIREMENTS[row].priority):
        chosen = {other: many for other, many in fitting.items() if other in kept.rows or other == row}
        more = _of(target, chosen, kept.left_out, sparing=True)
        why = f"politeness: its payloads would take more than {most} of {polite.max_requests} requests"
        kept = more if more.requests <= most else replace(kept, left_out={**kept.left_out, row: why})
    return kept


def _of(target: Target, rows: Rows, left_out: Mapping[str, str], *, sparing: bool = False) -> Plan:
    sets = dict.fromkeys(one.fields for many in rows.values() for one in many)
    typed = target.publish is not None and target.publish.fields.event is not False
    if typed and not any("id" in fields for fields in sets):  # so that every stream has an event with a type
        sets = dict.fromkeys([frozenset({"event"}), *sets])
    return Plan(tuple(map(_control, sets)), rows, left_out, sparing)


def _control(fields: frozenset[str]) -> Payload:
    """A harmless payload that sets these fields."""
    left_out: dict[str, Any] = dict.fromkeys(CONTROL.fields - fields)
    return replace(CONTROL, **left_out)


def _fits(payload: Payload, largest: int | None) -> bool:
    return largest is None or len(payload.data.encode("utf-8", "surrogatepass")) <= largest
