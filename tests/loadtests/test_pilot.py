"""Piloting: a search goes on by what each level did, and a run ends where an objective is missed."""

from dataclasses import replace
from typing import Any

from loadtests._histogram import Histogram
from loadtests._ledger import Ledger, Reached, Sample
from loadtests._options import OPTIONS, Settings
from loadtests._pilot import Pilot
from loadtests._plan import Plan, Window
from loadtests._result import Books
from loadtests._schedule import Schedule
from loadtests._tally import HistogramKey

SECOND = 10**9
BEGIN = 1_764_000_000
LAG = 1.5
NOTHING: dict[str, Any] = {option.field: option.keywords.get("default", False) for option in OPTIONS}


def settings(**options: object) -> Settings:
    return Settings.of({**NOTHING, "settle": "2", "hold": "3", "pub_rate": "10", **options})


def begun(wanted: Settings) -> Books:
    plan = Plan.of(wanted.scenario.steps(), BEGIN * SECOND)
    timetable = wanted.scenario.timetable(plan, 1)
    return Books(plan, {"s": Schedule(timetable)}, Ledger(), {})


def carry_out(books: Books, phase: int, *, us: int, reached: int, had: int, lag_us: int = 0) -> None:
    """All that happens in a phase: latency, subscribers that got in, and what each probe reached."""
    window, ledger, one = Window(phase, judged=True), books.ledger, books.plan.phases[phase]
    for metric, each in (("deliver", us), ("publish", 500), ("client_lag", lag_us), ("publisher_late", 100)):
        ledger.histograms[HistogramKey(window, metric)] = Histogram([each] * 30)
    for seq in books.schedules["s"].seqs(one.judged_ns, one.end_ns):
        ledger.arrivals["s", seq] = Reached(window, 0, had, us, us)
    seconds = range(one.begin_ns // SECOND, one.end_ns // SECOND)
    ledger.samples += [Sample(second, 0, reached, 10.0, 50.0) for second in seconds]


def steer(pilot: Pilot, books: Books, phase: int) -> Plan:
    ended = pilot.due(books.plan, books.plan.phases[phase].end_ns + 2 * SECOND)
    assert ended == books.plan.phases[phase]
    return pilot.steer(books, ended, kernel_stamps=True)


def test_nothing_is_due_while_a_phase_may_still_be_heard_of() -> None:
    wanted = settings(scenario="capacity", levels="20")
    pilot, books = Pilot(wanted, LAG), begun(wanted)

    assert pilot.due(books.plan, books.plan.phases[0].end_ns + SECOND) is None


def test_a_level_that_does_well_is_followed_by_a_higher_one() -> None:
    wanted = settings(scenario="capacity", levels="20")
    pilot, books = Pilot(wanted, LAG), begun(wanted)
    carry_out(books, 0, us=9_000, reached=20, had=20)

    undecided = pilot.level(books.plan.phases[1])
    plan = steer(pilot, books, 0)

    assert (undecided, pilot.level(plan.phases[1])) == (20, 30)
    assert [(phase.name, phase.subscribers) for phase in plan.phases[:2]] == [("20", 20), ("30", 30)]
    assert pilot.due(plan, plan.phases[0].end_ns + 2 * SECOND) is None


def test_a_level_that_is_too_much_is_followed_by_a_lower_one_and_excused() -> None:
    wanted = settings(scenario="capacity", levels="20")
    for case, (us, reached, had, said) in {
        "slow": (300_000, 20, 20, "deliver.p99<=250ms was 300.0 ms"),
        "lost": (9_000, 20, 19, "loss.silent==0 was 20"),
        "not let in": (9_000, 15, 15, "15 of 20 connected"),
    }.items():
        pilot, books = Pilot(wanted, LAG), begun(wanted)
        carry_out(books, 0, us=us, reached=reached, had=had)

        plan = steer(pilot, books, 0)

        assert plan.phases[1].subscribers == 10, case
        assert pilot.answered == {"20"}, case
        assert pilot.told()["capacity"]["limit"] == said, case


def test_a_search_ends_with_the_phase_that_answers_it() -> None:
    wanted = settings(scenario="capacity", levels="20", most="20")
    pilot, books = Pilot(wanted, LAG), begun(wanted)
    carry_out(books, 0, us=9_000, reached=20, had=20)

    plan = steer(pilot, books, 0)

    assert plan == books.plan.cut(books.plan.phases[0].end_ns)
    assert pilot.told()["capacity"]["subscribers"] == 20
    assert pilot.served(replace(books, plan=plan)).plan == plan


def test_a_search_ends_where_the_generator_gives_out() -> None:
    wanted = settings(scenario="capacity", levels="20")
    pilot, books = Pilot(wanted, LAG), begun(wanted)
    carry_out(books, 0, us=900_000, reached=20, had=20, lag_us=400_000)

    plan = steer(pilot, books, 0)

    assert len(plan.phases) == 1
    assert pilot.answered == set()
    assert pilot.told()["capacity"] == {"subscribers": 0, "limit": None, "trials": [], "gave_out": 20}


def test_what_a_busy_generator_adds_makes_a_good_level_no_worse() -> None:
    wanted = settings(scenario="capacity", levels="20")
    pilot, books = Pilot(wanted, LAG), begun(wanted)
    carry_out(books, 0, us=90_000, reached=20, had=20, lag_us=400_000)

    assert steer(pilot, books, 0).phases[1].subscribers == 30
    assert pilot.accountable(books.evidence()[:1]) == []


def test_a_run_is_ended_by_the_first_phase_that_misses_an_objective() -> None:
    wanted = settings(levels="20,30,40", slo=["phase[30].deliver.p99<=50ms"], abort_on_slo=True)
    pilot, books = Pilot(wanted, LAG), begun(wanted)
    carry_out(books, 0, us=90_000, reached=20, had=20)
    carry_out(books, 1, us=90_000, reached=30, had=30)

    assert steer(pilot, books, 0) == books.plan
    assert len(steer(pilot, books, 1).phases) == 2
    assert pilot.told() == {"aborted": "ended after phase 30: phase[30].deliver.p99<=50ms was 90.0 ms"}


def test_no_run_is_ended_by_what_is_counted_in_the_end() -> None:
    slo = ["deliver.p99<=1s", "catchup.p99<=1ms", "resume.gap==7", "loss.expected==7"]
    wanted = settings(scenario="storm", levels="20", slo=slo, abort_on_slo=True)
    pilot, books = Pilot(wanted, LAG), begun(wanted)
    carry_out(books, 0, us=90_000, reached=20, had=20)

    assert steer(pilot, books, 0) == books.plan
    assert pilot.told() == {}


def test_what_a_server_does_not_take_when_it_is_saturated_is_a_result() -> None:
    wanted = settings(scenario="ingest", levels="20")
    books = begun(wanted)

    (phase,) = Pilot(wanted, LAG).accountable(books.evidence()[:1])

    assert books.evidence()[0].achieved < phase.achieved == phase.offered == 30


def test_those_who_leave_before_they_are_let_in_are_a_result() -> None:
    wanted = settings(levels="20", lifetime="1")
    books = begun(wanted)
    carry_out(books, 0, us=9_000, reached=12, had=12)

    (phase,) = Pilot(wanted, LAG).accountable(books.evidence())

    assert (books.evidence()[0].reached, phase.reached) == (12, None)


def test_a_run_that_nobody_steers_goes_its_way() -> None:
    wanted = settings(levels="20,30", slo=["deliver.p99<=50ms"])
    pilot, books = Pilot(wanted, LAG), begun(wanted)

    assert pilot.due(books.plan, books.plan.end_ns + 9 * SECOND) is None
    assert (pilot.told(), pilot.served(books)) == ({}, books)
