"""Runs side by side, on literal figures."""

from typing import Any

from reports.comparison import Comparison, comparison
from reports.load_schema import Load
from reports.sides import Loaded, sides
from tests.reports import samples


def run(target: str, factor: int = 1, **changes: Any) -> Load:
    hist = {
        "bits": 7,
        "phases": {str(n): {"deliver": [[1000 * factor, 9], [9000 * factor, 1]]} for n in (0, 1)},
    }
    given = {**samples.load()["run"], "target": target, **changes.pop("run", {})}
    return samples.a_load(run=given, hist=hist, **changes)


def compare(*runs: Load) -> Comparison:
    found = comparison(sides([Loaded(f"{n}.json", each) for n, each in enumerate(runs)], Load))
    assert found is not None
    return found


def test_one_side_is_no_comparison() -> None:
    assert comparison(sides([Loaded("a", run("u"))], Load)) is None


def test_each_figure_of_each_phase_is_a_ratio_to_the_baseline() -> None:
    found = compare(run("u"), run("v", 2))
    lines = {(line.phase, line.label): line for line in found.lines}

    assert found.base.name == "u"
    assert lines["100", "Deliver p99"].base == "9.00\u00a0ms"
    (cell,) = lines["100", "Deliver p99"].cells
    assert cell is not None
    assert (cell.text, cell.value, cell.span, cell.verdict) == ("2.00x", "18.00\u00a0ms", "", "unknown")


def test_three_runs_of_each_tell_better_from_worse() -> None:
    found = compare(
        *[run(target, factor) for target, factor in (("u", 2), ("v", 3), ("w", 1)) for _ in range(3)]
    )
    (line,) = [line for line in found.lines if (line.phase, line.name) == ("1000", "deliver.p50")]

    assert [(cell.text, cell.span, cell.verdict) for cell in line.cells if cell] == [
        ("1.50x", "1.50x to 1.50x", "worse"),
        ("0.50x", "0.50x to 0.50x", "better"),
    ]
    assert "once in 10 comparisons" in found.noise


def test_two_runs_show_their_range_and_claim_nothing() -> None:
    found = compare(run("u"), run("u"), run("v", 2), run("v", 3))
    cell = found.lines[0].cells[0]

    assert cell is not None
    assert (cell.text, cell.span, cell.verdict) == ("2.50x", "2.00x to 3.00x", "unknown")
    assert "repeat each side at least three times" in found.noise


def test_an_invalid_run_is_left_out_and_where_there_is_no_other_it_is_called_invalid() -> None:
    busy = {"invalid": ["phase 100: busy"], "exit_code": 4}
    found = compare(run("u"), run("u"), run("v", 9, **busy), run("v", 2))
    alone = compare(run("u"), run("v", 2, **busy))

    assert found.lines[0].cells[0] is not None
    assert found.lines[0].cells[0].text == "2.00x"
    assert found.warnings == ["2.json of v is invalid: phase 100: busy"]
    assert alone.lines[0].cells[0] is not None
    assert alone.lines[0].cells[0].verdict == "invalid"
    assert alone.phase == "1000"


def test_what_should_have_been_held_still_is_told() -> None:
    args, env = (
        {"args": {"--levels": "5"}, "scenario": "storm"},
        {"host": "elsewhere", "cpus": 2, "kts": True},
    )
    found = compare(run("u"), run("v", run=args, env=env))

    assert found.warnings == [
        "scenario differs: fanout, storm",
        "--levels differs: none, 5",
        "machine differs: track, elsewhere",
    ]


def test_phases_that_not_all_have_are_left_out_and_named() -> None:
    found = compare(run("u"), run_of_one("v"))

    assert {line.phase for line in found.lines} == {"100"}
    assert found.warnings == ["not in every run, and left out here: 1000"]


def run_of_one(target: str) -> Load:
    hist = {"bits": 7, "phases": {"0": {"deliver": samples.DELIVER}}}
    given = {**samples.load()["run"], "target": target}
    return samples.a_load(samples.phase(0, 100), run=given, hist=hist)


def test_runs_with_nothing_in_common_have_no_lines() -> None:
    odd = samples.a_load(
        samples.phase(0, 7), run={**samples.load()["run"], "target": "v"}, hist={"bits": 7, "phases": {}}
    )
    found = compare(run("u"), odd)

    assert (found.lines, found.phase) == ([], None)
