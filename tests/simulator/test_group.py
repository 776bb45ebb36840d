"""Values are a function of device and time alone; faults do what they say and are told."""

import json
from typing import Any

import pytest

from simulator.encode import Encoder
from simulator.group import Group
from simulator.plan import Span
from simulator.timeline import Episode

from .fleets import MINUTE, MONDAY, drain, messages, office, span

NINE = 9 * 60  # minutes into Monday


def decoded(found: list[bytes]) -> list[dict[str, Any]]:
    return [json.loads(message) for message in found]


def happened(overrides: list[str], run: Span, count: int = 3) -> list[Episode]:
    group = Group(office(*overrides, count=count).groups[0], run)
    for _ in drain(group):
        pass
    return group.happened


def fault(**table: str) -> str:
    return "fault=[{" + ", ".join(f"{key}={value}" for key, value in table.items()) + "}]"


def test_the_same_bytes_twice() -> None:
    run = span(NINE, 20)

    assert messages(office(faults=True), run) == messages(office(faults=True), run)


def test_the_size_of_the_fleet_changes_nobody() -> None:
    run = span(NINE, 20)
    few, many = (messages(office(count=count, faults=True), run) for count in (5, 50))

    assert len(few) == 5
    assert few == {name: many[name] for name in few}


def test_shards_are_the_fleet() -> None:
    run, whole = span(NINE, 5), office(count=20, faults=True)
    halves = [messages(whole.shard(number, 2), run) for number in (1, 2)]

    assert all(halves)
    assert not set(halves[0]) & set(halves[1])
    assert halves[0] | halves[1] == messages(whole, run)


def test_starting_later_gives_what_running_through_gives() -> None:
    """Over two midnights, of which the later run has not seen the first."""
    through = messages(office(count=2), span(22 * 60, 28 * 60))
    later = messages(office(count=2), span(25.5 * 60, 24.5 * 60))

    for name, late in later.items():
        tail = decoded(through[name])[-len(late) :]
        assert [(m["ts"], m["values"]) for m in decoded(late)] == [(m["ts"], m["values"]) for m in tail]


@pytest.mark.parametrize("seconds", [7, 61, 1000])
def test_the_pace_changes_nothing(seconds: int) -> None:
    config, run = office(faults=True), span(NINE, 20)
    group = Group(config.groups[0], run)
    encoder = Encoder(group.plan.ids, group.plan.profile.sensors, 0)
    paced: dict[str, list[bytes]] = {}
    until = run.start
    while group.running:
        until += seconds * 1000
        for rows in group.due(until):
            made = encoder.encode(rows)
            for device, message in zip(rows.device.tolist(), made, strict=True):
                paced.setdefault(group.plan.ids[device], []).append(message)

    assert paced == messages(config, run)


def test_seq_counts_from_the_first_sample_of_the_run() -> None:
    found = messages(office(), span(NINE, 30))

    assert all([m["seq"] for m in decoded(made)] == list(range(30)) for made in found.values())


def test_a_backfill_is_counted_too() -> None:
    start = MONDAY + NINE * MINUTE
    found = messages(office(count=1), Span(start, start - 10 * MINUTE, start + 5 * MINUTE))

    assert [m["seq"] for m in decoded(found["room-101"])] == list(range(15))


def test_readings_have_the_decimals_of_their_sensor() -> None:
    message = messages(office(count=1), span(NINE, 1))["room-101"][0]
    values = json.loads(message, parse_float=str, parse_int=str)["values"]

    assert [value.partition(".")[2] for value in values.values()] == [
        values["temp"][-1],
        values["rh"][-1],
        "",
        "",
    ]
    assert list(values) == ["temp", "rh", "co2", "lux"]


STUCK = fault(match='"room-101"', sensor='"co2"', kind='"stuck"', at='"10m"', **{"for": '"10m"'})


def test_a_stuck_sensor_repeats_its_last_reading() -> None:
    clean = decoded(messages(office(count=2), span(NINE, 30))["room-101"])
    stuck = decoded(messages(office(STUCK, count=2), span(NINE, 30))["room-101"])
    co2 = [m["values"]["co2"] for m in stuck]
    begin = next(i for i in range(30) if i >= 9 and co2[i] == co2[i + 1] == co2[i + 2])

    assert co2[: begin + 1] == [m["values"]["co2"] for m in clean][: begin + 1]
    assert len(set(co2[begin : begin + 11])) == 1
    assert co2[begin + 11 :] == [m["values"]["co2"] for m in clean][begin + 11 :]
    assert [m["values"]["temp"] for m in stuck] == [m["values"]["temp"] for m in clean]


def test_a_run_that_begins_amid_a_stuck_fault_shows_the_same() -> None:
    config = office(STUCK.replace('"10m"', '"0s"', 1), count=1)
    start = MONDAY + NINE * MINUTE
    through = decoded(messages(config, Span(start, start - 20 * MINUTE, start + 10 * MINUTE))["room-101"])
    late = decoded(messages(config, Span(start, start + 5 * MINUTE, start + 10 * MINUTE))["room-101"])

    assert [m["values"] for m in late] == [m["values"] for m in through[-5:]]


def test_a_stuck_sensor_may_show_a_value() -> None:
    shown = fault(match='"*"', sensor='"temp"', kind='"stuck"', at='"0s"', value="85", **{"for": '"1h"'})

    assert {m["values"]["temp"] for m in decoded(messages(office(shown), span(NINE, 5))["room-102"])} == {
        85.0
    }


