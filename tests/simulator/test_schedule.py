"""Who is due when."""

import numpy as np
import pytest

from simulator.rng import Keys
from simulator.schedule import NEVER, Duty, Schedule

KEYS = Keys(1, [f"d{n}" for n in range(200)])
BEGIN = 1_772_406_000_000


def all_of(schedule: Schedule, step: int) -> list[tuple[int, int, int, int]]:
    """Every sample, taken `step` ms at a time."""
    found, now = [], BEGIN
    while schedule.next() < NEVER:
        now += step
        due = schedule.take(now)
        found += list(zip(*(column.tolist() for column in due), strict=True))
    return found


def test_every_device_samples_once_a_period() -> None:
    found = all_of(Schedule(KEYS, 60_000, 0, BEGIN, BEGIN + 600_000, aligned=False), 60_000)

    assert len(found) == 2000
    assert all(BEGIN <= base == ts < BEGIN + 600_000 for _, _, base, ts in found)


def test_phases_are_spread() -> None:
    schedule = Schedule(KEYS, 60_000, 0, BEGIN, None, aligned=False)
    phase = np.sort(schedule.take(BEGIN + 60_000).base - BEGIN)

    assert np.diff(phase).max() < 3000


def test_aligned_devices_sample_together() -> None:
    schedule = Schedule(KEYS, 600_000, 0, BEGIN + 1, None, aligned=True)

    assert set(schedule.take(BEGIN + 600_000).ts.tolist()) == {BEGIN + 600_000}


@pytest.mark.parametrize("step", [20, 7_001, 600_000])
def test_the_tick_changes_no_sample(step: int) -> None:
    keys = Keys(1, ["a", "b"])
    one, other = (Schedule(keys, 60_000, 1000, BEGIN, BEGIN + 600_000, aligned=False) for _ in range(2))

    assert sorted(all_of(one, step)) == sorted(all_of(other, 1_000))


def test_jitter_stays_near_the_schedule_and_keeps_the_order() -> None:
    found = all_of(Schedule(KEYS, 10_000, 2000, BEGIN, BEGIN + 600_000, aligned=False), 10_000)
    offsets = np.array([ts - base for _, _, base, ts in found])
    stamps = [ts for device, _, _, ts in found if device == 5]

    assert abs(offsets).max() <= 4000
    assert offsets.std() == pytest.approx(1926, rel=0.05)  # of a normal clipped at two standard deviations
    assert stamps == sorted(stamps)


def test_sample_numbers_do_not_depend_on_the_begin() -> None:
    early = Schedule(KEYS, 60_000, 0, BEGIN, None, aligned=False)
    late = Schedule(KEYS, 60_000, 0, BEGIN + 3_600_000, None, aligned=False)

    assert (late.first_at(BEGIN + 3_600_000) - early.first_at(BEGIN)).tolist() == [60] * 200


def test_a_device_with_a_duty_samples_while_it_is_awake() -> None:
    """Awake for two minutes and a half of each ten, every minute: three samples, which are numbered on."""
    duty = Duty(150_000, 600_000)
    schedule = Schedule(Keys(1, ["a"]), 60_000, 0, BEGIN, BEGIN + 1_800_000, aligned=True, duty=duty)
    found = all_of(schedule, 7_000)

    assert [base - BEGIN for _, _, base, _ in found] == [
        cycle + minute for cycle in (0, 600_000, 1_200_000) for minute in (0, 60_000, 120_000)
    ]
    assert np.diff([sample for _, sample, _, _ in found]).tolist() == [1] * 8


def test_cycles_are_spread_as_periods_are() -> None:
    schedule = Schedule(KEYS, 60_000, 0, BEGIN, None, aligned=False, duty=Duty(60_000, 3_600_000))
    first = np.sort(schedule.take(BEGIN + 3_600_000).base - BEGIN)

    assert len(first) == 200
    assert np.diff(first).max() < 180_000


@pytest.mark.parametrize("late", [0, 1, 59_999, 60_000, 120_001, 150_000, 599_999, 600_000, 605_000])
def test_whoever_comes_later_finds_the_same_samples(late: int) -> None:
    duty, end = Duty(150_000, 600_000), BEGIN + 1_800_000
    whole = all_of(Schedule(KEYS, 60_000, 500, BEGIN, end, aligned=False, duty=duty), 600_000)
    rest = all_of(Schedule(KEYS, 60_000, 500, BEGIN + late, end, aligned=False, duty=duty), 600_000)

    assert sorted(rest) == sorted(each for each in whole if each[2] >= BEGIN + late)
