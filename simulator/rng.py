"""Counter-based random numbers: a pure function of (seed, stream name, device id, step). Keeps no state.

A number depends on nothing but its four coordinates: not on the fleet's size, order, shards or speed, nor
on when it is asked for. This is a format: the test vectors are pinned.
"""

from collections.abc import Iterable
from hashlib import blake2b
from typing import Final

import numpy as np
from numpy.typing import NDArray

__all__ = [
    "NORMALS",
    "Floats",
    "Ints",
    "Keys",
    "Words",
    "device_hash",
    "mixed",
    "normal",
    "normal_cdf",
    "u64",
    "uniform",
]

Words = NDArray[np.uint64]
Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

MASK: Final = (1 << 64) - 1
GOLDEN: Final = 0x9E3779B97F4A7C15
MIX1: Final = 0xBF58476D1CE4E5B9
MIX2: Final = 0x94D049BB133111EB
CELLS: Final = 1 << 14  # of the inverse normal table: |n| stays below 4.01, finer than any sensor resolves


def device_hash(name: str) -> int:
    """BLAKE2b-64 of the name in UTF-8, little endian."""
    return int.from_bytes(blake2b(name.encode(), digest_size=8).digest(), "little")


class Keys:
    """One 64-bit key for each device and stream of a run."""

    def __init__(self, seed: int, names: Iterable[str]) -> None:
        self.hashes: Words = np.array([device_hash(name) for name in names], dtype=np.uint64)
        self._seed = _mix_int(seed & MASK)

    def stream(self, name: str) -> Words:
        """The keys of the devices, in order, for the stream of that name; shape (N,)."""
        salt = _mix_int(self._seed ^ device_hash(name))
        return _mix(self.hashes * np.uint64(GOLDEN) ^ np.uint64(salt))


def u64(key: Words, step: int | Ints | Words) -> Words:
    """64 random bits for each key (at least 1-d) and step (Words: mixed already), which broadcast."""
    if isinstance(step, int):
        return _mix(key ^ np.uint64(_mix_int(step & MASK)))
    return _mix(key ^ mixed(step))


def mixed(step: Ints | Words) -> Words:
    """Steps made ready once, for many keys; once is enough."""
    if step.dtype == np.uint64:
        return step.view(np.uint64)
    return _mix(step.astype(np.uint64) + np.uint64(GOLDEN))


def uniform(key: Words, step: int | Ints | Words) -> Floats:
    """Uniform in [0, 1), with 53 bits."""
    bits = u64(key, step)
    bits >>= np.uint64(11)
    share = bits.astype(np.float64)
    share *= 2.0**-53
    return share


def normal(key: Words, step: int | Ints | Words) -> Floats:
    """Standard normal, from the mid-points of 2^14 equally likely cells."""
    bits = u64(key, step)
    bits >>= np.uint64(50)
    return NORMALS.take(bits.view(np.int64), mode="clip")  # nothing to clip, but quicker than to look


def normal_cdf(x: Floats) -> Floats:
    """The share of the standard normal below `x`, read from the same table."""
    return np.interp(x, NORMALS, SHARES)


def _mix_int(x: int) -> int:
    """One step of SplitMix64 (Steele, Lea, Flood 2014) on a Python int."""
    x = (x + GOLDEN) & MASK
    x = (x ^ x >> 30) * MIX1 & MASK
    x = (x ^ x >> 27) * MIX2 & MASK
    return x ^ x >> 31


def _mix(z: Words) -> Words:
    """The finaliser of SplitMix64, in place on a fresh array."""
    shifted = z >> np.uint64(30)
    z ^= shifted
    z *= np.uint64(MIX1)
    z ^= np.right_shift(z, np.uint64(27), out=shifted)
    z *= np.uint64(MIX2)
    z ^= np.right_shift(z, np.uint64(31), out=shifted)
    return z


def _inverse_normal(p: Floats) -> Floats:
    """Acklam's rational approximation of the inverse normal distribution (relative error below 1.2e-9)."""
    a = [-3.969683028665376e01, 2.209460984245205e02, -2.759285104469687e02]
    a += [1.383577518672690e02, -3.066479806614716e01, 2.506628277459239e00]
    b = [-5.447609879822406e01, 1.615858368580409e02, -1.556989798598866e02]
    b += [6.680131188771972e01, -1.328068155288572e01, 1.0]
    c = [-7.784894002430293e-03, -3.223964580411365e-01, -2.400758277161838e00]
    c += [-2.549732539343734e00, 4.374664141464968e00, 2.938163982698783e00]
    d = [7.784695709041462e-03, 3.224671290700398e-01, 2.445134137142996e00, 3.754408661907416e00, 1.0]
    centred = p - 0.5
    square = centred * centred
    middle = np.polyval(a, square) * centred / np.polyval(b, square)
    tail = np.sqrt(-2 * np.log(np.minimum(p, 1 - p)))
    outer = -np.sign(centred) * np.polyval(c, tail) / np.polyval(d, tail)
    return np.where(np.minimum(p, 1 - p) < 0.02425, outer, middle)


SHARES: Final = (np.arange(CELLS) + 0.5) / CELLS
NORMALS: Final = _inverse_normal(SHARES)
