"""The shape of a fan-out: how long one event takes from its first subscriber to its last, and who waits."""

from collections.abc import Sequence
from statistics import median

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter

from reports.axes import latency_axis
from reports.canvas import Drawing, draw, spread
from reports.load_schema import Events, Subscribers
from reports.svg import INK, SERIES
from reports.units import count

__all__ = ["fan_out"]

MOST = 400  # dots a panel
SPREAD = "One dot per event: the time from its first to its last subscriber."
FAIRNESS = "One dot per subscriber: its mean latency, by the order of connecting. Dotted: their median."


def fan_out(events: Events | None, subscribers: Subscribers | None, name: str) -> Drawing | None:
    """None where neither events nor subscribers were recorded one by one."""
    spreads = [(n, max(1, last - first)) for _, _, n, first, last in (events.rows if events else []) if n > 1]
    means = list(zip(subscribers.connect_order, subscribers.mean_us, strict=True)) if subscribers else []
    panels = [panel for panel, rows in ((by_reach, spreads), (by_order, means)) if rows]
    if not panels:
        return None

    def plot(figure: Figure) -> None:
        row = figure.subplots(1, len(panels), squeeze=False)[0]
        for axes, panel in zip(row, panels, strict=True):
            panel(axes, spreads if panel is by_reach else means)

    caption = " ".join(text for text, rows in ((SPREAD, spreads), (FAIRNESS, means)) if rows)
    return Drawing("Fan-out", caption, draw(plot, 3.2, name))


def by_reach(axes: Axes, rows: Sequence[tuple[int, float]]) -> None:
    dots(axes, rows)
    latency_axis(axes)
    axes.set_xlim(left=0)
    axes.set_xlabel("subscribers that the event reached")
    axes.set_ylabel("first to last subscriber")


def by_order(axes: Axes, rows: Sequence[tuple[int, float]]) -> None:
    dots(axes, [(order, max(1.0, mean)) for order, mean in rows])
    latency_axis(axes)
    axes.axhline(median(mean for _, mean in rows), color=INK, linewidth=1, linestyle=":")
    axes.set_xlabel("order of connecting")
    axes.set_ylabel("mean latency")


def dots(axes: Axes, rows: Sequence[tuple[int, float]]) -> None:
    """At most `MOST`, evenly chosen, and the largest among them."""
    shown = {*spread(sorted(rows), MOST), max(rows, key=lambda row: row[1])}
    axes.plot(
        *zip(*sorted(shown), strict=True), "o", markersize=3, color=SERIES[5], markeredgewidth=0, alpha=0.5
    )
    axes.xaxis.set_major_formatter(FuncFormatter(lambda x, _: count(round(x))))
