"""What is added up, and that it comes to the same however it was split."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from loadtests._accounting import Loss
from loadtests._histogram import Histogram
from loadtests._ledger import Ledger, Reached, Sample
from loadtests._plan import Window
from loadtests._tally import OUTSIDE, Delivery, HistogramKey, Share, Tally

JUDGED = Window(0, judged=True)
deliveries = st.lists(
    st.tuples(st.integers(0, 1), st.integers(0, 3), st.integers(0, 10**6)), max_size=30
)  # source, seq, µs


def tally(found: list[tuple[int, int, int]]) -> Tally:
    counted = Tally()
    for source, seq, us in found:
        delivery = counted.deliveries.setdefault((f"probe-r-{source}", seq), Delivery(JUDGED, seq))
        delivery.deliver.add(us)
        delivery.deliver_sent.add(us)
        delivery.lag.add(1)
    counted.counts[0, "dup"] = len(found)
    counted.losses[0] += Loss(len(found), 1, 0)
    counted.shares[0].append(Share(0, len(found), 9))
    return counted


@given(st.lists(deliveries, max_size=4))
def test_many_processes_come_to_the_same_as_one(parts: list[list[tuple[int, int, int]]]) -> None:
    one, many = Ledger(), Ledger()

    for part in parts:
        one.add(tally(part))
        report = Ledger()
        report.add(tally(part))
        many.merge(report)

    assert many == one
    assert many.recorded == one.recorded == 3 * sum(map(len, parts))
    assert many.deliveries == sum(map(len, parts))


def test_the_last_subscriber_is_that_of_all_workers() -> None:
    both = Ledger()
    for us in (4_000, 1_000):
        worker = Ledger()
        worker.add(tally([(0, 0, us)]))
        both.merge(worker)

    last, spread = both.fan_out([JUDGED])

    assert (last.pairs(), spread.n, spread.least) == ([(4_000, 1)], 1, 3_000)


def test_the_last_subscriber_is_known_for_all_parts_of_a_plan_at_once() -> None:
    found, settling = Ledger(), Window(0, judged=False)
    found.add(tally([(0, 0, 4_000), (0, 0, 1_000), (0, 1, 2_000)]))
    found.arrivals["probe-r-0", 2] = Reached(settling, 2, 1, 7_000, 7_000)

    assert found.last_by_window() == {window: found.fan_out([window])[0] for window in (settling, JUDGED)}
    assert found.last_by_window()[JUDGED] == Histogram([4_000, 2_000])


def test_what_comes_from_another_clock_is_kept_apart() -> None:
    found = Ledger()
    worker = tally([(0, 0, 5_000), (1, 0, 9_000)])
    worker.deliveries["probe-r-0", 0].negative = 2
    worker.deliveries["probe-r-1", 0].negative = 3

    found.add(worker, foreign={"probe-r-1"})

    assert found.measured("deliver", [JUDGED]) == Histogram([5_000])
    assert found.measured("deliver_xdom", [JUDGED]) == Histogram([9_000])
    assert found.fan_out([JUDGED])[0] == Histogram([5_000])
    assert found.last_xdom([JUDGED]) == Histogram([9_000])
    assert found.counts[OUTSIDE, "negative"] == 2
    assert found.deliveries == 2


def test_across_clocks_the_last_subscriber_may_be_one_at_home() -> None:
    found = Ledger()
    found.add(tally([(0, 0, 9_000)]))
    found.add(tally([(0, 0, 5_000)]), foreign={"probe-r-0"})

    assert found.last_xdom([JUDGED]) == Histogram([9_000])


def test_seconds_of_a_clock_that_is_ahead_become_ours() -> None:
    theirs, ours = Ledger(), Ledger()
    theirs.add(tally([(0, 7, 100)]))
    theirs.seconds[107, "deliveries"] += 1
    theirs.samples.append(Sample(107, 1, 5, 2.0, 60.0))
    theirs.histograms[HistogramKey(None, "connect")].add(3)

    ours.merge(theirs, seconds_ahead=100)

    assert ours.seconds == Counter({(7, "deliveries"): 1})
    assert [sample.second for sample in ours.samples] == [7]
    assert set(ours.heat) == {7 - 100}
    assert ours.arrivals["probe-r-0", 7].second == 7 - 100
