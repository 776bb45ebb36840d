"""Validity: every reason alone, and its threshold."""

from dataclasses import replace
from typing import Any

import pytest

from loadtests._health import Evidence, PhaseEvidence, WorkerEvidence, percentile, reasons

PHASE = PhaseEvidence(
    "1000", 1000, reached=1000, offered=300, achieved=300, deliver_us=20_000, lag_us=100, late_us=500
)
WORKER = WorkerEvidence(
    "worker 1", [20.0, 30.0], drained=True, lost=0, unheard=0, clock_step_us=0, pump_errors=0
)
SOUND = Evidence([PHASE], [WORKER], kernel_stamps=True, negative=0, deliveries=10_000, stopped_early=False)


def test_a_sound_run_has_nothing_against_it() -> None:
    assert reasons(SOUND) == []


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"negative": 11}, "11 deliveries arrived before they were sent"),
        ({"deliveries": 0}, "no probe came back"),
        ({"stopped_early": True}, "stopped before the plan was through"),
    ],
)
def test_a_run_is_invalid_for(change: dict[str, Any], said: str) -> None:
    (reason,) = reasons(replace(SOUND, **change))

    assert said in reason


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"cpu_percent": [81.0]}, "generator CPU at 81 %"),
        ({"clock_step_us": 1_001}, "clock stepped by 1001 µs"),
        ({"pump_errors": 1}, "1 errors inside the generator's pump"),
        ({"drained": False}, "gone before the end"),
        ({"lost": 1, "unheard": 40}, "1 reports were lost on their way, with 40 samples"),
        ({"unheard": -1}, "0 reports were lost on their way, with -1 samples"),
    ],
)
def test_one_worker_of_many_makes_it_invalid_for(change: dict[str, Any], said: str) -> None:
    (reason,) = reasons(replace(SOUND, workers=[replace(WORKER, name="worker 0"), replace(WORKER, **change)]))

    assert reason.startswith("worker 1: ")
    assert said in reason


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"achieved": 296}, "took 296 of 300 probes"),
        ({"reached": 989}, "only 989 of 1000 subscribers"),
        ({"lag_us": 250_001}, "events waited 250.0 ms"),
        ({"late_us": 10_001}, "probes left 10.0 ms late"),
        ({"late_us": 19_901, "deliver_us": 199_000}, "probes left 19.9 ms late"),
    ],
)
def test_a_phase_makes_it_invalid_for(change: dict[str, Any], said: str) -> None:
    (reason,) = reasons(replace(SOUND, phases=[replace(PHASE, **change)]))

    assert reason.startswith("phase 1000: ")
    assert said in reason


@pytest.mark.parametrize(
    "change",
    [
        {"achieved": 297},
        {"reached": 990},
        {"reached": None},
        {"lag_us": 250_000},
        {"late_us": 10_000},
        {"late_us": 19_899, "deliver_us": 199_000},
    ],
)
def test_a_phase_at_its_limit_is_sound(change: dict[str, Any]) -> None:
    assert reasons(replace(SOUND, phases=[replace(PHASE, **change)])) == []


@pytest.mark.parametrize(
    ("lag_us", "deliver_us", "sound"), [(5_000, 0, True), (5_001, 0, False), (9_999, 40_000, True)]
)
def test_without_kernel_stamps_lag_is_part_of_the_figure(lag_us: int, deliver_us: int, sound: bool) -> None:
    phase = replace(PHASE, lag_us=lag_us, deliver_us=deliver_us)

    assert (reasons(replace(SOUND, phases=[phase], kernel_stamps=False)) == []) is sound


@pytest.mark.parametrize(
    ("samples", "percent", "value"),
    [([], 95, 0), ([7], 95, 7), ([3, 1, 2], 50, 2), (list(range(1, 101)), 95, 95)],
)
def test_percentiles_are_of_nearest_rank(samples: list[float], percent: int, value: float) -> None:
    assert percentile(samples, percent) == value
