"""What a run comes to: objectives met or missed, reasons why it may not count, and an exit code. Pure."""

from collections.abc import Mapping, Sequence
from typing import Any

from loadtests._slo import Objective

__all__ = ["INVALID", "verdict"]

OK, MISSED, INVALID = 0, 3, 4


def verdict(
    objectives: Sequence[Objective],
    whole: Mapping[str, Any],
    phases: Sequence[Mapping[str, Any]],
    invalid: Sequence[str],
) -> dict[str, Any]:
    """The result file's last keys. What was measured by an invalid run is worth nothing, so that wins."""
    named = {phase["name"]: phase for phase in phases}
    slo = [
        objective.judge(whole if objective.phase is None else named.get(objective.phase))
        for objective in objectives
    ]
    missed = not all(row["ok"] for row in slo)
    return {
        "slo": slo,
        "invalid": list(invalid),
        "exit_code": INVALID if invalid else MISSED if missed else OK,
    }
