"""What is found at the origin says who is at fault."""

import pytest

from conformance.origin import blamed
from conformance.verdict import Judgement, Verdict

AT = "http://127.0.0.1:8000"


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
    }.values(),
)
def test_who_is_at_fault(by_road: Judgement, there: Judgement, reason: str) -> None:
    found = blamed(by_road, there, AT)

    assert found.reason == reason
    assert (found.verdict, found.observed) == (by_road.verdict, by_road.observed)
