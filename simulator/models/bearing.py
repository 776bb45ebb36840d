"""A rolling bearing: what damage does to vibration, as figures and as a waveform. Pure."""

from typing import Final, Literal, NamedTuple

import numpy as np

from simulator.rng import Floats, Words, normal, uniform

__all__ = ["BEARING", "RATE", "Race", "crest_of", "kurtosis_of", "waveform"]

RATE: Final = 12_000.0  # samples a second
RESONANCE: Final = 3400.0  # Hz, of the housing
SHAFT = (0.030, 0.012, 0.045, 0.020)  # g, of the first harmonics of the shaft
FLOOR: Final = 0.04  # g, broad-band
SLIP: Final = 0.01  # of the time between two impacts
Race = Literal["inner", "outer", "ball"]


class Defect(NamedTuple):
    """Impacts per revolution; their size (g), damping and broad-band noise (g) at damage 1; modulation."""

    order: float
    impact: float
    damping: float
    noise: float
    modulated_at: float  # revolutions of the load zone per revolution of the shaft; 0: it stands still


BEARING: dict[Race, Defect] = {  # 6205-2RS JEM SKF; sizes fitted to the CWRU records of 0.007 inch
    "inner": Defect(5.4152, 1.10, 0.014, 0.10, 1.0),
    "outer": Defect(3.5848, 2.60, 0.022, 0.16, 0.0),
    "ball": Defect(4.7135, 0.18, 0.035, 0.115, 0.39828),
}


def kurtosis_of(damage: Floats) -> Floats:
    """Kurtosis rises with the first impacts and falls when damage has spread (as in run-to-failure tests)."""
    return 3 + 8 * damage * np.exp(-(damage**2))


def crest_of(damage: Floats) -> Floats:
    """Peak ÷ rms, which goes the same way."""
    return 4.2 + 4 * damage * np.exp(-0.7 * damage**2)


def waveform(key: Words, burst: int, points: int, *, rpm: float, damage: float, race: Race) -> Floats:
    """Acceleration in g of one bearing (`key` has shape (1,)) at `RATE`, in shape (points,).

    Shaft harmonics, coloured noise, and impacts at the defect's frequency with slip, modulated as the defect
    passes the load zone, each ringing at the resonance (McFadden, Smith 1984).
    """
    t = np.arange(points) / RATE
    turn = rpm / 60
    phase = 2 * np.pi * uniform(key, burst * 16 + np.arange(len(SHAFT)))
    made = sum(
        (
            g * np.sin(2 * np.pi * k * turn * t + p)
            for k, (g, p) in enumerate(zip(SHAFT, phase, strict=True), 1)
        ),
        np.zeros(points),
    )
    defect = BEARING[race]
    noise = FLOOR + (defect.noise - FLOOR) * min(damage, 1.0)
    return made + noise * _coloured(key, burst, points) + damage * _impacts(key, burst, points, turn, defect)


def _coloured(key: Words, burst: int, points: int) -> Floats:
    """Noise of unit variance with a hump at the resonance."""
    white = normal(key, (burst << 24) + np.arange(points))
    f = np.fft.rfftfreq(points, 1 / RATE)
    shaped = np.fft.irfft(np.fft.rfft(white) * (1 / np.sqrt(1 + ((f - RESONANCE) / 900) ** 2) + 0.35), points)
    unit: Floats = shaped / shaped.std()
    return unit


def _impacts(key: Words, burst: int, points: int, turn: float, defect: Defect) -> Floats:
    period = 1 / (defect.order * turn)
    number = np.arange(int(points / RATE / period) + 2)
    start = (burst << 24) + (1 << 22)
    at = np.cumsum(period * (1 + SLIP * normal(key, start + number)))
    size = np.exp(0.25 * normal(key, start + (1 << 20) + number))
    if defect.modulated_at:
        size *= 0.55 + 0.45 * np.cos(2 * np.pi * defect.modulated_at * turn * at)
    train = np.zeros(points)
    index = (at * RATE).astype(np.intp)
    np.add.at(train, index[index < points], size[index < points])
    ring = np.arange(int(0.012 * RATE)) / RATE
    answer = np.exp(-defect.damping * 2 * np.pi * RESONANCE * ring) * np.sin(2 * np.pi * RESONANCE * ring)
    rung: Floats = defect.impact * np.convolve(train, answer)[:points]
    return rung
