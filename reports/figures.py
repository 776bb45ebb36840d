"""Pictures of a load result, as SVG. Takes numbers that are ready, holds no pyplot state, writes no dates."""

from collections.abc import Sequence
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator

from reports.axes import (
    bar,
    latency_axis,
    nines_axis,
    phase_legend,
    phase_names,
    reading_order,
    shade,
    subscribers_axis,
)
from reports.canvas import DASHES, Drawing, draw, palette, spread
from reports.metrics import Limit, PhaseMetrics
from reports.schemas import Series
from reports.svg import BAD, INK, MUTED, SERIES
from reports.units import count, plain

__all__ = ["by_percentile", "by_subscribers", "over_time"]

PERCENTILES = {"p50": "p50_us", "p90": "p90_us", "p99": "p99_us", "p99.9": "p999_us"}
THIN: dict[str, Any] = {"linestyle": DASHES, "linewidth": 1.1}


def by_percentile(found: Sequence[PhaseMetrics], limits: Sequence[Limit], name: str) -> Drawing | None:
    """Latency against the number of nines, a curve per phase; None where nothing was delivered."""
    phases = [each for each in found if "deliver" in each.latency and each.latency["deliver"].n]
    if not phases:
        return None
    shown = spread(phases, len(SERIES))

    def plot(figure: Figure) -> None:
        axes = figure.subplots()
        for each, colour in zip(shown, palette(len(shown)), strict=True):
            step(axes, each, "deliver", color=colour)
            step(axes, each, "last_subscriber", color=colour, **THIN)
        for bound in limits:
            if bound.metric in ("deliver", "last_subscriber"):
                bar(axes, bound)
        nines_axis(axes, max(each.latency["deliver"].n for each in shown))
        latency_axis(axes)
        phase_legend(figure, shown)

    caption = (
        "Each gridline to the right is one more nine. Solid: every delivery, counted from the intended time "
        "of publishing. Dashed: the last subscriber of each event. A curve ends where its samples do."
    )
    if len(shown) < len(phases):
        caption += f" {len(shown)} of {len(phases)} phases are shown."
    return Drawing("Latency by percentile", caption, draw(plot, 4.4, name))


def by_subscribers(found: Sequence[PhaseMetrics], name: str) -> Drawing | None:
    """Percentiles against the number of subscribers; None with fewer than two levels."""
    phases = sorted(
        (each for each in found if each.phase.subs and each.measured("deliver").n),
        key=lambda each: each.phase.subs,
    )
    levels = sorted({each.phase.subs for each in phases})
    if len(levels) < 2:
        return None

    def plot(figure: Figure) -> None:
        axes = figure.subplots()
        for (label, key), colour in zip(PERCENTILES.items(), palette(len(PERCENTILES)), strict=True):
            line(axes, phases, "deliver", key, label=label, color=colour)
        line(axes, phases, "last_subscriber", "p50_us", label="last subscriber, p50", color=INK, **THIN)
        subscribers_axis(axes, levels)
        latency_axis(axes)
        proportion(axes, phases)
        reading_order(figure, axes)

    caption = (
        "Both axes are logarithmic. Dotted: latency in proportion to subscribers, from the first median."
    )
    return Drawing("Latency by number of subscribers", caption, draw(plot, 3.8, name))


def over_time(series: Series, found: Sequence[PhaseMetrics], name: str) -> Drawing | None:
    """Deliveries and losses second by second, phases shaded; None where nothing was sampled."""
    sampled = (("deliveries/s", series.deliveries, SERIES[5], 3.0), ("lost/s", series.lost, BAD, 1.2))
    panels = [panel for panel in sampled if panel[1]]
    if not panels or len(series.t) < 2:
        return None

    def plot(figure: Figure) -> None:
        heights = [height for *_, height in panels]
        rows = figure.subplots(len(panels), sharex=True, squeeze=False, height_ratios=heights)[:, 0]
        for axes, (label, counts, colour, height) in zip(rows, panels, strict=True):
            rates(axes, series, counts, color=colour)
            axes.set_ylabel(label)
            axes.yaxis.set_major_locator(MaxNLocator(round(height) + 1, integer=True))
            shade(axes, found)
        rows[-1].set_xlim(series.t[0], series.t[-1])
        phase_names(rows[0], found)
        rows[-1].xaxis.set_major_formatter(FuncFormatter(lambda x, _: plain(x)))
        rows[-1].set_xlabel("seconds since the start")

    caption = "Shaded: the part of each phase that was judged."
    return Drawing("Deliveries and losses over time", caption, draw(plot, 3.8, name))


def step(axes: Axes, each: PhaseMetrics, metric: str, **style: Any) -> None:
    """One distribution as a step curve; 0 µs has no place on a log axis, and stands at 1."""
    points = each.latency[metric].curve() if metric in each.latency else []
    if points:
        axes.plot([x for x, _ in points], [max(1, us) for _, us in points], **style)


def line(axes: Axes, phases: Sequence[PhaseMetrics], metric: str, key: str, **style: Any) -> None:
    """One percentile over the levels at which it was measured."""
    points = [(each.phase.subs, getattr(each.measured(metric), key)) for each in phases]
    known = [(subs, max(1, us)) for subs, us in points if us is not None]
    if known:
        axes.plot([subs for subs, _ in known], [us for _, us in known], marker="o", markersize=3.5, **style)


def proportion(axes: Axes, phases: Sequence[PhaseMetrics]) -> None:
    """A guide that leaves the axes as they are."""
    first, last = phases[0], phases[-1]
    base = max(1, first.measured("deliver").p50_us or 1)
    view = axes.get_ylim()
    ends = [first.phase.subs, last.phase.subs]
    axes.plot(ends, [base, base * ends[1] / ends[0]], color=MUTED, linewidth=1.2, linestyle=":")
    axes.set_ylim(view)


def rates(axes: Axes, series: Series, counts: Sequence[int], **style: Any) -> None:
    """Counts per step as counts per second, from zero."""
    values = [value / series.step_s for value in counts]
    axes.plot(series.t, values, drawstyle="steps-post", linewidth=1.2, **style)
    axes.set_ylim(0, max(1.0, *values) * 1.08)
    axes.yaxis.set_major_formatter(FuncFormatter(lambda y, _: count(round(y, 1))))
