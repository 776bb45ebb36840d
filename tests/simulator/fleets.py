"""Small fleets for the tests of this folder."""

from collections.abc import Iterable

from simulator.config import Config, load
from simulator.encode import Encoder
from simulator.group import Group
from simulator.plan import Span
from simulator.postponed import Rows

__all__ = ["MINUTE", "MONDAY", "drain", "messages", "office", "span"]

MONDAY = 1_772_406_000_000  # 2026-03-02T00:00:00+01:00
MINUTE = 60_000


def office(*overrides: str, count: int = 3, faults: bool = False) -> Config:
    """The office preset with that many rooms; without faults, unless they are wanted."""
    start = [f"fleet.0.count={count}", "run.start=2026-03-02T00:00:00+01:00"]
    if not faults:
        start.append("fault=[]")
    return load("office", [*start, *overrides])


def span(begin: float, minutes: float) -> Span:
    """A run that starts `begin` minutes into that Monday."""
    start = MONDAY + round(begin * MINUTE)
    return Span(start, start, start + round(minutes * MINUTE))


def drain(group: Group) -> Iterable[Rows]:
    """Everything that a group has to give."""
    yield from group.rest()
    yield from group.release()


def messages(config: Config, run: Span) -> dict[str, list[bytes]]:
    """The messages of each device, in order."""
    found: dict[str, list[bytes]] = {}
    for plan in (plan for plan in config.groups if plan.ids):
        encoder = Encoder(plan.ids, plan.profile.sensors, 0)
        for rows in drain(Group(plan, run)):
            made = encoder.encode(rows)
            for device, message in zip(rows.device.tolist(), made, strict=True):
                found.setdefault(plan.ids[device], []).append(message)
    return found
