"""What each kind of fault does to readings and messages, against the same run without it."""

import json
from typing import Any

import numpy as np
import pytest

from simulator.group import Group
from simulator.plan import Span
from simulator.timeline import Episode

from .fleets import MINUTE, MONDAY, drain, messages, office, span

NINE = 9 * 60  # minutes into Monday
Message = dict[str, Any]


def told(fault: str, minutes: int = 60, count: int = 2) -> list[Episode]:
    group = Group(office(f"fault=[{{{fault}}}]", count=count).groups[0], span(NINE, minutes))
    for _ in drain(group):
        pass
    return group.happened


def pair(fault: str, device: str = "room-101", minutes: int = 60) -> tuple[list[Message], list[Message]]:
    """Messages of a device without and with a fault."""
    clean, dirty = (
        messages(office(f"fault=[{each}]", count=2), span(NINE, minutes))[device]
        for each in ("", f"{{{fault}}}")
    )
    return [json.loads(each) for each in clean], [json.loads(each) for each in dirty]


def values(found: list[Message], name: str) -> list[float]:
    return [message["values"][name] for message in found]


def test_a_drift_runs_away_and_is_calibrated() -> None:
    clean, dirty = pair('match="*", sensor="temp", kind="drift", at="10m", for="30m", per_day=480')
    off = np.array(values(dirty, "temp")) - values(clean, "temp")

    assert off[:9] == pytest.approx(np.zeros(9))
    assert off[39] == pytest.approx(480 * 29.5 / 1440, abs=0.6)
    assert off[42:] == pytest.approx(np.zeros(18))


def test_a_burst_is_louder_noise() -> None:
    clean, dirty = pair('match="*", sensor="co2", kind="burst", at="10m", for="40m", gain=[20, 20]')
    off = np.array(values(dirty, "co2")) - values(clean, "co2")

    assert off[:9] == pytest.approx(np.zeros(9))
    assert off[11:49].std() == pytest.approx(50, rel=0.5)
    assert off[52:] == pytest.approx(np.zeros(8))


def test_a_sentinel_is_shown_as_it_is() -> None:
    clean, dirty = pair('match="*", sensor="temp", kind="sentinel", at="10m", value=-127')
    other = [index for index in range(60) if clean[index] != dirty[index]]

    assert len(other) == 1
    assert dirty[other[0]]["values"]["temp"] == -127  # below the sensor's range


def test_a_low_battery_gets_noisy_and_then_restarts() -> None:
    clean, dirty = pair('match="*", kind="battery_low", at="0s", for="60m"')
    by_seq = {message["seq"]: message for message in clean}
    off = {m["seq"]: m["values"]["co2"] - by_seq[m["seq"]]["values"]["co2"] for m in dirty}
    early, late = (np.std([off[seq] for seq in span if seq in off]) for span in (range(15), range(30, 60)))

    assert late > 3 * early
    assert all(seq in off for seq in range(46))
    assert 2 <= 60 - len(off) <= 11


def test_a_reboot_measures_nothing_and_counts_on() -> None:
    clean, dirty = pair('match="*", kind="reboot", at="10m", for="5m"')
    gone = {m["seq"] for m in clean} - {m["seq"] for m in dirty}

    assert len(gone) == 5
    assert sorted(gone) == list(range(min(gone), min(gone) + 5))
    assert [m for m in clean if m["seq"] not in gone] == dirty


def test_loss_is_by_message_and_each_is_told() -> None:
    fault = 'match="*", kind="loss", at="0s", for="2h", p=0.3'
    clean, dirty = pair(fault, minutes=120)
    gone = {m["seq"] for m in clean} - {m["seq"] for m in dirty}
    episodes = told(fault, 120)

    assert 18 <= len(gone) <= 54
    assert {e.seq for e in episodes if e.device == 0 and e.seq is not None} == gone
    assert sum(e.seq is None for e in episodes) == 2  # and the two episodes themselves


