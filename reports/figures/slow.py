"""Readers that don't keep up, beside those that do: whether the good ones pay for it."""

from collections.abc import Sequence
from typing import Any

from matplotlib.figure import Figure

from reports.axes import latency_axis, nines_axis
from reports.canvas import DASHES, Drawing, draw
from reports.figures.percentiles import step
from reports.metrics import PhaseMetrics
from reports.svg import INK, SERIES

__all__ = ["beside_slow_readers"]

PHASES = ("without", "with")
STYLES: tuple[dict[str, Any], ...] = ({"color": INK, "linestyle": DASHES}, {"color": SERIES[5]})
CAPTION = (
    "The subscribers that read as fast as they can. Solid: while others stalled or trickled on the same "
    "server. Dashed: before there were any. Where the curves lie together, slow readers harm only themselves."
)


def beside_slow_readers(found: Sequence[PhaseMetrics], name: str) -> Drawing | None:
    """None where good readers were not alone first, and then among slow ones."""
    named = {each.phase.name: each for each in found if each.measured("deliver").n}
    alone, crowded = (named.get(name) for name in PHASES)
    if alone is None or crowded is None:
        return None
    both = (alone, crowded)

    def plot(figure: Figure) -> None:
        axes = figure.subplots()
        for each, style in zip(both, STYLES, strict=True):
            step(axes, each, "deliver", label=f"{each.phase.name} slow readers", **style)
        nines_axis(axes, max(each.measured("deliver").n for each in both))
        latency_axis(axes)
        figure.legend(loc="outside right upper")

    return Drawing("Beside slow readers", CAPTION, draw(plot, 3.4, name))
