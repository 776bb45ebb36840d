"""What is shown of a run while it lasts."""

from loadtests._glance import COLUMNS, by_phase, by_second, told
from loadtests._histogram import Histogram
from loadtests._ledger import Ledger, Reached, Sample
from loadtests._plan import Plan, Step, Window
from loadtests._tally import HistogramKey

SECOND = 10**9
BEGIN = 1_764_000_000
PLAN = Plan.of((Step("10", 10, 5, 2, 8), Step("20", 20, 5, 2, 8)), BEGIN * SECOND)


def ledger() -> Ledger:
    """The first phase, as far as second 4: two streams of one worker, one of another."""
    found = Ledger()
    judged = Window(0, judged=True)
    found.histograms[HistogramKey(judged, "deliver")] = Histogram([1_000, 2_000, 30_000])
    found.histograms[HistogramKey(Window(0, judged=False), "connect")] = Histogram([500])
    found.arrivals["s", 0] = Reached(judged, BEGIN + 3, 3, 1_000, 30_000)
    found.heat[BEGIN + 3] = Histogram([1_000, 2_000, 30_000])
    found.seconds[BEGIN + 3, "deliveries"] = 1_234
    found.samples += [Sample(BEGIN + 3, 0, 1, 5.0, 50.0), Sample(BEGIN + 4, 0, 2, 5.0, 50.0)]
    found.samples.append(Sample(BEGIN + 4, 1, 1, 5.0, 50.0))
    found.counts[0, "late"] = 4
    found.errors["stream: eof"] = 2
    return found


def test_a_phase_that_has_begun_has_a_row() -> None:
    (row,) = by_phase(PLAN, ledger(), {})

    assert set(row) == set(COLUMNS)
    assert (row["phase"], row["subscribers"], row["deliveries"]) == ("10", 10, 3)
    assert (row["p50"], row["p999"], row["last_p99"], row["connect_p99"]) == (2.0, 30.0, 30.0, 0.5)
    assert (row["publish_p99"], row["late"], row["dup"], row["lost"]) == (None, 4, 0, "–")


def test_loss_is_told_once_it_is_known() -> None:
    first, second = by_phase(PLAN, ledger(), {0: {"lost": 7}, 1: {"lost": 0}})

    assert (first["lost"], second["lost"], second["deliveries"]) == (7, 0, 0)


def test_seconds_are_those_in_which_probes_were_due() -> None:
    assert by_second(PLAN, ledger(), most=300) == {
        "t": [3],
        "p50_us": [2_000],
        "p99_us": [29_952],
        "heat": [[(960, 1), (1_920, 1), (28_672, 1)]],
    }


def test_progress_says_where_a_run_is() -> None:
    assert told(PLAN, ledger(), (BEGIN + 4) * SECOND).split(" · ") == [
        "phase 10: 4 of 10 s",
        "judged",
        "3 of 10 open",
        "1,234 deliveries/s",
        "p50 2.0 ms, p99 30.0 ms",
        "2 errors",
    ]


def test_progress_before_and_after_the_plan() -> None:
    nothing = Ledger()

    assert told(PLAN, nothing, (BEGIN - 1) * SECOND) == "about to begin"
    assert told(PLAN, nothing, BEGIN * SECOND) == "phase 10: 0 of 10 s · settling · 0 of 10 open"
    assert told(PLAN, nothing, (BEGIN + 20) * SECOND) == "draining"
