"""Verdicts: which exit code a run has."""

from typing import Any

import pytest

from loadtests._slo import Objective
from loadtests._verdict import verdict

WHOLE: dict[str, Any] = {"metrics": {"deliver": {"p99_us": 9_000}}, "loss": {"lost": 1}}
PHASE = {"name": "10", **WHOLE, "loss": {"lost": 0}}


@pytest.mark.parametrize(
    ("texts", "invalid", "met", "code"),
    {
        "no objective": ([], [], [], 0),
        "met": (["deliver.p99<=9ms"], [], [True], 0),
        "one of two missed": (["deliver.p99<=9ms", "loss.lost==0"], [], [True, False], 3),
        "met by the phase": (["phase[10].loss.lost==0"], [], [True], 0),
        "of a phase that never began": (["phase[20].loss.lost==0"], [], [False], 3),
        "met, but invalid": (["deliver.p99<=9ms"], ["why"], [True], 4),
        "missed, and invalid": (["loss.lost==0"], ["why"], [False], 4),
    }.values(),
)
def test_a_run_comes_to(texts: list[str], invalid: list[str], met: list[bool], code: int) -> None:
    objectives = [Objective.parse(text, ["10", "20"]) for text in texts]

    found = verdict(objectives, WHOLE, [PHASE], invalid)

    assert [row["ok"] for row in found["slo"]] == met
    assert (found["invalid"], found["exit_code"]) == (invalid, code)
