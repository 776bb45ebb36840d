"""Events that were offered against those that were taken: the hockey stick of a server that is full."""

from collections.abc import Sequence
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FixedLocator, FuncFormatter, NullLocator

from reports.axes import latency_axis
from reports.canvas import DASHES, Drawing, draw
from reports.metrics import PhaseMetrics
from reports.svg import INK, MUTED, SERIES
from reports.units import count

__all__ = ["hockey_stick"]

CURVES: dict[str, tuple[str, dict[str, Any]]] = {
    "publish": ("publish p99, from when it was due", {"color": SERIES[5]}),
    "deliver": ("deliver p99", {"color": INK, "linestyle": DASHES, "linewidth": 1.1}),
}
CAPTION = "Left: dotted, what was offered; below it, what was not taken in time. Right: latency at each rate."


def hockey_stick(found: Sequence[PhaseMetrics], name: str) -> Drawing | None:
    """None with fewer than two rates."""
    phases = [each for each in found if each.phase.offered_pub_s and each.phase.achieved_pub_s is not None]
    phases.sort(key=offered)
    rates = sorted({offered(each) for each in phases})
    if len(rates) < 2 or rates[-1] < 1.5 * rates[0]:
        return None

    def plot(figure: Figure) -> None:
        left, right = figure.subplots(1, 2)
        left.plot(rates, rates, color=MUTED, linestyle=":", linewidth=1.2)
        taken = [max(1e-3, each.phase.achieved_pub_s or 0) for each in phases]
        left.plot([offered(each) for each in phases], taken, marker="o", markersize=4.5, color=SERIES[5])
        left.set_yscale("log")
        ticks(left.yaxis, rates)
        left.set_ylabel("events/s taken")
        for metric, (label, style) in CURVES.items():
            points = [(offered(each), each.measured(metric).p99_us) for each in phases]
            known = [(rate, max(1, us)) for rate, us in points if us is not None]
            right.plot(
                [x for x, _ in known], [us for _, us in known], marker="o", markersize=4, label=label, **style
            )
        latency_axis(right)
        right.legend(loc="upper left")
        for axes in (left, right):
            rate_axis(axes, rates)

    return Drawing("Ingest", CAPTION, draw(plot, 3.2, name))


def offered(each: PhaseMetrics) -> float:
    return each.phase.offered_pub_s or 0.0


def rate_axis(axes: Axes, rates: Sequence[float]) -> None:
    axes.set_xscale("log")
    ticks(axes.xaxis, rates)
    axes.set_xlabel("events/s offered")


def ticks(axis: Any, rates: Sequence[float]) -> None:
    """A tick at each rate, as far as they stand apart."""
    shown = [rate for n, rate in enumerate(rates) if not n or rate >= 1.4 * rates[n - 1]]
    axis.set_major_locator(FixedLocator(shown))
    axis.set_major_formatter(FuncFormatter(lambda x, _: count(round(x, 1))))
    axis.set_minor_locator(NullLocator())
