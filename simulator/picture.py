"""Traces as small multiples: a row for each sensor, faults as bands, statistics beside. Needs matplotlib."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

from .rng import Floats
from .statistics import autocorrelation, spectrum
from .trace import Trace

__all__ = ["draw"]

INK, FAULT, GRID = "#1f4e79", "#d1495b", "#d9d9d9"
ROW, COLUMN = 1.35, 3.0  # inches of a sensor's row, and of a column of statistics
LONGEST_LAG = 86400.0  # seconds
ENOUGH = 32  # samples below which statistics say nothing


def draw(traces: list[Trace], path: Path, *, stats: bool) -> None:
    """Write the traces, in the format that the path's ending names. Raises OSError, ValueError."""
    from matplotlib.figure import Figure

    rows = sum(len(trace.sensors) for trace in traces)
    widths = [9.0, COLUMN, COLUMN] if stats else [9.0]
    figure = Figure(figsize=(sum(widths), 0.6 + ROW * rows), layout="constrained")
    grid = figure.subplots(rows, len(widths), squeeze=False, width_ratios=widths)
    lines = iter(grid)
    for trace in traces:
        for index in range(len(trace.sensors)):
            _row(next(lines), trace, index, stats=stats)
    for row in grid[:-1]:
        row[0].sharex(grid[-1][0])
        row[0].tick_params(labelbottom=False)
    if stats:
        grid[0][1].set_title("power spectrum, 1/Hz", fontsize=8)
        grid[0][2].set_title("autocorrelation, hours", fontsize=8)
    figure.savefig(path, dpi=110)


def _row(axes: Any, trace: Trace, index: int, *, stats: bool) -> None:
    sensor, values = trace.sensors[index], trace.values[index]
    times: Any = [datetime.fromtimestamp(t / 1000, UTC) for t in trace.ts]
    axes[0].plot(times, values, color=INK, linewidth=0.8)
    for fault in trace.faults:
        if fault.sensor in {-1, index}:
            begin, end = (datetime.fromtimestamp(t / 1000, UTC) for t in (fault.start, fault.end))
            axes[0].axvspan(max(begin, times[0]), min(end, times[-1]), color=FAULT, alpha=0.18, linewidth=0)
            axes[0].text(
                max(begin, times[0]),
                1.01,
                fault.fault.kind,
                color=FAULT,
                fontsize=6,
                transform=axes[0].get_xaxis_transform(),
            )
    axes[0].set_ylabel(f"{sensor.name}\n{sensor.unit}", fontsize=8)
    axes[0].set_title(trace.device if index == 0 else "", fontsize=9, loc="left")
    for each in axes:
        each.grid(color=GRID, linewidth=0.4)
        each.tick_params(labelsize=7)
        each.spines[["top", "right"]].set_visible(False)
    if stats:
        _statistics(axes[1], axes[2], trace.ts / 1000, values)


def _statistics(power: Any, correlation: Any, t: Floats, values: Floats) -> None:
    known = np.isfinite(values)
    if known.sum() < ENOUGH or np.ptp(values[known]) == 0:
        return
    step = float(np.median(np.diff(t)))
    x = np.interp(np.arange(t[0], t[-1], step), t[known], values[known])
    f, density = spectrum(x, step)
    power.loglog(f, np.maximum(density, 1e-300), color=INK, linewidth=0.8)
    lags = np.unique(np.linspace(0, min(len(x) // 2, LONGEST_LAG / step), 100).astype(int)).tolist()
    correlation.plot(np.array(lags) * step / 3600, autocorrelation(x, lags), color=INK, linewidth=0.8)
    correlation.set_ylim(-1.05, 1.05)
