"""Whether subscribers were served alike. Pure."""

from collections.abc import Sequence
from typing import Any

from loadtests._health import percentile
from loadtests._tally import Share

__all__ = ["fairness"]


def fairness(shares: Sequence[Share]) -> dict[str, Any]:
    """How equal the mean latencies of subscribers are, and whether who connected first is served first.

    `jain` is Jain's index (https://arxiv.org/abs/cs/9809099): 1 when all are equal, 1/n when one has it all.
    """
    means = [share.total_us / share.n for share in shares]
    squares = sum(mean * mean for mean in means)
    return {
        "jain": round(sum(means) ** 2 / (len(means) * squares), 4) if squares else None,
        "mean_p10_us": round(percentile(means, 10)) if means else None,
        "mean_p90_us": round(percentile(means, 90)) if means else None,
        "order_corr": _correlation([float(share.order) for share in shares], means),
    }


def _correlation(xs: Sequence[float], ys: Sequence[float]) -> float | None:
    """Pearson's r; None where it is not defined."""
    if len(xs) < 2:
        return None
    x, y = sum(xs) / len(xs), sum(ys) / len(ys)
    across = sum((a - x) * (b - y) for a, b in zip(xs, ys, strict=True))
    spread = sum((a - x) ** 2 for a in xs) * sum((b - y) ** 2 for b in ys)
    return round(float(across / spread**0.5), 4) if spread else None
