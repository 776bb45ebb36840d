"""From a judgement to an exit code: levels, waivers, what is declared, what is counted."""

from datetime import date

import pytest

from conformance.applies import blocked, undeclared
from conformance.requirements import REQUIREMENTS
from conformance.score import DESELECTED, score
from conformance.target import Target, loads
from conformance.target.schema import Waiver
from conformance.verdict import Judgement, Verdict, graded
from conformance.waivers import waived

TODAY = date(2030, 1, 1)
MINIMAL = 'schema = 1\ntarget = { name = "x", base_url = "http://127.0.0.1:1" }\nsubscribe = { path = "/" }\n'
PUBLISH = '[publish]\ndriver = "http"\nrequest = { path = "/", body = "{data}" }\n'


def target(more: str = "") -> Target:
    return loads(MINIMAL + more, {})


def of(*verdicts: Verdict | str) -> list[Judgement]:
    return [Judgement(Verdict(verdict)) for verdict in verdicts]


@pytest.mark.parametrize(
    ("level", "declared", "verdict"),
    [
        ("MUST", False, Verdict.FAIL),
        ("SHOULD", False, Verdict.WARN),
        ("PRACTICE", False, Verdict.WARN),
        ("MAY", False, Verdict.INFO),
        ("SHOULD", True, Verdict.FAIL),
    ],
)
def test_a_failure_counts_by_its_level_unless_it_was_promised(
    level: str, declared: bool, verdict: Verdict
) -> None:
    assert graded(Judgement(Verdict.FAIL, declared=declared), level).verdict is verdict


@pytest.mark.parametrize(
    ("verdicts", "strict", "code"),
    {
        "all good": (["PASS", "PASS"], False, 0),
        "nothing ran": ([], False, 3),
        "only what does not apply": (["N/A"], False, 3),
        "half is enough": (["PASS", "INCONCLUSIVE"], False, 0),
        "less than half": (["PASS", "INCONCLUSIVE", "DEPENDENCY"], False, 3),
        "bad wins over too little": (["FAIL", "DEPENDENCY", "DEPENDENCY"], False, 1),
        "a warning": (["PASS", "WARN"], False, 0),
        "a warning, strictly": (["PASS", "WARN"], True, 1),
        "flaky": (["FLAKY"], False, 1),
        "a stale waiver": (["PASS", "STALE-WAIVER"], False, 1),
        "waived": (["WAIVED"], True, 0),
    }.values(),
    ids=str,
)
def test_exit_codes(verdicts: list[str], strict: bool, code: int) -> None:
    assert score(of(*verdicts)).exit_code(strict=strict) == code


def test_the_headline_says_what_was_judged_and_what_was_not() -> None:
    judged = of(*["PASS"] * 55, "FAIL", "WARN", *["N/A"] * 24, *["SKIP"] * 4)

    assert score(judged).headline == "57 of 61 rows judged (93 %): 55 PASS, 1 FAIL, 1 WARN; 24 N/A; 4 SKIP"


def test_what_the_user_left_out_is_no_gap() -> None:
    judged = [*of("PASS"), Judgement(Verdict.SKIP, DESELECTED)]

    assert score(judged).coverage == 1.0


@pytest.mark.parametrize(
    ("verdict", "until", "expected"),
    [
        ("FAIL", date(2030, 1, 1), "WAIVED"),
        ("WARN", date(2031, 1, 1), "WAIVED"),
        ("FAIL", date(2029, 12, 31), "STALE-WAIVER"),
        ("PASS", date(2031, 1, 1), "STALE-WAIVER"),
        ("INCONCLUSIVE", date(2029, 1, 1), "INCONCLUSIVE"),
    ],
)
def test_a_waiver_hides_a_failure_until_its_day_and_nothing_else(
    verdict: str, until: date, expected: str
) -> None:
    waivers = {"SSE-X-001": Waiver(id="SSE-X-001", reason="known", until=until)}

    (judgement,) = of(verdict)
    assert waived("SSE-X-001", judgement, waivers, TODAY).verdict == expected
    assert waived("SSE-X-002", judgement, waivers, TODAY) is judgement


@pytest.mark.parametrize(
    ("row", "more", "reason"),
    {
        "nothing can be published": ("SSE-DATA-001", "", "no-publisher"),
        "a relay": ("SSE-DATA-001", PUBLISH, "framed-by-publisher"),
        "no event names": ("SSE-INJ-001", PUBLISH + "fields = { event = false }", "declared-absent"),
        "no history": ("SSE-REPLAY-007", "cursor = { supported = false }", "declared-absent"),
        "no heartbeat": ("SSE-BEAT-001", 'heartbeat = { interval = "none" }', "declared-absent"),
    }.values(),
    ids=str,
)
def test_what_a_target_does_not_have_is_not_judged(row: str, more: str, reason: str) -> None:
    text = (MINIMAL + more).replace('"x",', '"x", framing = "publisher",' if "framed" in reason else '"x",')

    found = blocked(REQUIREMENTS[row], loads(text, {}), {})

    assert found == Judgement(Verdict.NOT_APPLICABLE, reason)


def test_strangers_are_not_attacked() -> None:
    stranger = loads((MINIMAL + PUBLISH).replace("127.0.0.1:1", "stream.example"), {})

    found = blocked(REQUIREMENTS["SSE-INJ-003"], stranger, {})

    assert found is not None
    assert (found.verdict, found.reason.partition(":")[0]) == (Verdict.SKIP, "politeness")


@pytest.mark.parametrize(
    ("publish", "found"),
    {
        "declared": (PUBLISH + "fields = { id = true }", None),
        "declared absent": (PUBLISH + "fields = { id = false }", "declared-absent"),
        "no place for it": (PUBLISH, "declared-absent"),
        "a place for it": (PUBLISH.replace('"{data}"', '"{id} {data}"'), None),
        "a place for a whole block": (PUBLISH.replace('"{data}"', '"{sse_frame}"'), None),
        "a place in JSON": (PUBLISH.replace('body = "{data}"', 'json = { i = ["{id}"] }'), None),
        "no publisher": ("", "no-publisher"),
    }.values(),
    ids=["declared", "declared absent", "no place", "a place", "a block", "in JSON", "no publisher"],
)
def test_ids_are_published_where_a_request_can_carry_them(publish: str, found: str | None) -> None:
    judgement = blocked(REQUIREMENTS["SSE-INJ-002"], target(publish), {})

    assert (judgement.reason if judgement else None) == found


@pytest.mark.parametrize("verdict", ["FAIL", "INCONCLUSIVE", "DEPENDENCY", "WAIVED"])
def test_one_gross_fault_is_one_failure(verdict: str) -> None:
    found = blocked(REQUIREMENTS["SSE-HTTP-002"], target(), {"SSE-HTTP-001": Judgement(Verdict(verdict))})

    assert found == Judgement(Verdict.DEPENDENCY, f"SSE-HTTP-001 is {verdict}")


def test_what_was_never_declared_is_only_observed() -> None:
    judgement = Judgement(Verdict.FAIL, observed="silence")

    found = undeclared(REQUIREMENTS["SSE-BEAT-001"], target(), judgement)

    assert (found.verdict, found.reason) == (
        Verdict.INFO,
        "the target declares no [heartbeat]; seen: silence",
    )
    assert undeclared(REQUIREMENTS["SSE-HTTP-001"], target(), judgement) is judgement
