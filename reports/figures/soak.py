"""A long run in windows: whether latency or memory drift. A slope comes with its band, or is called none."""

from collections.abc import Sequence
from typing import NamedTuple

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from reports.axes import latency_axis, seconds_axis
from reports.canvas import DASHES, Drawing, draw, spread
from reports.heat import columns, within
from reports.load_schema import Series
from reports.metrics import PhaseMetrics
from reports.svg import INK, SERIES
from reports.trend import Trend, trend
from reports.units import latency

__all__ = ["drift"]

HOUR = 3600.0
SHORTEST = 300.0  # seconds; in less than that nothing drifts that one could tell from noise
WINDOWS = 120
FEWEST = 8
CAPTION = (
    "Dots: windows of {window:g} s. Line and band: the slope of Theil and Sen with its 95 % interval, "
    "which takes windows as independent."
)


class Drift(NamedTuple):
    """One panel: windows, and the trend through them."""

    label: str
    seconds: Sequence[float]
    values: Sequence[float]
    line: Trend | None


def drift(series: Series, found: Sequence[PhaseMetrics], name: str) -> Drawing | None:
    """Of the longest phase; None where that is short, or was watched in too few windows."""
    longest = max(found, key=lambda each: each.phase.window[1] - each.phase.window[0], default=None)
    if longest is None:
        return None
    begin, end = longest.phase.window
    cells = within(columns(series, WINDOWS), longest.phase.window)
    if end - begin < SHORTEST or len(cells) < FEWEST:
        return None
    seconds = [cell.begin for cell in cells]
    p99 = [max(1.0, cell.quantile(0.99)) for cell in cells]
    panels = [Drift("p99", seconds, p99, trend(seconds, p99))]
    memory = [row for row in zip(series.t, series.server_rss_mb, strict=False) if begin <= row[0] < end]
    if len(memory) >= FEWEST:
        shown = spread(memory, WINDOWS)
        xs, ys = [t for t, _ in shown], [mb for _, mb in shown]
        panels.append(Drift("server, MB", xs, ys, trend(xs, ys)))

    def plot(figure: Figure) -> None:
        rows = figure.subplots(len(panels), sharex=True, squeeze=False)[:, 0]
        for axes, panel in zip(rows, panels, strict=True):
            drawn(axes, panel)
        latency_axis(rows[0])
        seconds_axis(rows[-1])

    window = cells[0].end - cells[0].begin
    told = " ".join(sentence(panel) for panel in panels if panel.line)
    return Drawing(
        "Drift", f"{told} {CAPTION.format(window=window)}", draw(plot, 1 + 1.7 * len(panels), name)
    )


def drawn(axes: Axes, panel: Drift) -> None:
    axes.plot(panel.seconds, panel.values, "o", markersize=3, markeredgewidth=0, color=SERIES[5])
    axes.set_ylabel(panel.label)
    line = panel.line
    if line is None:
        return
    ends = [panel.seconds[0], line.x, panel.seconds[-1]]
    slopes = (line.low, line.high)
    low, high = ([sorted(line.at(x, slope) for slope in slopes)[n] for x in ends] for n in (0, 1))
    floor = min(panel.values) / 4
    axes.fill_between(ends, [max(floor, y) for y in low], high, color=INK, alpha=0.12, linewidth=0)
    axes.plot(ends, [max(floor, line.at(x)) for x in ends], color=INK, linestyle=DASHES, linewidth=1.2)


def sentence(panel: Drift) -> str:
    """`p99: +1.2 ms an hour (0.4 to 2.1).` or `server, MB: no drift that could be told from noise.`"""
    line = panel.line
    assert line is not None, "asked only of panels with a line"
    if not line.sure:
        return f"{panel.label}: no drift that could be told from noise."
    slope, low, high = (told(panel, value * HOUR) for value in (line.slope, line.low, line.high))
    return f"{panel.label}: {slope} an hour ({low} to {high})."


def told(panel: Drift, value: float) -> str:
    sign = "−" if value < 0 else "+"
    return f"{sign}{latency(abs(round(value)))}" if panel.label == "p99" else f"{sign}{abs(value):.1f}"
