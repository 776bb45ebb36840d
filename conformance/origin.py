"""Whether the server is at fault or the road there: what is wrong is looked for at its origin, too."""

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace
from typing import Any

import pytest

from conformance.captures.by_name import CAPTURES
from conformance.judging import judged
from conformance.stage import Stage
from conformance.target import Target
from conformance.target.roads import at_origin
from conformance.verdict import JUDGED, Judgement, Unjudged, Verdict

__all__ = ["AT_FAULT", "Origin", "blamed"]

PAYLOADS = {"sse_trials": "sse_exchange", "sse_named_trials": "sse_named_exchange"}
AT_FAULT = {Verdict.FAIL, Verdict.INCONCLUSIVE}


class Origin:
    """The server at its own address. No connection is made before the first row asks."""

    def __init__(self, target: Target, stage: Callable[[Target], Stage]) -> None:
        self.target = at_origin(target)
        self.address = self.target.target.base_url
        self._stage = stage
        self._entered: Stage | None = None
        self._opened = ExitStack()

    def close(self) -> None:
        """Leave it."""
        self._opened.close()
        self._entered = None

    def judged(self, item: pytest.Function, row: str) -> Judgement:
        """What the check of `row` comes to there, as steadily as by the road."""
        try:
            given = {name: self._given(name, row) for name in item._fixtureinfo.argnames}
            return judged(row, item.obj, given, self._entered)
        except Unjudged as unjudged:
            return unjudged.judgement
        except Exception as error:  # noqa: BLE001 - what was found by the road stands, whatever breaks here
            return Judgement(Verdict.INCONCLUSIVE, f"the check itself broke: {type(error).__name__}: {error}")

    def _given(self, name: str, row: str) -> Any:
        if name == "sse_target":
            return self.target
        if self._entered is None:
            self._entered = self._opened.enter_context(self._stage(self.target))
        if name in PAYLOADS:
            return self._entered.get(PAYLOADS[name]).of(row)
        assert name in CAPTURES, f"nobody has taught us to take {name} anew"
        return self._entered.get(name)


def blamed(judgement: Judgement, origin: Judgement, address: str) -> Judgement:
    """What was found by the road, with what the same check found at the `address` behind it."""
    seen = origin.observed or origin.reason
    match origin.verdict:
        case Verdict.FAIL if judgement.verdict is Verdict.FAIL:
            told = f"the same at the origin {address}, so the server is at fault"
        case Verdict.FAIL:
            told = f"at the origin {address} it fails, so the server is at fault, too ({seen})"
        case Verdict.FLAKY:
            told = f"at the origin {address} it fails at times, so the server is at fault, too ({seen})"
        case verdict if verdict in JUDGED:
            told = f"not so at the origin {address}, so the road there is at fault ({seen})"
        case _:
            told = f"at the origin {address} it could not be judged: {seen}"
    return replace(judgement, reason=f"{judgement.reason}; {told}" if judgement.reason else told)
