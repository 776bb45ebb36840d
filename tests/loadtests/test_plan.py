"""Plans: phases follow from the scenario, end to end, and can be cut short."""

from dataclasses import replace

import pytest

from loadtests._plan import SCENARIOS, Phase, Plan, Window

SECOND = 10**9
TWO = replace(SCENARIOS["fanout"], levels=(10, 30), settle=2, hold=3)
PLAN = Plan.of(TWO, 100 * SECOND)


def test_phases_follow_each_other_without_a_gap() -> None:
    assert PLAN.phases == (
        Phase(0, "10", 10, 100 * SECOND, 102 * SECOND, 105 * SECOND),
        Phase(1, "30", 30, 105 * SECOND, 107 * SECOND, 110 * SECOND),
    )
    assert (PLAN.begin_ns, PLAN.end_ns) == (100 * SECOND, 110 * SECOND)


@pytest.mark.parametrize(
    ("second", "window"),
    [
        (99.9, None),
        (100, Window(0, judged=False)),
        (101.9, Window(0, judged=False)),
        (102, Window(0, judged=True)),
        (105, Window(1, judged=False)),
        (109.9, Window(1, judged=True)),
        (110, None),
    ],
)
def test_every_instant_has_its_window(second: float, window: Window | None) -> None:
    assert PLAN.window_at(int(second * SECOND)) == window


@pytest.mark.parametrize(
    ("second", "phases"),
    {
        "before it begins": (99, [(0, 100, 100, 100)]),
        "while it settles": (101, [(0, 100, 101, 101)]),
        "in the first phase": (104, [(0, 100, 102, 104)]),
        "in the second phase": (106, [(0, 100, 102, 105), (1, 105, 106, 106)]),
    }.values(),
    ids=["before it begins", "while it settles", "in the first phase", "in the second phase"],
)
def test_a_cut_plan_ends_where_it_was_cut(second: int, phases: list[tuple[int, ...]]) -> None:
    cut = PLAN.cut(second * SECOND)

    found = [(phase.id, phase.begin_ns, phase.judged_ns, phase.end_ns) for phase in cut.phases]
    assert found == [(number, *(at * SECOND for at in times)) for number, *times in phases]


def test_a_plan_that_was_carried_out_is_cut_nowhere() -> None:
    assert PLAN.cut(110 * SECOND) == PLAN
    assert PLAN.cut(500 * SECOND) == PLAN
