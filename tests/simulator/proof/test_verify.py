"""What is computed anew: all of a run that is over, or what its state file knows to be settled."""

from collections import Counter
from collections.abc import Iterable

import pytest

from simulator.config import load
from simulator.plan import GroupPlan
from simulator.postponed import Rows
from simulator.proof.verify import expect, settled
from simulator.state import State
from tests.simulator.fleets import MINUTE, MONDAY

COAST = '{profile="station", site="coast", id="a{n}", count=2}'
HILLS = '{profile="station", site="hills", id="b{n}", count=2}'
CONFIG = load(
    "weather",
    [
        f"fleet=[{COAST}, {HILLS}]",
        'profile.station.every="60s"',
        'fault=[{match="a1", kind="offline", at="8m", for="6m"}]',
    ],
)
END = MONDAY + 20 * MINUTE


def state(position: int, watermarks: dict[str, int] | None = None, *, complete: bool = False) -> State:
    return State(
        CONFIG.fingerprint, MONDAY, MONDAY, END, "", position, watermarks=watermarks or {}, complete=complete
    )


def counts(plan: GroupPlan, found: Iterable[Rows]) -> dict[str, int]:
    names = Counter(plan.ids[device] for rows in found for device in rows.device.tolist())
    return dict(sorted(names.items()))


def test_a_run_that_is_over_has_settled_all() -> None:
    plan = CONFIG.groups[0]

    assert counts(plan, settled(plan, state(END, complete=True))) == {"a1": 20, "a2": 20}


@pytest.mark.parametrize(
    ("watermarks", "expected"),
    [
        ({}, {"a1": 8, "a2": 11}),
        ({"a2": 3, "b1": 9}, {"a1": 8, "a2": 14}),
        ({"a1": 6, "a2": 1}, {"a1": 14, "a2": 12}),
        ({"a1": 99, "a2": 99}, {"a1": 20, "a2": 20}),
    ],
    ids=["none", "one is ahead", "what an outage held back", "more than there is"],
)
def test_a_run_that_is_not_over_has_settled_what_its_watermarks_say(
    watermarks: dict[str, int], expected: dict[str, int]
) -> None:
    plan = CONFIG.groups[0]

    assert counts(plan, settled(plan, state(MONDAY + 10 * MINUTE, watermarks))) == expected


def test_progress_goes_from_nothing_to_all() -> None:
    told: list[tuple[int, float]] = []
    parts = expect(CONFIG, state(END, complete=True), lambda messages, share: told.append((messages, share)))
    shares = [share for _, share in told]

    assert [ids for ids, _ in parts] == [("a1", "a2"), ("b1", "b2")]
    assert told[-1][0] == 80
    assert shares == sorted(shares)
    assert shares[0] < 0.1
    assert 0.9 < shares[-1] <= 1
