"""Plans: phases follow from steps, end to end, and can be cut short."""

import pytest

from loadtests._plan import Phase, Plan, Step, Window

SECOND = 10**9
TEN, THIRTY = Step("10", 10, 5, 2, 3), Step("30", 30, 5, 2, 3)
PLAN = Plan.of((TEN, THIRTY), 100 * SECOND)


def test_phases_follow_each_other_without_a_gap() -> None:
    assert PLAN.phases == (
        Phase(0, TEN, 100 * SECOND, 102 * SECOND, 105 * SECOND),
        Phase(1, THIRTY, 105 * SECOND, 107 * SECOND, 110 * SECOND),
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


def test_a_level_can_be_decided_on_later() -> None:
    changed = PLAN.rename(1, "45", 45)

    assert [(phase.name, phase.subscribers) for phase in changed.phases] == [("10", 10), ("45", 45)]
    assert changed.end_ns == PLAN.end_ns
