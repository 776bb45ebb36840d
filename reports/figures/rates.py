"""What was offered, what came through, and what it cost, second by second."""

from collections.abc import Callable, Sequence
from statistics import fmean
from typing import Any, NamedTuple

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator

from reports.axes import phase_names, seconds_axis, shade, short
from reports.canvas import DASHES, Drawing, draw
from reports.load_schema import Series
from reports.metrics import PhaseMetrics
from reports.svg import INK, MUTED, SERIES
from reports.units import count

__all__ = ["counts", "over_time", "rates"]

MOST = 600  # points of a curve
MOST_EXPORTED = 4  # of the server's own metrics
CAPTION = "Shaded: the part of each phase that was judged."
OFFERED = " Dashed, at the top: what was offered, each event to every subscriber."


class Curve(NamedTuple):
    """One line of a panel."""

    label: str
    values: Sequence[float]
    style: dict[str, Any]


def over_time(series: Series, found: Sequence[PhaseMetrics], name: str, *, to_all: bool) -> Drawing | None:
    """Deliveries, processors and the server's memory; None where nothing was sampled."""
    panels = [(label, curves) for label, curves in measured(series) if curves]
    if not series.deliveries or len(series.t) < 2:
        return None

    def plot(figure: Figure) -> None:
        heights = [3.0] + [1.3] * (len(panels) - 1)
        rows = figure.subplots(len(panels), sharex=True, squeeze=False, height_ratios=heights)[:, 0]
        for axes, (label, curves), height in zip(rows, panels, heights, strict=True):
            for curve in curves:
                counts(axes, series.t, curve.values, label=curve.label, **curve.style)
            axes.set_ylabel(label)
            axes.yaxis.set_major_locator(MaxNLocator(round(height) + 1, integer=True))
            if len(curves) > 1:
                axes.legend(loc="upper left", bbox_to_anchor=(1.005, 1), borderaxespad=0)
            shade(axes, found)
        if to_all:
            offered(rows[0], found)
        rows[-1].set_xlim(series.t[0], series.t[-1])
        phase_names(rows[0], found)
        seconds_axis(rows[-1])

    many = len(series.t) > MOST
    caption = CAPTION + OFFERED * to_all + f" Means of {-(-len(series.t) // MOST)} samples each." * many
    return Drawing("Deliveries and their cost over time", caption, draw(plot, 2.6 + 1.1 * len(panels), name))


def measured(series: Series) -> list[tuple[str, list[Curve]]]:
    """Panels by their label; a curve that was not sampled is not there."""
    solid = {"color": SERIES[5]}
    dashed: dict[str, Any] = {"color": INK, "linestyle": DASHES}
    cpu = [Curve("server", series.server_cpu, solid), Curve("generator", series.client_cpu, dashed)]
    memory = [Curve("server", series.server_rss_mb, solid)]
    exported = list(series.server.items())[:MOST_EXPORTED]
    streams = [Curve("streams", [float(n) for n in series.subs], solid)]
    return [
        ("deliveries/s", [Curve("deliveries", rates(series, series.deliveries), solid)]),
        ("streams", [curve for curve in streams if curve.values]),
        ("CPU, % of a core", [curve for curve in cpu if curve.values]),
        ("server, MB", [curve for curve in memory if curve.values]),
        *((short(name), [Curve("server", values, solid)]) for name, values in exported if values),
    ]


def offered(axes: Axes, found: Sequence[PhaseMetrics]) -> None:
    """The events offered, times the subscribers."""
    for each in found:
        phase = each.phase
        if phase.offered_pub_s:
            due = phase.offered_pub_s * phase.subs
            axes.plot(phase.window, [due, due], color=MUTED, linestyle=DASHES, linewidth=1.1)
            axes.set_ylim(0, max(axes.get_ylim()[1], due * 1.08))


def rates(series: Series, values: Sequence[float]) -> list[float]:
    """Counts per step as counts per second."""
    return [value / series.step_s for value in values]


def thinned(
    t: Sequence[float], values: Sequence[float], keep: Callable[[Sequence[float]], float]
) -> tuple[Sequence[float], Sequence[float]]:
    """At most `MOST` points, each of which stands for as many: what `keep` makes of them."""
    size = -(-len(t) // MOST)
    if size == 1:
        return t, values
    return t[::size], [keep(values[n : n + size]) for n in range(0, len(t), size)]


def counts(
    axes: Axes,
    t: Sequence[float],
    values: Sequence[float],
    keep: Callable[[Sequence[float]], float] = fmean,
    **style: Any,
) -> None:
    """Values that hold for a step each, from zero."""
    t, values = thinned(t, values, keep)
    axes.plot(t, values, drawstyle="steps-post", **{"linewidth": 1.2, **style})
    axes.set_ylim(0, max(1.0, axes.get_ylim()[1] if len(axes.get_lines()) > 1 else 0, max(values) * 1.08))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda y, _: count(round(y, 1))))
