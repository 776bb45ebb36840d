"""Circumstances in short."""

from reports.facts import facts


def test_scalars_stay_and_what_is_deeper_becomes_compact_json() -> None:
    found = {"cpus": 2, "kts": True, "levels": [100, 1000], "deep": {"a": [{"b": None}]}, "load": 0.5}

    assert facts(found) == {
        "cpus": "2",
        "kts": "yes",
        "levels": "100, 1000",
        "deep": '{"a":[{"b":null}]}',
        "load": "0.5",
    }


def test_zero_and_no_are_facts_but_nothing_is_not() -> None:
    assert facts({"a": 0, "b": False, "c": None, "d": "", "e": [], "f": {}}) == {"a": "0", "b": "no"}


def test_giants_are_cut() -> None:
    found = facts({"long": "x" * 1000, **{f"key{n}": n for n in range(100)}})

    assert len(found["long"]) == 240
    assert len(found) == 41
    assert found["…"] == "61 more in the result file"
