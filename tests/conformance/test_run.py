"""What a run makes of a judgement before it is recorded."""

from types import SimpleNamespace
from typing import Any

import pytest

from conformance.options import Options
from conformance.origin import Origin
from conformance.row import MARKER
from conformance.run import Run
from conformance.target import loads
from conformance.verdict import Judgement, Verdict

ROW = "SSE-HTTP-001"
TARGET = """schema = 1
target = { name = "x", base_url = "http://127.0.0.1:1", origin = "http://127.0.0.1:2" }
subscribe = { path = "/" }
"""
OPTIONS = Options(None, None, strict=False, only=frozenset(), json=None, slow=False, allow_exec=False)


def concluded(died: str, monkeypatch: pytest.MonkeyPatch) -> tuple[Judgement, list[str]]:
    """What a row comes to that fails by the road, and the rows that the origin was asked for."""
    asked: list[str] = []

    def judged(_: Origin, __: object, row: str) -> Judgement:
        asked.append(row)
        return Judgement(Verdict.PASS, observed="fine")

    monkeypatch.setattr(Origin, "judged", judged)
    item: Any = SimpleNamespace(
        get_closest_marker=lambda name: SimpleNamespace(args=(ROW,)) if name == MARKER else None,
        obj=lambda: Judgement(Verdict.FAIL, expected="a head", observed="none"),
        funcargs={},
        _fixtureinfo=SimpleNamespace(argnames=()),
        user_properties=[],
    )
    process: Any = SimpleNamespace(died=died)
    run = Run(OPTIONS, loads(TARGET, {}), process, [item], [], silent=True)
    with pytest.raises((pytest.skip.Exception, pytest.fail.Exception)):
        run.pytest_pyfunc_call(item)
    return run.judgements[ROW], asked


def test_a_failure_is_looked_for_at_the_origin(monkeypatch: pytest.MonkeyPatch) -> None:
    found, asked = concluded("", monkeypatch)

    assert (found.verdict, asked) == (Verdict.FAIL, [ROW])
    assert "so the road there is at fault (fine)" in found.reason


def test_of_a_server_that_died_the_origin_is_asked_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    found, asked = concluded("it died", monkeypatch)

    assert (found, asked) == (Judgement(Verdict.INCONCLUSIVE, "it died"), [])
