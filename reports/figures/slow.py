"""Readers that don't keep up, beside those that do: whether the good ones pay for it."""

from collections.abc import Sequence

from matplotlib.figure import Figure

from reports.axes import latency_axis, nines_axis, short
from reports.canvas import DASHES, Drawing, draw
from reports.figures.percentiles import step
from reports.metrics import PhaseMetrics
from reports.svg import INK, SERIES

__all__ = ["beside_slow_readers"]

CAPTION = (
    "The subscribers that read as fast as they can. Solid: while others stalled or trickled on the same "
    "server. Dashed: before there were any. Where the curves lie together, slow readers harm only themselves."
)


def beside_slow_readers(found: Sequence[PhaseMetrics], name: str) -> Drawing | None:
    """None where no phase had slow readers, or none had none."""
    crowded = [each for each in found if each.phase.slow and each.measured("deliver").n]
    alone = [each for each in found if not each.phase.slow and each.measured("deliver").n]
    if not crowded or not alone:
        return None

    def plot(figure: Figure) -> None:
        axes = figure.subplots()
        step(axes, alone[0], "deliver", color=INK, linestyle=DASHES, label=short(alone[0].phase.name))
        step(axes, crowded[-1], "deliver", color=SERIES[5], label=short(crowded[-1].phase.name))
        nines_axis(axes, max(each.measured("deliver").n for each in (alone[0], crowded[-1])))
        latency_axis(axes)
        figure.legend(loc="outside right upper")

    return Drawing("Beside slow readers", CAPTION, draw(plot, 3.4, name))
