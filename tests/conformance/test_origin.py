"""What is found at the origin says who is at fault."""

from collections.abc import Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any

import pytest

from conformance.origin import Origin, blamed
from conformance.target import loads
from conformance.verdict import Judgement, Unjudged, Verdict

AT = "http://127.0.0.1:8000"
TARGET = f"""schema = 1
target = {{ name = "x", base_url = "http://127.0.0.1:1", origin = "{AT}" }}
subscribe = {{ path = "/" }}
"""
RACY, STEADY = "SSE-REPLAY-003", "SSE-HTTP-001"


class Stage:
    """Gives `found` one after the other, whatever is asked for."""

    def __init__(self, *found: object) -> None:
        self.found = [*found]

    def get(self, _: str) -> object:
        return self.found.pop(0)

    again = get


def judged(row: str, *found: object) -> Judgement:
    """What a check at the origin comes to that fails where it is given `late`, and breaks where `None`."""

    def check(sse_quiet: str) -> Judgement:
        return Judgement(Verdict.FAIL if sse_quiet.startswith("late") else Verdict.PASS, observed=sse_quiet)

    @contextmanager
    def stage(_: object) -> Iterator[Any]:
        yield Stage(*found)

    item: Any = SimpleNamespace(obj=check, _fixtureinfo=SimpleNamespace(argnames=("sse_quiet",)))
    return Origin(loads(TARGET, {}), stage).judged(item, row)  # type: ignore[arg-type] # what of a stage it needs


def test_a_row_that_depends_on_the_moment_is_looked_at_as_often_as_by_the_road() -> None:
    assert judged(STEADY, "late", "in time") == Judgement(Verdict.FAIL, observed="late")
    assert judged(RACY, "late", "late", "late, too").verdict is Verdict.FAIL
    assert judged(RACY, "late", "in time").verdict is Verdict.FLAKY


def test_a_check_that_breaks_at_the_origin_is_said_to_and_breaks_nothing_else() -> None:
    found = judged(STEADY, None)

    assert found.verdict is Verdict.INCONCLUSIVE
    assert found.reason.startswith("the check itself broke: AttributeError: 'NoneType' object has no")


def test_what_cannot_be_captured_at_the_origin_says_why() -> None:
    def unreachable(_: object) -> Any:
        raise Unjudged(Verdict.INCONCLUSIVE, "unreachable")

    item: Any = SimpleNamespace(obj=None, _fixtureinfo=SimpleNamespace(argnames=("sse_quiet",)))
    found = Origin(loads(TARGET, {}), unreachable).judged(item, STEADY)

    assert found == Judgement(Verdict.INCONCLUSIVE, "unreachable")


@pytest.mark.parametrize(
    ("by_road", "there", "reason"),
    {
        "the road": (
            Judgement(Verdict.FAIL, observed="late"),
            Judgement(Verdict.PASS, observed="at once"),
            f"not so at the origin {AT}, so the road there is at fault (at once)",
        ),
        "the server": (
            Judgement(Verdict.FAIL, observed="late"),
            Judgement(Verdict.FAIL, observed="late, too"),
            f"the same at the origin {AT}, so the server is at fault",
        ),
        "both": (
            Judgement(Verdict.INCONCLUSIVE, "no head"),
            Judgement(Verdict.FAIL, observed="late"),
            f"no head; at the origin {AT} it fails, so the server is at fault, too (late)",
        ),
        "nobody knows": (
            Judgement(Verdict.FAIL, observed="late"),
            Judgement(Verdict.INCONCLUSIVE, "unreachable"),
            f"at the origin {AT} it could not be judged: unreachable",
        ),
        "the server, at times": (
            Judgement(Verdict.FAIL, observed="late"),
            Judgement(Verdict.FLAKY, observed="late; then not"),
            f"at the origin {AT} it fails at times, so the server is at fault, too (late; then not)",
        ),
    }.values(),
)
def test_who_is_at_fault(by_road: Judgement, there: Judgement, reason: str) -> None:
    found = blamed(by_road, there, AT)

    assert found.reason == reason
    assert (found.verdict, found.observed) == (by_road.verdict, by_road.observed)
