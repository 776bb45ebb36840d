"""Latency against the number of subscribers. A level whose run is invalid is hollow."""

from collections.abc import Sequence
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from reports.axes import latency_axis, reading_order, subscribers_axis
from reports.canvas import DASHES, Drawing, draw, palette
from reports.metrics import PhaseMetrics
from reports.svg import INK, MUTED, PAPER

__all__ = ["by_subscribers", "proportion"]

PERCENTILES = {"p50": "p50_us", "p90": "p90_us", "p99": "p99_us", "p99.9": "p999_us"}
LAST = {"last subscriber, p50": "p50_us", "last subscriber, p99": "p99_us"}
MARKER: dict[str, Any] = {"marker": "o", "markersize": 4.5}
APART = 1.25  # ten slow readers beside two hundred make no level of their own
CAPTION = "Both axes are logarithmic. Dotted: latency in proportion to subscribers, from the first median."
HOLLOW = " Hollow: the generator was the bottleneck there, so the figure can't be held against the server."


def by_subscribers(found: Sequence[PhaseMetrics], name: str) -> Drawing | None:
    """None with fewer than two levels that are worth the name."""
    phases = sorted(
        (each for each in found if each.phase.subs and each.measured("deliver").n),
        key=lambda each: each.phase.subs,
    )
    levels = sorted({each.phase.subs for each in phases})
    if len(levels) < 2 or levels[-1] < APART * levels[0]:
        return None

    def plot(figure: Figure) -> None:
        axes = figure.subplots()
        for (label, key), colour in zip(PERCENTILES.items(), palette(len(PERCENTILES)), strict=True):
            line(axes, phases, ("deliver", key), label=label, color=colour)
        for (label, key), dashes in zip(LAST.items(), (DASHES, (0, (1, 1.5))), strict=True):
            line(
                axes,
                phases,
                ("last_subscriber", key),
                label=label,
                color=INK,
                linestyle=dashes,
                linewidth=1.1,
            )
        subscribers_axis(axes, levels)
        latency_axis(axes)
        proportion(axes, [(each.phase.subs, each.measured("deliver").p50_us) for each in phases])
        reading_order(figure, axes)

    caption = CAPTION + HOLLOW * any(each.invalid for each in phases)
    return Drawing("Latency by number of subscribers", caption, draw(plot, 3.8, name))


def line(axes: Axes, phases: Sequence[PhaseMetrics], figure: tuple[str, str], **style: Any) -> None:
    """One percentile over the levels at which it was measured."""
    metric, key = figure
    points = [(each.phase.subs, getattr(each.measured(metric), key), each.invalid) for each in phases]
    known = [(subs, max(1, us), invalid) for subs, us, invalid in points if us is not None]
    if not known:
        return
    (drawn,) = axes.plot([subs for subs, *_ in known], [us for _, us, _ in known], **style)
    for invalid, fill in ((False, drawn.get_color()), (True, PAPER)):
        marked = [(subs, us) for subs, us, state in known if state is invalid]
        axes.plot(
            [subs for subs, _ in marked],
            [us for _, us in marked],
            **{**MARKER, "linestyle": "", "color": drawn.get_color(), "markerfacecolor": fill, "label": "_"},
        )


def proportion(axes: Axes, points: Sequence[tuple[float, float | None]]) -> None:
    """A guide of slope one from the first point, that leaves the axes as they are."""
    (first, base), (last, _) = points[0], points[-1]
    base = max(1.0, base or 1.0)
    view = axes.get_ylim()
    axes.plot(
        [first, last], [base, base * last / first], color=MUTED, linewidth=1.2, linestyle=":", label="_"
    )
    axes.set_ylim(view)
