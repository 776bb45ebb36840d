"""Distributions from which a parameter is drawn, once per device. Pure."""

import math
from dataclasses import asdict, dataclass

import numpy as np

from .rng import Floats, Words, normal, uniform

__all__ = [
    "DISTRIBUTIONS",
    "Choice",
    "Constant",
    "Distribution",
    "LogNormal",
    "Normal",
    "Uniform",
    "as_toml",
]


@dataclass(frozen=True, slots=True)
class Constant:
    """The same for all."""

    value: float

    def draw(self, key: Words) -> Floats:
        """One value for each key."""
        return np.full(len(key), float(self.value))

    def bounds(self) -> tuple[float, float]:
        """Between which values draws lie (for open ends: nearly always)."""
        return self.value, self.value


@dataclass(frozen=True, slots=True)
class Uniform:
    """Evenly between `lo` and `hi`."""

    lo: float
    hi: float

    def __post_init__(self) -> None:
        if self.lo > self.hi:
            raise ValueError(f"lo = {self.lo} lies above hi = {self.hi}")

    def draw(self, key: Words) -> Floats:
        """One value for each key."""
        return self.lo + (self.hi - self.lo) * uniform(key, 0)

    def bounds(self) -> tuple[float, float]:
        """The two ends."""
        return self.lo, self.hi


@dataclass(frozen=True, slots=True)
class Normal:
    """Gaussian; draws stay within 4.01 standard deviations."""

    mean: float = 0.0
    sd: float = 1.0

    def __post_init__(self) -> None:
        if self.sd < 0:
            raise ValueError(f"sd = {self.sd} is negative")

    def draw(self, key: Words) -> Floats:
        """One value for each key."""
        return self.mean + self.sd * normal(key, 0)

    def bounds(self) -> tuple[float, float]:
        """Four standard deviations to each side."""
        return self.mean - 4 * self.sd, self.mean + 4 * self.sd


@dataclass(frozen=True, slots=True)
class LogNormal:
    """Log-normal by its median and geometric standard deviation."""

    median: float
    gsd: float

    def __post_init__(self) -> None:
        if self.median <= 0 or self.gsd < 1:
            raise ValueError("a log-normal needs a median above 0 and a gsd of at least 1")

    def draw(self, key: Words) -> Floats:
        """One value for each key."""
        drawn: Floats = self.median * np.exp(math.log(self.gsd) * normal(key, 0))
        return drawn

    def bounds(self) -> tuple[float, float]:
        """Four geometric standard deviations to each side."""
        return self.median / self.gsd**4, self.median * self.gsd**4


@dataclass(frozen=True, slots=True)
class Choice:
    """One of the listed numbers, each equally likely; list one twice to have it twice as often."""

    of: tuple[float, ...]

    def __post_init__(self) -> None:
        if not self.of:
            raise ValueError("there is nothing to choose from")

    def draw(self, key: Words) -> Floats:
        """One value for each key."""
        drawn: Floats = np.array(self.of)[(uniform(key, 0) * len(self.of)).astype(np.intp)]
        return drawn

    def bounds(self) -> tuple[float, float]:
        """The smallest and the largest."""
        return min(self.of), max(self.of)


Distribution = Constant | Uniform | Normal | LogNormal | Choice
DISTRIBUTIONS: dict[str, type[Distribution]] = {
    "uniform": Uniform,
    "normal": Normal,
    "lognormal": LogNormal,
    "choice": Choice,
}


def as_toml(distribution: Distribution) -> str:
    """As a configuration writes it."""
    if isinstance(distribution, Constant):
        return f"{distribution.value:g}"
    name = next(name for name, kind in DISTRIBUTIONS.items() if isinstance(distribution, kind))
    figures = (
        f"{key} = [{', '.join(f'{each:g}' for each in value)}]" if key == "of" else f"{key} = {value:g}"
        for key, value in asdict(distribution).items()
    )
    return f'{{ dist = "{name}", {", ".join(figures)} }}'
