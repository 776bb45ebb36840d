"""Known failures, waived with a reason and a date; a waiver that no longer fires is itself a finding."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Protocol

from conformance.verdict import BAD, Judgement, Verdict

__all__ = ["Waiver", "waived"]

FIRES = BAD | {Verdict.WARN}
SILENT = {Verdict.PASS, Verdict.INFO}


class Waiver(Protocol):
    """What a target file says about a row that it knows to fail."""

    @property
    def reason(self) -> str: ...
    @property
    def until(self) -> date | None: ...


def waived(row: str, judgement: Judgement, waivers: Mapping[str, Waiver], today: date) -> Judgement:
    """`judgement`, or what the row's waiver makes of it. What was not judged is not touched."""
    waiver = waivers.get(row)
    if waiver is None or judgement.verdict not in FIRES | SILENT:
        return judgement
    if judgement.verdict in SILENT:
        reason = f"the waiver ({waiver.reason}) no longer fires: remove it"
        return replace(judgement, verdict=Verdict.STALE_WAIVER, reason=reason)
    if waiver.until is not None and waiver.until < today:
        reason = f"the waiver ({waiver.reason}) ended on {waiver.until}"
        return replace(judgement, verdict=Verdict.STALE_WAIVER, reason=reason)
    return replace(judgement, verdict=Verdict.WAIVED, reason=waiver.reason)
