"""How subscribers came in: the time that a connection took, and how many came each second."""

from collections.abc import Sequence
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, LogLocator, NullLocator

from reports.axes import phase_names, seconds_axis, shade
from reports.canvas import DASHES, Drawing, draw
from reports.figures.rates import counts, rates
from reports.load_schema import Series
from reports.metrics import Distribution, PhaseMetrics, merged
from reports.svg import INK, SERIES
from reports.units import latency

__all__ = ["connecting", "cumulative"]

SHOWN = {"connect": "connect to response head", "first_event": "connect to first event"}
STYLES: tuple[dict[str, Any], ...] = (
    {"color": SERIES[5]},
    {"color": INK, "linestyle": DASHES, "linewidth": 1.1},
)
CAPTION = (
    "Left: the share of connections that took no longer. Right: connections made each second; an even ramp "
    "is a plateau, a staircase is a generator that connects in bursts."
)


def connecting(series: Series | None, found: Sequence[PhaseMetrics], name: str) -> Drawing | None:
    """None where no connection was timed."""
    curves = {label: merged(found, metric) for metric, label in SHOWN.items()}
    if not any(each.n for each in curves.values()):
        return None

    def plot(figure: Figure) -> None:
        left, right = figure.subplots(1, 2, width_ratios=(1, 1.2))
        for (label, each), style in zip(curves.items(), STYLES, strict=True):
            cumulative(left, each, label=label, **style)
        left.legend(loc="lower right")
        if series is not None and any(series.conn_ok):
            counts(right, series.t, rates(series, series.conn_ok), color=SERIES[5])
            shade(right, found)
            phase_names(right, found)
        right.set_ylabel("connections/s")
        seconds_axis(right)

    return Drawing("Connecting", CAPTION, draw(plot, 3.0, name))


def cumulative(axes: Axes, each: Distribution, **style: Any) -> None:
    """The share of samples up to each latency, on a log axis."""
    axes.set_xscale("log")
    axes.set_ylim(0, 1.02)
    axes.yaxis.set_major_formatter(FuncFormatter(lambda y, _: f"{100 * y:.0f} %"))
    axes.xaxis.set_major_locator(LogLocator(numticks=8))
    axes.xaxis.set_minor_locator(NullLocator())
    axes.xaxis.set_major_formatter(FuncFormatter(lambda us, _: latency(us)))
    if each.n:
        edges = [max(1, edge) for edge in each.edges]
        shares = [0.0, *(rank / each.n for rank in each.ranks)]
        axes.plot([edges[0], *edges], shares, drawstyle="steps-post", **style)
