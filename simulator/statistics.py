"""Figures of a series: moments, correlation in time, daily wave, increments, spectrum. Pure."""

from itertools import pairwise
from typing import NamedTuple

import numpy as np

from .rng import Floats

__all__ = ["Figures", "autocorrelation", "figures_of", "spectrum"]

DAY = 86400.0
SEGMENT = 4 * DAY  # seconds of a piece of the record whose spectrum is averaged with those of others


class Figures(NamedTuple):
    """Of a regular series; `peak` is the hour (of the clock that the times are in) of the daily wave."""

    mean: float
    sd: float
    acf_1h: float
    acf_6h: float
    amplitude: float
    peak: float
    kurtosis: float  # of the increments
    slope_lo: float  # of the spectrum in log-log: from half a day to two hours
    slope_hi: float  # and over the fastest three octaves
    flat: float  # share of values that equal the one before


def figures_of(t: Floats, x: Floats, step: float) -> Figures:
    """Figures of `x` at `t` s, which are `step` s apart."""
    increments = np.diff(x)
    amplitude, peak = _daily(t, x)
    f, power = spectrum(x, step)
    nyquist = 1 / (2 * step)
    return Figures(
        mean=float(x.mean()),
        sd=float(x.std()),
        acf_1h=float(autocorrelation(x, [round(3600 / step)])[0]),
        acf_6h=float(autocorrelation(x, [round(6 * 3600 / step)])[0]),
        amplitude=amplitude,
        peak=peak,
        kurtosis=_kurtosis(increments),
        slope_lo=_slope(f, power, 1 / (0.5 * DAY), min(1 / 7200, nyquist)),
        slope_hi=_slope(f, power, max(nyquist / 8, 1 / 7200), 0.95 * nyquist),
        flat=float((increments == 0).mean()),
    )


def autocorrelation(x: Floats, lags: list[int]) -> Floats:
    """At these lags, in steps."""
    centred = x - x.mean()
    variance = max(float((centred**2).mean()), 1e-300)
    return np.array([float((centred[: len(x) - lag] * centred[lag:]).mean()) / variance for lag in lags])


def spectrum(x: Floats, step: float) -> tuple[Floats, Floats]:
    """Frequencies in Hz and power density: Welch's method, pieces of four days or a quarter of the record."""
    length = min(len(x) // 4, int(SEGMENT / step)) // 2 * 2
    window, axis = np.hanning(length), np.arange(length)
    pieces = []
    for start in range(0, len(x) - length + 1, length // 2):
        piece = x[start : start + length]
        pieces.append(
            np.abs(np.fft.rfft((piece - np.polyval(np.polyfit(axis, piece, 1), axis)) * window)) ** 2
        )
    power: Floats = np.mean(pieces, axis=0) * 2 * step / (window**2).sum()
    f: Floats = np.fft.rfftfreq(length, step).astype(np.float64)
    return f[1:], power[1:]


def _daily(t: Floats, x: Floats) -> tuple[float, float]:
    """Amplitude and hour of the peak of the wave of 24 h, fitted with a trend and a wave of 12 h."""
    w = 2 * np.pi / DAY
    columns = [
        np.ones_like(t),
        (t - t.mean()) / DAY,
        *(f(k * w * t) for k in (1, 2) for f in (np.cos, np.sin)),
    ]
    c = np.linalg.lstsq(np.stack(columns, axis=1), x, rcond=None)[0]
    return float(np.hypot(c[2], c[3])), float(np.arctan2(c[3], c[2]) / w / 3600 % 24)


def _kurtosis(x: Floats) -> float:
    centred = x - x.mean()
    return float((centred**4).mean() / max(float((centred**2).mean()) ** 2, 1e-300))


def _slope(f: Floats, power: Floats, low: float, high: float) -> float:
    """Of the power in log-log between two frequencies, over twelve bins of equal width; NaN if too few."""
    edges = np.geomspace(low, high, 13) if low < high else np.zeros(13)
    bins = [(f >= a) & (f < b) for a, b in pairwise(edges)]
    points = [(np.log10(f[b].mean()), np.log10(power[b].mean())) for b in bins if b.any()]
    if len(points) < 3:
        return float("nan")
    x, y = zip(*points, strict=True)
    return float(np.polyfit(x, y, 1)[0])
