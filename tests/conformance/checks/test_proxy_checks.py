"""PROXY judges literal captures of both ends; a road that is merely slower is not accused."""

import pytest

from conformance.captures.crossing import Crossing, Idle, Journey, crossings
from conformance.checks import test_proxy
from conformance.target import Target, loads
from conformance.target.roads import Road
from conformance.verdict import Unjudged
from tests.conformance.checks.test_checks import PROMISES
from tests.conformance.test_reading import CLOSED, reading

ROAD = Road("nginx", "http://origin", "http://road")
DIRECT = reading(CLOSED, b"data: a\n\n", b"data: b\n\n")
NEVER = float("inf")


def target() -> Target:
    return loads(PROMISES, {})


def journey(*lags: float, pushed: bool = False) -> Journey:
    return Journey(ROAD, DIRECT, DIRECT, DIRECT, tuple(Crossing(lag, pushed) for lag in lags))


@pytest.mark.parametrize(
    ("found", "expected"),
    {
        "at once": (journey(0.0, 0.001, 0.0), "PASS"),
        "one late of three": (journey(0.0, 2.0, 0.0), "PASS"),
        "one lost of three": (journey(0.0, NEVER, 0.0), "PASS"),
        "slow, by itself": (journey(0.3, 0.3, 0.3), "PASS"),
        "with what follows": (journey(0.3, 0.3, 0.3, pushed=True), "FAIL"),
        "late": (journey(0.6, 0.7, 0.8), "FAIL"),
        "never": (journey(NEVER, NEVER, NEVER), "FAIL"),
        "too few": (journey(0.6, 0.6), "INCONCLUSIVE"),
    }.values(),
)
def test_events_by_the_road(found: Journey, expected: str) -> None:
    assert test_proxy.test_the_road_holds_nothing_back((found,), target()).verdict == expected


def test_the_worst_road_is_told() -> None:
    found = test_proxy.test_the_road_holds_nothing_back(
        (journey(0.0, 0.0, 0.0), journey(1.0, 1.0, 1.0)), target()
    )

    assert found.observed == "nginx: 3 events came directly, and by the road 1000.0 ms later (median)"


def test_events_that_never_come_break_what_is_declared() -> None:
    head_only = Journey(ROAD, DIRECT, reading(), None, (Crossing(NEVER),) * 3)
    found = test_proxy.test_the_road_holds_nothing_back((head_only,), target())

    assert found.declared
    assert found.observed.endswith("by the road 3 of them did not in 1.0 s, nor did the response head")


def test_a_road_that_refuses_is_not_judged_for_its_delay() -> None:
    refused = reading(b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n")

    with pytest.raises(Unjudged, match="502 Bad Gateway"):
        test_proxy.test_the_road_holds_nothing_back(
            (Journey(ROAD, DIRECT, refused, refused, (Crossing(NEVER),) * 3),), target()
        )


def idle(direct: int, road: int, *, ended: bool = False) -> Idle:
    by_road = reading(CLOSED, end="eof") if ended else DIRECT
    return Idle(ROAD, DIRECT, by_road, 3.0, direct, road)


@pytest.mark.parametrize(
    ("found", "expected"),
    {
        "as many heartbeats": (idle(5, 5), "PASS"),
        "two in one go": (idle(5, 4), "PASS"),
        "none": (idle(5, 0), "FAIL"),
        "none at the origin either": (idle(0, 0), "PASS"),
        "an end": (idle(0, 0, ended=True), "FAIL"),
    }.values(),
)
def test_quiet_streams(found: Idle, expected: str) -> None:
    journeys = (journey(0.0, 0.0, 0.0),)

    judged = test_proxy.test_the_road_lets_no_stream_wait_or_die(journeys, (found,), target())
    assert judged.verdict == expected


def test_crossings_are_told_by_event_and_in_order() -> None:
    direct = reading(CLOSED, b"data: a\n\n", b"data: a\n\n", b"data: b\n\n", b"data: c\n\n")
    road = reading(CLOSED, b":\n\n", b"data: a\n\n", b"data: a\n\ndata: b\n\n")

    found = [*crossings(direct, road, 1.5)]

    assert [(one.lag, one.pushed) for one in found] == [
        (1.0, False),
        (1.0, True),
        (0.0, False),
        (NEVER, False),
    ]


def test_what_came_before_is_not_compared() -> None:
    direct = reading(CLOSED, b"data: old\n\n", b"data: new\n\n")

    assert [one.lag for one in crossings(direct, reading(CLOSED, b":\n\n", b"data: new\n\n"), 2.5)] == [0.0]
