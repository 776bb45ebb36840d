"""Latency against the number of nines, a curve per phase. Draws the samples that there are, and no more."""

from collections.abc import Sequence
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from reports.axes import bar, latency_axis, nines_axis, phase_label
from reports.canvas import DASHES, Drawing, draw, palette, spread
from reports.metrics import Limit, PhaseMetrics
from reports.svg import MUTED, SERIES

__all__ = ["by_percentile"]

DASHED: dict[str, Any] = {"linestyle": DASHES, "linewidth": 1.1}
DOTTED: dict[str, Any] = {"linestyle": ":", "linewidth": 1.3, "color": MUTED}
CAPTION = (
    "Each gridline to the right is one more nine. Solid: every delivery, counted from the intended time of "
    "publishing. Dashed: the last subscriber of each event. Dotted: how far the generator itself lagged "
    "behind the kernel's stamps, at the highest level. A curve ends where its samples do."
)


def by_percentile(found: Sequence[PhaseMetrics], limits: Sequence[Limit], name: str) -> Drawing | None:
    """None where nothing was delivered."""
    phases = [each for each in found if each.measured("deliver").n and "deliver" in each.latency]
    if not phases:
        return None
    shown = spread(phases, len(SERIES))

    def plot(figure: Figure) -> None:
        axes = figure.subplots()
        for each, colour in zip(shown, palette(len(shown)), strict=True):
            step(axes, each, "deliver", color=colour)
            step(axes, each, "last_subscriber", color=colour, **DASHED)
        for bound in limits:
            if bound.metric in ("deliver", "last_subscriber"):
                bar(axes, bound)
        nines_axis(axes, max(each.latency["deliver"].n for each in shown))
        latency_axis(axes)
        view = axes.get_ylim()
        step(axes, max(shown, key=lambda each: each.phase.subs), "client_lag", **DOTTED)
        axes.set_ylim(view)
        legend(figure, shown)

    few = f" {len(shown)} of {len(phases)} phases are shown." if len(shown) < len(phases) else ""
    return Drawing("Latency by percentile", CAPTION + few, draw(plot, 4.4, name))


def step(axes: Axes, each: PhaseMetrics, metric: str, **style: Any) -> None:
    """One distribution as a step curve; 0 µs has no place on a log axis, and stands at 1."""
    points = each.latency[metric].curve() if metric in each.latency else []
    if points:
        axes.plot([x for x, _ in points], [max(1, us) for _, us in points], **style)


def legend(figure: Figure, shown: Sequence[PhaseMetrics]) -> None:
    """Phases, busiest first, then what solid, dashed and dotted mean."""
    curves = [
        Line2D([], [], color=colour, label=phase_label(each))
        for each, colour in zip(shown, palette(len(shown)), strict=True)
    ][::-1]
    styles = [
        Line2D([], [], color=MUTED, label="deliver"),
        Line2D([], [], color=MUTED, label="last subscriber", **DASHED),
    ]
    if any("client_lag" in each.latency for each in shown):
        styles.append(Line2D([], [], label="generator's lag", **DOTTED))
    figure.legend(handles=[*curves, *styles], loc="outside right upper")
