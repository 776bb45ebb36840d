"""Two sides, quantile by quantile: how many times as long, and how much longer. Repeats make the band."""

from collections.abc import Sequence
from statistics import median
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator, NullLocator

from reports.axes import nines_axis, short
from reports.canvas import DASHES, Drawing, draw, palette
from reports.comparison import Comparison
from reports.metrics import Distribution
from reports.ratios import compared
from reports.sides import Side
from reports.svg import INK
from reports.units import ms, times

__all__ = ["difference"]

POINTS = 80
LINES = ("solid", DASHES, ":", "-.")
CAPTION = (
    "Of the busiest phase, {phase}. Above: delivery latency in units of {base}'s at the same percentile; a "
    "curve below 1 is faster. Below: the same as a difference. {band}"
)
BAND = "Bands: the lowest and the highest that single runs of both sides gave."
NO_BAND = "There is no band: a side with a single run says nothing about its noise."


def difference(found: Comparison, name: str) -> Drawing | None:
    """None where the sides have no phase with samples in common."""
    runs = {side.name: distributions(found, side) for side in found.sides}
    if (
        found.phase is None
        or not all(each for run in runs.values() for each in run)
        or not all(runs.values())
    ):
        return None
    least = min(each.n for run in runs.values() for each in run)
    if least < 10:
        return None
    nines = np.geomspace(2, least, POINTS)
    base = [values(each, nines) for each in runs[found.base.name]]
    repeated = len(base) > 1 and any(len(side.runs) > 1 for side in found.others)

    def plot(figure: Figure) -> None:
        above, below = figure.subplots(2, sharex=True, height_ratios=(1.4, 1))
        colours = palette(len(found.others))
        for side, colour, line in zip(found.others, colours, LINES * len(colours), strict=False):
            sampled = [values(each, nines) for each in runs[side.name]]
            style = {"color": colour, "linestyle": line}
            ratios(above, nines, sampled, base, label=short(side.name), **style)
            differences(below, nines, sampled, base, **style)
        dress(above, below, least)
        figure.legend(loc="outside right upper")

    caption = CAPTION.format(phase=found.phase, base=found.base.name, band=BAND if repeated else NO_BAND)
    return Drawing("Quantile by quantile", caption, draw(plot, 4.6, name))


def distributions(found: Comparison, side: Side) -> list[Distribution]:
    return [
        each.latency.get("deliver", Distribution.of([]))
        for run in found.found[side.name]
        for each in run
        if each.phase.name == found.phase
    ]


def values(each: Distribution, nines: Any) -> list[int]:
    """The quantile at each place of the axis of nines, in µs."""
    return [max(1, each.quantile(1 - 1 / float(place)) or 1) for place in nines]


def ratios(
    axes: Axes, nines: Any, sampled: Sequence[Sequence[int]], base: Sequence[Sequence[int]], **style: Any
) -> None:
    found = [compared(a, b) for a, b in zip(zip(*sampled, strict=True), zip(*base, strict=True), strict=True)]
    axes.plot(nines, [each.value for each in found], **style)
    if len(sampled) > 1 and len(base) > 1:
        low, high = [each.low for each in found], [each.high for each in found]
        axes.fill_between(nines, low, high, color=style["color"], alpha=0.15, linewidth=0)


def differences(
    axes: Axes, nines: Any, sampled: Sequence[Sequence[int]], base: Sequence[Sequence[int]], **style: Any
) -> None:
    pairs = list(zip(zip(*sampled, strict=True), zip(*base, strict=True), strict=True))
    axes.plot(nines, [median(a) - median(b) for a, b in pairs], **style)
    if len(sampled) > 1 and len(base) > 1:
        low, high = [min(a) - max(b) for a, b in pairs], [max(a) - min(b) for a, b in pairs]
        axes.fill_between(nines, low, high, color=style["color"], alpha=0.15, linewidth=0)


def dress(above: Axes, below: Axes, samples: int) -> None:
    above.axhline(1, color=INK, linewidth=1)
    above.set_yscale("log", base=2)
    low, high = above.get_ylim()
    above.set_ylim(min(low, 1 / 1.3), max(high, 1.3))
    above.yaxis.set_major_locator(MaxNLocator(6, steps=[1, 2, 2.5, 5, 10]))
    above.yaxis.set_minor_locator(NullLocator())
    above.yaxis.set_major_formatter(FuncFormatter(lambda y, _: times(y)))
    above.set_ylabel("times as long")
    below.axhline(0, color=INK, linewidth=1)
    below.yaxis.set_major_formatter(FuncFormatter(lambda us, _: ms(us)))
    below.set_ylabel("ms longer")
    nines_axis(below, samples)
