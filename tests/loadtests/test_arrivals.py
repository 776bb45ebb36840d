"""Arrivals that are counted many at once come to what they would one by one."""

from hypothesis import given
from hypothesis import strategies as st

from loadtests._arrivals import MANY, Arrivals
from loadtests._histogram import Histogram
from loadtests._plan import Window
from loadtests._probe import Probe
from loadtests._shares import Shares
from loadtests._tally import Delivery, Share, Tally

SECOND = 1_000_000_000
DUE = 1_795_000_000 * SECOND + 999_000_000
PROBE = Probe("probe-r-0", 7, "r", DUE, DUE + 400_000)


def counted(times: list[tuple[int, int]]) -> tuple[Tally, Delivery]:
    """(ns after it was due, ns until it was read) of one subscriber after another."""
    tally, delivery = Tally(), Delivery(Window(0, judged=True), DUE // SECOND)
    arrivals = Arrivals(PROBE, delivery, None, tally)
    for order, (after, late) in enumerate(times):
        arrivals.note(order, DUE + after, DUE + after + late)
    arrivals.count()
    arrivals.count()  # nothing is counted twice
    return tally, delivery


@given(st.lists(st.tuples(st.integers(-5_000, 3 * SECOND), st.integers(0, SECOND)), max_size=50))
def test_any_arrivals_are_counted_as_they_came(times: list[tuple[int, int]]) -> None:
    tally, delivery = counted(times)

    assert delivery.deliver == Histogram(after // 1000 for after, _ in times)
    assert delivery.deliver_sent == Histogram((after - 400_000) // 1000 for after, _ in times)
    assert delivery.lag == Histogram(late // 1000 for _, late in times)
    assert delivery.negative == sum(after < 0 for after, _ in times)
    for second in range(5):
        came = sum((DUE + after) // SECOND == DUE // SECOND + second for after, _ in times)
        assert tally.seconds[DUE // SECOND + second, "deliveries"] == came


def test_what_is_noted_does_not_grow_without_bound() -> None:
    tally, delivery = Tally(), Delivery(None, 0)
    arrivals = Arrivals(PROBE, delivery, None, tally)

    for order in range(MANY):
        arrivals.note(order, DUE, DUE)

    assert delivery.deliver.n == MANY
    assert sum(tally.seconds.values()) == MANY


def test_each_subscriber_has_its_share_whoever_comes_later() -> None:
    shares = Shares(1)
    arrivals = Arrivals(PROBE, Delivery(None, 0), shares, Tally())

    arrivals.note(0, DUE + 3_000, DUE + 9_000)
    shares.enter()
    shares.enter()
    arrivals.note(2, DUE + 5_000, DUE + 5_000)
    arrivals.note(0, DUE + 4_000, DUE + 4_000)

    assert list(shares.rows()) == [Share(0, 2, 7), Share(2, 1, 5)]
