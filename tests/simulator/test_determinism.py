"""Same configuration and seed, same bytes: for every preset, with all its faults."""

import json
from dataclasses import replace
from typing import Any

import pytest

from simulator.config import Config, load, presets
from simulator.encode import Encoder
from simulator.group import Group
from simulator.plan import Span

from .fleets import MINUTE, MONDAY, messages

EACH = pytest.mark.parametrize("preset", sorted(presets()))
MORNING = 60 + 15  # minutes into a local day, a quarter past midnight UTC
DIRT = [
    '{match="*", kind="loss", at="0s", for="30d", p=0.05}',
    '{match="*", kind="reorder", at="0s", for="30d", p=0.05}',
    '{match="*", kind="reboot", rate="20/d", for="2m"}',
    '{match="*", kind="burst", rate="20/d", for="3m", gain=[3, 8]}',
]


def fleet(preset: str, count: int = 3, seed: int = 42) -> Config:
    """A preset with few devices in each of its fleets, once a minute at most, and more faults."""
    groups = load(preset).groups
    few = [f"fleet.{index}.count={count}" for index in range(len(groups))]
    few += [f"profile.{plan.profile.name}.every={max(plan.profile.every, 60_000)}ms" for plan in groups]
    run = [f"run.seed={seed}", "run.start=2026-03-02T00:00:00+01:00"]
    return load(preset, [*few, *run, f"fault=[{', '.join(DIRT)}]"])


def run(begin: int = MORNING, minutes: int = 20) -> Span:
    start = MONDAY + begin * MINUTE
    return Span(start, start, start + minutes * MINUTE)


def decoded(found: list[bytes]) -> list[tuple[int, Any]]:
    return sorted((message["ts"], message["values"]) for message in map(json.loads, found))


@EACH
def test_the_same_bytes_twice_alone_in_a_larger_fleet_and_in_shards(preset: str) -> None:
    few, many = (messages(fleet(preset, count), run()) for count in (2, 5))
    shards = [messages(fleet(preset, 5).shard(number, 3), run()) for number in (1, 2, 3)]

    assert few == messages(fleet(preset, 2), run())
    assert few == {name: many[name] for name in few}
    assert shards[0] | shards[1] | shards[2] == many


@EACH
def test_a_device_is_the_same_without_its_neighbour(preset: str) -> None:
    config = fleet(preset)
    whole = messages(config, run())
    gone = config.groups[0].ids[0]
    rest = tuple(
        replace(plan, ids=tuple(name for name in plan.ids if name != gone)) for plan in config.groups
    )
    others = messages(replace(config, groups=rest), run())

    assert gone in whole
    assert others == {name: made for name, made in whole.items() if name != gone}


@EACH
def test_a_run_that_begins_later_says_the_same(preset: str) -> None:
    """Over a midnight UTC, which the later run has not seen; random faults do not depend on the start."""
    config = fleet(preset)
    dirt = tuple(fault for fault in config.groups[0].faults if fault.at is None)
    config = replace(config, groups=tuple(replace(plan, faults=dirt) for plan in config.groups))
    through, later = messages(config, run(24 * 60, 150)), messages(config, run(24 * 60 + 90, 60))

    assert later
    for name, found in later.items():
        assert decoded(found) == decoded(through[name])[-len(found) :]


@EACH
def test_the_pace_changes_nothing(preset: str) -> None:
    config, whole = fleet(preset), messages(fleet(preset), run())
    paced: dict[str, list[bytes]] = {}
    for plan in config.groups:
        group, encoder = Group(plan, run()), Encoder(plan.ids, plan.profile.sensors, 0)
        until = run().start
        while group.running:
            until += 13_700
            for rows in group.due(until):
                made = encoder.encode(rows)
                for device, message in zip(rows.device.tolist(), made, strict=True):
                    paced.setdefault(plan.ids[device], []).append(message)
        for rows in group.release():
            made = encoder.encode(rows)
            for device, message in zip(rows.device.tolist(), made, strict=True):
                paced.setdefault(plan.ids[device], []).append(message)

    assert paced == whole


@EACH
def test_another_seed_is_another_fleet(preset: str) -> None:
    one, other = (messages(fleet(preset, 1, seed), run()) for seed in (42, 43))

    assert one.keys() == other.keys()
    assert all(one[name] != other[name] for name in one)
