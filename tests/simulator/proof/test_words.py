"""A verdict in words and as a file."""

from pathlib import Path

from simulator.proof.audit import Account, Finding
from simulator.proof.verify import Verdict
from simulator.proof.words import as_result, refusal, sentences

GOOD = Account(10, 10, 0, 0, 2, None)


def bad(name: str) -> Account:
    return Account(10, 7, 3, 0, 0, Finding(name, 4, "missing"))


def test_all_is_well() -> None:
    assert list(sentences(Verdict({"a": GOOD, "b": GOOD}, None))) == [
        "PASS: 2 devices, 20 messages, each there once and as sent; 4 came again and were not kept"
    ]


def test_the_first_is_named_and_ten_are_listed() -> None:
    accounts = {"a": GOOD} | {f"b{n:02d}": bad(f"b{n:02d}") for n in range(12)}
    said = list(sentences(Verdict(accounts, accounts["b00"].finding)))

    assert said[:3] == [
        "FAIL: (b00, 4) is missing",
        "12 of 13 devices: 36 messages missing, 0 extra; 0 devices with other data",
        "  b00: 7 of 10, 3 missing, the first is seq 4",
    ]
    assert len(said) == 13
    assert said[-1] == "  … and 2 more"


def test_each_kind_has_its_words() -> None:
    kinds = {
        "a": Account(2, 3, 0, 1, 0, Finding("a", 7, "extra")),
        "b": Account(2, 2, 0, 0, 0, Finding("b", 1, "different", "\n  expected …")),
        "c": Account(200, 100, 100, 0, 0, Finding("c", None, "missing")),
    }

    assert list(sentences(Verdict(kinds, kinds["b"].finding))) == [
        "FAIL: (b, 1) is different: \n  expected …",
        "3 of 3 devices: 100 messages missing, 1 extra; 1 device with other data",
        "  a: 3 of 2, 1 extra, the first is seq 7",
        "  b: 2 of 2, with other data",
        "  c: 100 of 200, 100 missing",
    ]


def test_a_refusal_is_of_the_same_run_and_half_a_line_is_none(tmp_path: Path) -> None:
    lines = [
        '{"reason":"422 old","message":{"device":"a","boot":6,"seq":4}}',
        '{"reason":"422 it","message":{"device":"a","boot":7,"seq":4}}',
        '{"reason":"422 half","mess',
    ]
    (tmp_path / "r").write_text("\n".join(lines))

    assert refusal(tmp_path / "r", Finding("a", 4, "missing"), 7) == "the receiver refused it: 422 it"
    assert refusal(tmp_path / "r", Finding("a", 5, "missing"), 7) == ""
    assert refusal(tmp_path / "none", Finding("a", 4, "missing"), 7) == ""


def test_a_result_has_a_line_for_each_device(tmp_path: Path) -> None:
    verdict = Verdict({"a": GOOD, "b": bad("b")}, bad("b").finding)
    result = as_result(verdict, start=1_772_434_800_000, url="http://x", truth=tmp_path / "none", exit_code=1)

    assert result == {
        "schema": "eventbahn-fleet/1",
        "started": "2026-03-02T07:00:00.000Z",
        "url": "http://x",
        "truth": None,
        "devices": {
            "a": {"expected": 10, "seen": 10, "missing": 0, "duplicates": 2, "ok": True},
            "b": {"expected": 10, "seen": 7, "missing": 3, "duplicates": 0, "ok": False},
        },
        "exit_code": 1,
    }
