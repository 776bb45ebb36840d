"""Several sides against the number of subscribers: medians of their runs, and from the best to the worst."""

from collections.abc import Mapping, Sequence
from statistics import median
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from reports.axes import latency_axis, short, subscribers_axis
from reports.canvas import LINES, Drawing, draw, palette
from reports.comparison import Comparison, at
from reports.metrics import PhaseMetrics
from reports.svg import PAPER

__all__ = ["abreast"]

MARKERS = "osD^vP"
CAPTION = (
    "p99 of all deliveries, both axes logarithmic. A point is the median of a side's valid runs, its bar "
    "reaches from the best to the worst. Hollow: none of them is valid."
)


def abreast(found: Comparison, name: str) -> Drawing | None:
    """None with fewer than two levels in common."""
    curves = {side.name: levels(found, side.name) for side in found.sides}
    shared = sorted(set.intersection(*(set(curve) for curve in curves.values())))
    if len(shared) < 2:
        return None

    def plot(figure: Figure) -> None:
        axes = figure.subplots()
        for number, (side, colour) in enumerate(zip(curves, palette(len(curves)), strict=True)):
            style = {"color": colour, "linestyle": LINES[number % len(LINES)], "label": short(side)}
            curve(
                axes,
                {level: curves[side][level] for level in shared},
                MARKERS[number % len(MARKERS)],
                **style,
            )
        subscribers_axis(axes, shared)
        latency_axis(axes)
        figure.legend(loc="outside right upper")

    return Drawing("Latency by number of subscribers, side by side", CAPTION, draw(plot, 3.6, name))


def levels(found: Comparison, side: str) -> dict[int, list[PhaseMetrics]]:
    """Subscribers → that phase in each run, where p99 was measured."""
    phases = {each.phase.name: each.phase.subs for run in found.found[side] for each in run}
    points = {subs: at(phase, found.found)[side] for phase, subs in phases.items()}
    return {subs: runs for subs, runs in points.items() if all(p99(each) for each in runs)}


def p99(each: PhaseMetrics) -> int:
    return each.measured("deliver").p99_us or 0


def curve(axes: Axes, points: Mapping[int, Sequence[PhaseMetrics]], marker: str, **style: Any) -> None:
    """A line through the medians, with bars; markers are hollow where no run was valid."""
    runs = [sorted(p99(each) for each in of_level) for of_level in points.values()]
    middles = [median(of_level) for of_level in runs]
    below = [middle - of_level[0] for of_level, middle in zip(runs, middles, strict=True)]
    above = [of_level[-1] - middle for of_level, middle in zip(runs, middles, strict=True)]
    colour = style["color"]
    axes.errorbar(list(points), middles, yerr=[below, above], capsize=3, marker=marker, markersize=0, **style)
    for (level, of_level), middle in zip(points.items(), middles, strict=True):
        fill = PAPER if of_level[0].invalid else colour
        axes.plot([level], [middle], marker=marker, markersize=5.5, color=colour, markerfacecolor=fill)
