"""Conditions that fail a build: parsed, judged, and never silently true or false."""

from collections.abc import Sequence

import pytest

from reports.gate import Gate, GateError, judge, judge_all
from reports.load_schema import Load
from reports.schemas import Conformance, Result
from reports.sides import Loaded, sides
from tests.reports import samples

SLOW = [[2000, 9], [18000, 1]]


def slower(**more: object) -> Load:
    hist = {"bits": 7, "phases": {str(n): {"deliver": SLOW} for n in (0, 1)}}
    return samples.a_load(hist=hist, **more)


def judged(text: str, *results: Result, baseline: int = 0) -> tuple[bool | None, Sequence[str]]:
    loaded = [Loaded(f"{n}.json", result, n < baseline) for n, result in enumerate(results)]
    gate = Gate.parse(text, {})
    found = judge(gate, sides(loaded, gate.kind))
    return found.met, found.told


CONDITIONS = {
    "twice as long": ("deliver.p99 > 1.2x", True),
    "not thrice": ("deliver.p99 > 3x", False),
    "exactly": ("deliver.p99 >= 2x", True),
    "of a phase": ("phase[1000].deliver.p50 > 1.5x", True),
    "in time": ("deliver.p99 > 10ms", True),
    "in another unit": ("deliver.p99 >= 0.018s", True),
    "a count": ("loss.lost > 0", False),
    "nothing stays nothing": ("loss.lost > 1x", False),
}


@pytest.mark.parametrize(("text", "met"), CONDITIONS.values(), ids=CONDITIONS)
def test_a_condition_is_judged_against_the_first_result(text: str, met: bool) -> None:
    assert judged(text, samples.a_load(), slower())[0] is met


def test_a_ratio_is_told_with_both_figures() -> None:
    met, told = judged("deliver.p99 > 1.2x", samples.a_load(), slower())

    assert (met, told) == (True, ["1.json: 2.00x (18.00\u00a0ms to 9.00\u00a0ms of 0.json)"])


def test_a_given_baseline_is_not_judged_itself() -> None:
    results = (slower(), samples.a_load())

    assert judged("deliver.p99 > 10ms", *results)[0] is True
    assert judged("deliver.p99 > 10ms", *results, baseline=1)[0] is False


def test_a_baseline_of_another_kind_spares_nobody() -> None:
    loaded = [Loaded("base", samples.a_load(), baseline=True), Loaded("suite", samples.a_conformance())]
    (found,) = judge_all(["fail > 0"], loaded, lost=False)

    assert found.met is True


def test_conformance_and_fleet_are_asked_in_the_same_words() -> None:
    failed = samples.a_fleet(devices={"a": samples.delivery(seen=90, missing=10, ok=False)})

    assert judged("fail > 0", samples.a_conformance())[0] is True
    assert judged("coverage < 90%", samples.a_conformance())[0] is True
    assert judged("coverage < 0.7", samples.a_conformance())[0] is False
    assert judged("must.fail > 1", samples.a_conformance())[0] is False
    assert judged("missing > 0", failed)[0] is True


UNDECIDED = {
    "nothing to compare with": ("deliver.p99 > 1.2x", [samples.a_load()], "there is nothing to compare with"),
    "no such result": ("fail > 0", [samples.a_load()], "there is no conformance result to ask"),
    "no such phase": (
        "phase[7].deliver.p99 > 1ms",
        [samples.a_load()],
        "0.json: phase[7].deliver.p99 was not",
    ),
    "not measured": ("catchup.p99 > 1ms", [samples.a_load()], "0.json: catchup.p99 was not measured"),
    "an invalid run": (
        "deliver.p99 > 1.2x",
        [samples.a_load(), slower(invalid=["the clock was set"])],
        "1.json: 1.json is invalid: the clock was set",
    ),
    "an invalid baseline": (
        "deliver.p99 > 1.2x",
        [samples.a_load(invalid=["phase 100: busy"]), slower()],
        "1.json: 0.json is invalid: phase 100: busy",
    ),
}


@pytest.mark.parametrize(("text", "results", "why"), UNDECIDED.values(), ids=UNDECIDED)
def test_what_cannot_be_judged_says_why(text: str, results: list[Result], why: str) -> None:
    met, told = judged(text, *results)

    assert met is None
    assert told[0].startswith(why)


def test_one_bad_side_is_enough() -> None:
    results = [samples.a_load(), slower(), samples.a_load(invalid=["busy"])]

    assert judged("deliver.p99 > 1.2x", *results)[0] is True


WRONG = {
    "a slip": ("deliver.p98 > 1ms", "no figure 'deliver.p98'; did you mean 'deliver.p99'?"),
    "another slip": ("fial > 0", "no figure 'fial'; did you mean 'fail'?"),
    "nonsense": ("whenever", "write FIGURE > NUMBER, as in 'deliver.p99 > 1.2x'"),
    "a time without a unit": ("deliver.p99 > 250", "the unit of deliver.p99 is one of ms, us, s or x"),
    "a count with a unit": ("loss.lost > 1ms", "the unit of loss.lost is one of x, % or none"),
    "two conditions": ("fail > 0 and warn > 0", "write FIGURE > NUMBER"),
    "a negative bound": ("fail > -1", "write FIGURE > NUMBER"),
}


@pytest.mark.parametrize(("text", "message"), WRONG.values(), ids=WRONG)
def test_a_condition_that_nobody_could_meet_is_an_error(text: str, message: str) -> None:
    with pytest.raises(GateError) as caught:
        Gate.parse(text, {})

    assert message in str(caught.value)


def test_a_name_that_only_a_file_knows_is_known() -> None:
    assert Gate.parse("errors.tls > 3", {Load: ["errors.tls"]}).kind is Load
    assert Gate.parse("pass > 3", {Load: ["pass.x"]}).kind is Conformance
