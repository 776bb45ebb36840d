"""Log-linear histograms of microseconds that merge by adding counts. Knows no clock, keeps no sample."""

from collections.abc import Iterable, Sequence

__all__ = ["BITS", "HEAT_BITS", "Histogram", "lower_edge"]

BITS = 7  # buckets are at most 1/128 of their value wide: an error of at most 0.8 %
HEAT_BITS = 3  # enough for a colour; buckets nest, so a coarse row is made from a fine one

QUANTILES = {"p50_us": 500, "p90_us": 900, "p95_us": 950, "p99_us": 990, "p999_us": 999}  # per mille


def lower_edge(us: int, bits: int = BITS) -> int:
    """The lower edge of the bucket that `us` falls into."""
    shift = us.bit_length() - bits - 1
    return us if shift <= 0 else us >> shift << shift


class Histogram:
    """Counts by lower bucket edge; number, sum, least and most are exact."""

    __slots__ = ("counts", "least", "most", "n", "total")

    def __init__(self, samples: Iterable[int] = ()) -> None:
        self.counts: dict[int, int] = {}
        self.n = 0
        self.total = 0
        self.least = 0
        self.most = 0
        self.extend(list(samples))

    def add(self, us: int) -> None:
        """Count `us` once; a value below zero counts as zero (whoever measures counts those apart)."""
        us = max(us, 0)
        edge = lower_edge(us)
        self.counts[edge] = self.counts.get(edge, 0) + 1
        if us > self.most:
            self.most = us
        if us < self.least or not self.n:
            self.least = us
        self.n += 1
        self.total += us

    def extend(self, samples: Sequence[int]) -> None:
        """Count each of them once, at a fifth of the price of adding them one by one."""
        if not samples:
            return
        least = min(samples)
        if least < 0:
            least, samples = 0, [max(us, 0) for us in samples]
        counts = self.counts
        count = counts.get
        for us in samples:
            shift = us.bit_length() - BITS - 1  # lower_edge, written out: this runs thrice a delivery
            edge = us if shift <= 0 else us >> shift << shift
            counts[edge] = count(edge, 0) + 1
        self.least = min(self.least, least) if self.n else least
        most = max(samples)
        self.most = max(self.most, most)
        self.n += len(samples)
        self.total += sum(samples)

    def merge(self, other: "Histogram") -> None:
        """Take over everything that `other` counted; order and grouping of merges make no difference."""
        if not other.n:
            return
        counts = self.counts
        for edge, n in other.counts.items():
            counts[edge] = counts.get(edge, 0) + n
        self.least = min(self.least, other.least) if self.n else other.least
        self.most = max(self.most, other.most)
        self.n += other.n
        self.total += other.total

    def quantile(self, per_mille: int) -> int | None:
        """The lower edge of the bucket that holds the sample of that share; None without samples."""
        return self.ranked(max(1, -(-per_mille * self.n // 1000))) if self.n else None

    def ranked(self, rank: int) -> int:
        """The lower edge of the bucket that holds the sample of that rank, from 1 for the least to n."""
        below = 0
        for edge in sorted(self.counts):
            below += self.counts[edge]
            if below >= rank:
                return max(edge, self.least)
        raise AssertionError("counts and n differ")

    def summary(self) -> dict[str, int | None]:
        """The figures of the result file, in µs; all but `n` are None without samples."""
        some = self.n > 0
        return {
            "n": self.n,
            "min_us": self.least if some else None,
            "mean_us": round(self.total / self.n) if some else None,
            **{name: self.quantile(per_mille) for name, per_mille in QUANTILES.items()},
            "max_us": self.most if some else None,
        }

    def pairs(self, bits: int = BITS) -> list[tuple[int, int]]:
        """(lower edge in µs, count), ascending; fewer `bits` make a coarser list of the same samples."""
        coarse: dict[int, int] = {}
        for edge, n in self.counts.items():
            wide = lower_edge(edge, bits)
            coarse[wide] = coarse.get(wide, 0) + n
        return sorted(coarse.items())

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Histogram):
            return NotImplemented
        return (self.counts, self.n, self.total, self.least, self.most) == (
            other.counts,
            other.n,
            other.total,
            other.least,
            other.most,
        )

    __hash__ = None  # type: ignore[assignment] # a histogram grows
