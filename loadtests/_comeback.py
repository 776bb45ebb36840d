"""How those who lost their stream came back: when, after how many refusals, and what they missed. Pure."""

from collections.abc import Mapping, Sequence
from typing import Any

from loadtests._histogram import Histogram

__all__ = ["comeback"]

SHARES = {"back50_ms": 500, "back95_ms": 950, "back99_ms": 990, "back100_ms": 1000}  # per mille
REFUSALS = ("refused", "http_429", "http_4xx", "http_5xx", "http_other")
COUNTED = ("cut", "reconnects", *REFUSALS, "gap", "replayed")


def comeback(
    counts: Mapping[tuple[int, str], int], phases: Sequence[int], back: Histogram, catchup: Histogram
) -> dict[str, Any]:
    """The `resume` of the result file, for the streams that were cut in these phases.

    A share of them is back when that many are; while fewer have come, nobody knows when (None). `gap` is
    what was never replayed, `dup` what was sent again though it had been read.
    """
    found = {what: sum(counts.get((phase, what), 0) for phase in phases) for what in COUNTED}
    found["dup"] = sum(counts.get((phase, "resume_dup"), 0) for phase in phases)
    times = {name: _share_back(back, found["cut"], per_mille) for name, per_mille in SHARES.items()}
    return {**found, **times, "catchup_p99_us": catchup.quantile(990)}


def _share_back(back: Histogram, cut: int, per_mille: int) -> int | None:
    rank = -(-per_mille * cut // 1000)
    if not cut or rank > back.n:
        return None
    return (back.most if rank == back.n else back.ranked(rank)) // 1000