def test_a_duplicate_is_the_same_again_later() -> None:
    fault = 'match="*", kind="duplicate", at="0s", for="1h", p=0.25, by="90s"'
    clean, dirty = pair(fault)
    seqs = [m["seq"] for m in dirty]
    twice = {seq for seq in seqs if seqs.count(seq) == 2}

    assert 5 <= len(twice) <= 26
    assert set(seqs) == set(range(60))
    assert all(message == clean[message["seq"]] for message in dirty)
    first = {seq: index for index, seq in reversed(list(enumerate(seqs)))}
    assert any(seqs.index(seq, first[seq] + 1) - first[seq] > 1 for seq in twice)


@pytest.mark.parametrize(
    "fault",
    ['kind="delay", p=0.3, by="150s"', 'kind="reorder", p=0.3'],
    ids=["delay", "reorder"],
)
def test_late_messages_are_overtaken(fault: str) -> None:
    clean, dirty = pair(f'match="*", at="0s", for="1h", {fault}')
    seqs = [m["seq"] for m in dirty]

    assert sorted(seqs) == list(range(60))
    assert seqs != sorted(seqs)
    assert max(abs(index - seq) for index, seq in enumerate(seqs)) <= 8
    assert sorted(dirty, key=lambda m: int(m["seq"])) == clean


def test_the_network_does_not_depend_on_the_pace() -> None:
    faults = (
        '{match="*", kind="delay", at="0s", for="1h", p=0.3, by="90s"}, '
        '{match="*", kind="duplicate", at="0s", for="1h", p=0.3, by="20s"}, '
        '{match="room-102", kind="offline", at="610s", for="500s"}'
    )
    config, run = office(f"fault=[{faults}]"), span(NINE + 0.37, 40)
    whole = messages(config, run)
    group, seqs = Group(config.groups[0], run), dict[str, list[int]]()
    until = run.start
    while group.running:
        until += 7_300
        for rows in group.due(until):
            for device, seq in zip(rows.device.tolist(), rows.seq.tolist(), strict=True):
                seqs.setdefault(group.plan.ids[device], []).append(seq)
    for rows in group.release():
        for device, seq in zip(rows.device.tolist(), rows.seq.tolist(), strict=True):
            seqs.setdefault(group.plan.ids[device], []).append(seq)

    assert seqs == {name: [json.loads(m)["seq"] for m in made] for name, made in whole.items()}


def test_a_window_left_open_cools_and_airs_the_room() -> None:
    clean, dirty = pair('match="*", kind="window_open", at="10m", for="40m"')

    assert values(dirty, "temp")[45] < values(clean, "temp")[45] - 1
    assert values(dirty, "co2")[45] < values(clean, "co2")[45]
    assert values(dirty, "temp")[:9] == values(clean, "temp")[:9]
    assert told('match="*", kind="window_open", at="10m", for="40m"')[0].fault.kind == "window_open"


def test_a_process_fault_is_the_same_when_a_run_begins_amid_it() -> None:
    fault = 'fault=[{match="*", kind="heater_fail", at="0s", for="6h", growth="linear"}]'
    start = MONDAY + 20 * 60 * MINUTE
    config = office(fault, count=1)
    through = messages(config, Span(start, start, start + 5 * 60 * MINUTE))["room-101"]
    late = messages(config, Span(start, start + 270 * MINUTE, start + 300 * MINUTE))["room-101"]

    assert [json.loads(m)["values"] for m in late] == [json.loads(m)["values"] for m in through[-30:]]


def test_clocks_drift_until_they_are_set() -> None:
    fast = ["profile.room.clock.ppm=500", "profile.room.clock.ntp='6h'", "profile.room.jitter='0s'"]
    clean, dirty = (
        [json.loads(m)["ts"] for m in messages(office(*overrides, count=1), span(0, 1440))["room-101"]]
        for overrides in (fast[2:], fast)
    )
    error = np.array(dirty) - clean

    assert error.min() >= 0
    assert 10_000 < error.max() <= 10_800
    assert (np.diff(error) < -10_000).sum() == 4
