"""Objectives: what can be written, what it means, and that what cannot be judged is refused."""

from typing import Any

import pytest

from loadtests._slo import METRICS, TIMED, Objective, SloError

PHASES = ("1000", "2000")
FIGURES: dict[str, Any] = {
    "metrics": {"deliver": {"n": 40, "p99_us": 250_000, "max_us": None}},
    "loss": {"lost": 3, "silent": 0},
    "resume": {"gap": 2, "back99_ms": 1_200, "back100_ms": None},
    "capacity": {"subscribers": 844},
    "slow": {"p99_ratio": 1.25},
    "drift": {"p99_low": -12.5},
}


@pytest.mark.parametrize(
    ("text", "row"),
    [
        ("deliver.p99<=250ms", {"value_us": 250_000, "ok": True}),
        ("deliver.p99<250ms", {"value_us": 250_000, "ok": False}),
        ("deliver.p99 <= 0.25 s", {"value_us": 250_000, "ok": True}),
        ("deliver.p99>=250001us", {"value_us": 250_000, "ok": False}),
        ("deliver.p99==250000µs", {"value_us": 250_000, "ok": True}),
        ("deliver.n>39", {"value": 40, "ok": True}),
        ("loss.silent==0", {"value": 0, "ok": True}),
        ("loss.lost<=2", {"value": 3, "ok": False}),
        ("deliver.max<=1s", {"value_us": None, "ok": False}),
        ("phase[2000].loss.lost==3", {"value": 3, "ok": True}),
        ("resume.gap==0", {"value": 2, "ok": False}),
        ("resume.back99<=2s", {"value_us": 1_200_000, "ok": True}),
        ("resume.back100<=100s", {"value_us": None, "ok": False}),
        ("capacity.subscribers>=800", {"value": 844, "ok": True}),
        ("slow.p99_ratio<=1.2", {"value": 1.25, "ok": False}),
        ("drift.p99_low<=-3", {"value": -12.5, "ok": True}),
    ],
)
def test_an_objective_is_judged(text: str, row: dict[str, object]) -> None:
    assert Objective.parse(text, PHASES).judge(FIGURES) == {"expr": text, **row}


@pytest.mark.parametrize(
    ("text", "ends"),
    [
        ("deliver.p99<=1ms", True),
        ("resume.back99<=2s", True),
        ("resume.http_other==0", True),
        ("loss.lost==0", False),
        ("catchup.p99<=1s", False),
        ("resume.gap==0", False),
        ("topics.leak==0", False),
    ],
)
def test_what_is_counted_in_the_end_ends_no_run(text: str, ends: bool) -> None:
    assert Objective.parse(text, PHASES).ends_runs is ends


def test_a_phase_that_never_began_meets_nothing() -> None:
    objective = Objective.parse("phase[2000].loss.lost==0", PHASES)

    assert (objective.phase, objective.judge(None)["ok"]) == ("2000", False)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "write METRIC<=NUMBER"),
        ("deliver.p99", "write METRIC<=NUMBER"),
        ("deliver.p99=250ms", "write METRIC<=NUMBER"),
        ("deliver.p99<=ms", "write METRIC<=NUMBER"),
        ("deliver.p99<=1e3ms", "write METRIC<=NUMBER"),
        ("deliver.p98<=1ms", "did you mean 'deliver.p9"),
        ("delivery.p99<=1ms", "did you mean 'deliver.p99'"),
        ("nonsense<=1ms", "there are deliver, "),
        ("deliver.p99<=250", "needs a unit"),
        ("deliver.p99<=250h", "needs a unit"),
        ("loss.lost<=1ms", "takes no unit"),
        ("deliver.n>=1ms", "takes no unit"),
        ("phase[500].deliver.p99<=1ms", "the phases are 1000, 2000"),
        ("phase[1000].topics.leak==0", "of the whole run, and of no phase"),
        ("resume.back99<=3", "needs a unit"),
    ],
)
def test_what_cannot_be_judged_is_refused(text: str, said: str) -> None:
    with pytest.raises(SloError) as refused:
        Objective.parse(text, PHASES)

    assert said in str(refused.value)
    assert repr(text) in str(refused.value)


@pytest.mark.parametrize("metric", METRICS)
def test_every_metric_can_be_bounded(metric: str) -> None:
    unit = "ms" if metric in TIMED else ""

    assert Objective.parse(f"{metric}<=1{unit}", ()).metric == metric