def test_a_spike_is_one_reading() -> None:
    spike = fault(match='"room-102"', sensor='"co2"', kind='"spike"', at='"5m"', gain="[3, 3]")
    clean = decoded(messages(office(), span(NINE, 20))["room-102"])
    dirty = decoded(messages(office(spike), span(NINE, 20))["room-102"])
    other = [i for i in range(20) if clean[i] != dirty[i]]

    assert len(other) == 1
    assert dirty[other[0]]["values"]["co2"] == pytest.approx(3 * clean[other[0]]["values"]["co2"], abs=2)


def test_a_dropout_is_an_absent_key() -> None:
    drop = fault(match='"room-10*"', sensor='"rh"', kind='"dropout"', at='"5m"', **{"for": '"3m"'})
    found = decoded(messages(office(drop), span(NINE, 20))["room-101"])

    assert sum("rh" not in m["values"] for m in found) == 3
    assert all("temp" in m["values"] for m in found)


def test_without_a_sensor_all_of_them_fail() -> None:
    drop = fault(match='"*"', kind='"dropout"', at='"0s"', **{"for": '"1m"'})
    found = decoded(messages(office(drop), span(NINE, 2))["room-101"])

    assert [m["values"] == {} for m in found] == [True, False]


@pytest.mark.parametrize("deliver", ["lost", "backlog"])
def test_an_outage(deliver: str) -> None:
    away = fault(match='"room-101"', kind='"offline"', at='"5m"', deliver=f'"{deliver}"', **{"for": '"4m"'})
    clean = messages(office(), span(NINE, 20))
    found = messages(office(away), span(NINE, 20))
    late = [m for m in decoded(found["room-101"]) if m.pop("late", False)]
    seqs = [m["seq"] for m in decoded(found["room-101"])]

    assert found["room-102"] == clean["room-102"]
    if deliver == "lost":
        assert late == []
        assert len(seqs) == 16
    else:
        assert len(late) == 4
        assert seqs == list(range(20))  # in order, for nothing was sent meanwhile
        assert [m for m in decoded(clean["room-101"]) if m["seq"] in {x["seq"] for x in late}] == late


def test_overlapping_outages_send_each_message_once() -> None:
    all_of_them = '{match="*", kind="offline", at="2m", for="6m"}'
    one = '{match="room-101", kind="offline", at="5m", for="6m"}'
    found = messages(office(f"fault=[{all_of_them}, {one}]"), span(NINE, 20))

    assert [m["seq"] for m in decoded(found["room-101"])] == list(range(20))
    assert [m["seq"] for m in decoded(found["room-103"])] == list(range(20))


def test_an_outage_beyond_the_end_is_delivered_at_the_end() -> None:
    away = fault(match='"*"', kind='"offline"', at='"5m"', **{"for": '"3h"'})
    found = decoded(messages(office(away), span(NINE, 20))["room-103"])

    assert [m["seq"] for m in found] == list(range(20))
    assert sum(m.get("late", False) for m in found) == 15


def test_what_an_outage_holds_back_is_counted() -> None:
    away = fault(match='"room-101"', kind='"offline"', at='"5m"', **{"for": '"4m"'})
    group = Group(office(away).groups[0], span(NINE, 20))
    held = []
    for minute in (4, 7, 8, 15):
        sent = list(group.due(MONDAY + (NINE + minute) * MINUTE))
        held.append(group.held)
        assert sent

    assert held[0] == held[3] == 0
    assert 0 < held[1] < held[2] <= 4


def test_what_jitter_moves_beyond_an_outage_is_sent_once() -> None:
    away = fault(match='"*"', kind='"offline"', at='"5m"', **{"for": '"4m"'})
    config = office(away, "profile.room.jitter=10s", count=20)
    group = Group(config.groups[0], span(NINE, 20))
    sent = sorted(
        (device, seq)
        for rows in drain(group)
        for device, seq in zip(rows.device.tolist(), rows.seq.tolist(), strict=True)
    )

    assert sent == [(device, seq) for device in range(20) for seq in range(20)]
    assert group.held == 0


def test_every_fault_is_told_once() -> None:
    episodes = happened([STUCK], span(NINE, 30))

    assert [(e.device, e.sensor, e.fault.kind, e.start, e.end) for e in episodes] == [
        (0, 2, "stuck", MONDAY + (NINE + 10) * MINUTE, MONDAY + (NINE + 20) * MINUTE)
    ]


def test_random_faults_come_at_their_rate_whatever_the_fleet() -> None:
    dirt = fault(match='"*"', sensor='"lux"', kind='"spike"', rate='"20/d"')
    few, many = (happened([dirt], span(0, 1440), count=count) for count in (5, 20))

    assert len(many) == pytest.approx(400, abs=80)
    assert [e[:4] for e in few] == [e[:4] for e in many if e.device < 5]


def test_a_match_means_ids_sites_or_labels() -> None:
    tables = ('"site:hq"', '"building=HQ"', '"building=other"', '"site:x"', '"room-*2"')
    counts = [
        len(happened([fault(match=match, kind='"offline"', at='"1m"', **{"for": '"2m"'})], span(NINE, 5)))
        for match in tables
    ]

    assert counts == [3, 3, 0, 0, 1]
