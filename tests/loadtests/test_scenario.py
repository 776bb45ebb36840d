"""Scenarios: their steps and timetables, and that each stands in the documentation."""

from dataclasses import replace
from pathlib import Path

import pytest

from loadtests._catalogue import SCENARIOS
from loadtests._options import OPTIONS
from loadtests._overrides import scenario_of
from loadtests._plan import Plan, Step

SECOND = 10**9
DOCS = (Path(__file__).parents[2] / "docs" / "loadtests.md").read_text(encoding="utf-8")
NOTHING = {option.flag: option.keywords.get("default", False) for option in OPTIONS}


def steps(name: str, **options: str) -> tuple[Step, ...]:
    given = {f"--{flag.replace('_', '-')}": value for flag, value in options.items()}
    return scenario_of({**NOTHING, "--scenario": name, **given}).steps()


def names(name: str, **options: str) -> list[str]:
    return [step.name for step in steps(name, **options)]


@pytest.mark.parametrize("name", SCENARIOS)
def test_a_scenario_has_a_plan_and_a_paragraph(name: str) -> None:
    found = steps(name)

    assert len({step.name for step in found}) == len(found)
    assert f"\n| `{name}` | " in DOCS
    assert f"\n**{name}** " in DOCS


@pytest.mark.parametrize("option", [option for option in OPTIONS if option.in_form], ids=lambda one: one.flag)
def test_options_of_the_web_form_are_worth_a_word(option: object) -> None:
    assert getattr(option, "flag", "") in DOCS


def test_levels_and_rates_make_a_ladder() -> None:
    assert names("fanout", levels="10,20") == ["10", "20"]
    assert names("ingest", levels="5", pub_rate="10,20") == ["10/s", "20/s"]
    assert names("fanout", levels="5,6", pub_rate="1,2") == ["5 at 1/s", "5 at 2/s", "6 at 1/s", "6 at 2/s"]
    assert names("churn", levels="5", windows="2") == ["5 #1", "5 #2"]


def test_a_level_settles_in_its_first_window() -> None:
    assert [step.settle for step in steps("churn", settle="3", windows="3")] == [3, 0, 0]


def test_there_is_a_storm_for_each_policy() -> None:
    found = steps("storm", reconnect="jitter,retry", levels="7")

    assert [(step.name, step.storm, step.reconnect) for step in found] == [
        ("before", False, "retry"),
        ("jitter", True, "jitter"),
        ("retry", True, "retry"),
    ]


@pytest.mark.parametrize(("percent", "slow"), [("0.1", 2), ("5", 10), ("100", 200)])
def test_slow_readers_come_beside_the_good_ones(percent: str, slow: int) -> None:
    without, beside, after = steps("slow", levels="100", slow_pct=percent)

    assert (without.subscribers, without.slow) == (100, 0)
    assert (beside.subscribers, beside.slow) == (after.subscribers, after.slow) == (100 + slow, slow)


def test_probes_change_their_rate_with_the_phases() -> None:
    scenario = replace(SCENARIOS["ingest"], rates=(2, 10), settle=0, hold=1)

    found = scenario.timetable(Plan.of(scenario.steps(), 100 * SECOND), 1)

    assert [ns - 100 * SECOND for ns in found[:4]] == [0, SECOND // 2, SECOND, SECOND + SECOND // 10]
    assert len(found) == 2 + 10


def test_phases_of_one_rate_are_one_stretch() -> None:
    scenario = replace(SCENARIOS["fanout"], levels=(1, 2, 3), rates=(0.4,), settle=0, hold=1)

    found = scenario.timetable(Plan.of(scenario.steps(), 100 * SECOND), 1)

    assert [ns - 100 * SECOND for ns in found] == [0, 2.5 * SECOND]


@pytest.mark.parametrize(("schedule", "count"), [("constant", 40), ("burst:20", 40)])
def test_a_schedule_keeps_the_rate(schedule: str, count: int) -> None:
    scenario = replace(SCENARIOS["smoke"], rates=(10,), settle=1, hold=3, schedule=schedule)

    assert len(scenario.timetable(Plan.of(scenario.steps(), 0), 1)) == count


def test_what_compares_phases_is_known_beforehand() -> None:
    found = {name: scenario.finds for name, scenario in SCENARIOS.items() if scenario.finds}

    assert found == {"capacity": {"capacity"}, "slow": {"slow"}, "soak": {"drift"}, "topics": {"topics"}}
