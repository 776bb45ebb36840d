"""What a target declares decides whether a row is judged, and whether it is held against it."""

import pytest

from conformance.applies import HAS, blocked, undeclared
from conformance.requirements import REQUIREMENTS, Need
from conformance.target import Target, loads
from conformance.verdict import Judgement, Verdict

TEXT = """
schema = 1
target = {{ name = "x", base_url = "{url}"{server} }}
subscribe = {{ path = "/"{subscribe} }}
{tables}
"""
HERE, THERE = "http://127.0.0.1:1", "https://sse.example"


def target(*, url: str = HERE, server: str = "", subscribe: str = "", tables: str = "") -> Target:
    return loads(TEXT.format(url=url, server=server, subscribe=subscribe, tables=tables), {})


DECLARED: dict[str, tuple[Need, Target, bool | None]] = {
    "no version": ("http-1.0", target(), None),
    "HTTP/1.0": ("http-1.0", target(server=', http = ["1.1", "1.0"]'), True),
    "HTTP/1.1 only": ("http-1.0", target(server=', http = ["1.1"]'), False),
    "on loopback": ("local", target(), None),
    "for this machine": ("local", target(server=", local = true"), True),
    "for others too": ("local", target(server=", local = false"), False),
    "elsewhere": ("local", target(url=THERE), False),
    "elsewhere, whatever is said": ("local", target(url=THERE, server=", local = true"), False),
    "open-ended": ("finite", target(), False),
    "finite": ("finite", target(subscribe=", finite = true"), True),
    "bounded": ("finite", target(subscribe=', bounded = { query = { n = "{count}" } }'), True),
    "bounded on demand": ("open-ended", target(subscribe=', bounded = { query = { n = "{count}" } }'), True),
    "for everybody": ("auth", target(), False),
    "for publishers only": ("auth", target(tables="[auth.writer]\nheaders = { X = 'y' }"), False),
    "for subscribers": ("auth", target(tables="[auth.main]\nheaders = { X = 'y' }"), True),
    "no pages": ("cors", target(), False),
    "pages": ("cors", target(tables="[cors]\norigin = 'https://app.example'"), True),
}


@pytest.mark.parametrize(("need", "promised", "expected"), DECLARED.values(), ids=DECLARED)
def test_what_a_target_has(need: Need, promised: Target, expected: bool | None) -> None:
    assert HAS[need](promised) is expected


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("SSE-HTTP-014", "declared-absent"),
        ("SSE-CORS-001", "declared-absent"),
        ("SSE-SEC-001", "declared-absent"),
        ("SSE-SEC-004", "not-local"),
    ],
)
def test_what_a_target_has_not_is_not_judged(row: str, reason: str) -> None:
    assert blocked(REQUIREMENTS[row], target(url=THERE), {}) == Judgement(Verdict.NOT_APPLICABLE, reason)


@pytest.mark.parametrize(("row", "key"), [("SSE-HTTP-008", "target.http"), ("SSE-SEC-004", "target.local")])
@pytest.mark.parametrize("verdict", ["PASS", "FAIL"])
def test_what_nobody_promised_is_an_observation(row: str, key: str, verdict: str) -> None:
    found = undeclared(REQUIREMENTS[row], target(), Judgement(Verdict(verdict), observed="this"))

    assert (found.verdict, found.reason) == (Verdict.INFO, f"the target declares no {key}; seen: this")
