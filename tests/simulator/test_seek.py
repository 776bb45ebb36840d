"""A group that comes in later says what the others say that were there from the beginning."""

from collections.abc import Iterable

import pytest

from simulator.config import load
from simulator.encode import Encoder
from simulator.group import Group, longest_delay
from simulator.plan import GroupPlan, Span
from simulator.postponed import Rows
from simulator.seek import group_after

from .fleets import MINUTE, MONDAY, drain

DIRT = (
    '{match="*", kind="delay", at="0s", for="30d", p=0.2, by="90s"}',
    '{match="*", kind="duplicate", at="0s", for="30d", p=0.2, by="2m"}',
    '{match="*", kind="reorder", at="0s", for="30d", p=0.1}',
    '{match="*", kind="loss", at="0s", for="30d", p=0.05}',
    '{match="air-01", kind="offline", at="5m", for="9m"}',
    '{match="air-01", kind="offline", at="10m", for="10m"}',
    '{match="air-02", kind="offline", at="12m", for="2m", deliver="lost"}',
    '{match="*", kind="stuck", at="8m", for="6m"}',
    '{match="air-03", kind="reboot", at="11m", for="2m"}',
)
START = MONDAY + 75 * MINUTE
RUN = Span(START, START - 5 * MINUTE, START + 30 * MINUTE)


def posts(*dirt: str) -> GroupPlan:
    """Three air quality posts, whose model needs no warm-up."""
    return load(
        "city", ["fleet.0.count=3", f"fault=[{', '.join(dirt)}]", "run.start=2026-03-02T00:00:00Z"]
    ).groups[0]


def said(plan: GroupPlan, found: Iterable[Rows]) -> dict[int, list[bytes]]:
    """The messages of each device, in order."""
    encoder = Encoder(plan.ids, plan.profile.sensors, RUN.start)
    made: dict[int, list[bytes]] = {device: [] for device in range(len(plan.ids))}
    for rows in found:
        messages = encoder.encode(rows)
        for device, message in zip(rows.device.tolist(), messages, strict=True):
            made[device].append(message)
    return made


@pytest.mark.parametrize("minutes", [-6, -5, -0.01, 0, 7.77, 12.3, 14, 19.99, 20, 29.99, 31])
def test_what_was_said_and_what_will_be_is_all(minutes: float) -> None:
    dirty, position = posts(*DIRT), START + round(minutes * MINUTE)
    whole = said(dirty, drain(Group(dirty, RUN)))
    before = said(dirty, Group(dirty, RUN).due(position))
    after = said(dirty, drain(group_after(dirty, RUN, position)))

    assert whole == {device: before[device] + after[device] for device in whole}


def test_nothing_comes_later_than_the_longest_delay() -> None:
    dirty = posts(*DIRT[:3])
    group, delays = Group(dirty, RUN), dict[str, list[float]]()
    said(dirty, drain(group))
    for each in (episode for episode in group.happened if episode.seq is not None):
        waited = each.end - each.start - 2 * dirty.profile.jitter  # at least, for starts are without jitter
        delays.setdefault(each.fault.kind, []).append(waited / longest_delay(each.fault, dirty.profile))

    assert set(delays) == {"delay", "duplicate", "reorder"}
    assert all(0.8 < max(shares) <= 1 for shares in delays.values())


def test_nothing_was_due_before_the_origin() -> None:
    clean = posts()

    assert said(clean, drain(group_after(clean, RUN, 0))) == said(clean, drain(Group(clean, RUN)))


def test_it_knows_what_it_holds() -> None:
    dirty = posts(*DIRT)
    there = Group(dirty, RUN)
    said(dirty, there.due(START + 13 * MINUTE))

    assert group_after(dirty, RUN, START + 13 * MINUTE).held == there.held > 0
