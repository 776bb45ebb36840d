"""Who is compared with whom."""

from reports.load_schema import Load
from reports.schemas import Conformance
from reports.sides import Loaded, Side, sides
from tests.reports import samples


def run(target: str, **more: object) -> Load:
    return samples.a_load(run={**samples.load()["run"], "target": target, **more})


def names(*loaded: Loaded) -> list[tuple[str, int]]:
    return [(side.name, len(side.runs)) for side in sides(loaded, Load)]


def test_two_runs_against_one_target_are_compared() -> None:
    assert names(Loaded("a", run("u")), Loaded("b", run("u"))) == [("a", 1), ("b", 1)]


def test_runs_of_several_targets_are_repeats_of_each() -> None:
    loaded = [Loaded(f"{target}{n}", run(target)) for n in range(3) for target in "uv"]

    assert names(*loaded) == [("u", 3), ("v", 3)]


def test_a_name_wins_over_an_address() -> None:
    assert names(Loaded("a", run("u", name="nchan")), Loaded("b", run("v", name="ours"))) == [
        ("nchan", 1),
        ("ours", 1),
    ]


def test_a_baseline_is_a_side_of_its_own_and_comes_first() -> None:
    before = [Loaded(f"before{n}", run("u"), baseline=True) for n in range(2)]
    after = [Loaded(f"after{n}", run("u")) for n in range(3)]

    assert names(*after, *before) == [("u (baseline)", 2), ("u", 3)]


def test_only_results_of_the_kind_are_sides() -> None:
    loaded = [Loaded("a", samples.a_conformance()), Loaded("b", run("u"))]

    assert [side.name for side in sides(loaded, Conformance)] == ["a"]


def test_an_invalid_run_counts_only_where_there_is_no_other() -> None:
    good = samples.a_load()
    bad = samples.a_load(invalid=["phase 100: busy"])
    name = "phase[100].deliver.p99"

    assert Side("s", [Loaded("a", bad), Loaded("b", good)]).values(name) == [9000]
    assert Side("s", [Loaded("a", bad)]).values(name) == []
    assert Side("s", [Loaded("a", bad)]).unfit(name) == "a is invalid: phase 100: busy"
    assert Side("s", [Loaded("a", bad)]).values("phase[1000].deliver.p99") == [9000]
    assert Side("s", [Loaded("a", bad)]).values("deliver.p99") == []


def test_files_that_are_called_alike_are_sides_of_their_own() -> None:
    assert names(Loaded("a", run("u")), Loaded("a", run("u"))) == [("a", 1), ("a", 1)]
