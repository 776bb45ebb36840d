"""Two sides, quantile by quantile: how many times as long, and how much longer. Repeats make the band."""

from collections.abc import Sequence
from statistics import median
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FixedLocator, FuncFormatter, NullLocator

from reports.axes import nines_axis, short
from reports.canvas import LINES, Drawing, draw, palette, spread
from reports.comparison import Comparison, at
from reports.metrics import Distribution
from reports.ratios import compared
from reports.svg import INK
from reports.units import plain, times

__all__ = ["difference"]

POINTS = 80
FEWEST_SAMPLES = 10
RATIOS = (0.01, 0.02, 0.05, 0.1, 0.2, 0.33, 0.5, 0.67, 0.8, 1, 1.25, 1.5, 2, 3, 5, 10, 20, 50, 100, 1000)
CAPTION = (
    "Of the busiest phase, {phase}. Above: delivery latency in units of {base}'s at the same percentile; a "
    "curve below 1 is faster. Below: the same as a difference. {band}"
)
BAND = "Bands: the lowest and the highest that single runs of both sides gave."
NO_BAND = "There is no band: a side with a single run says nothing about its noise."


def difference(found: Comparison, name: str) -> Drawing | None:
    """None where the sides have no phase with samples in common."""
    runs = distributions(found)
    least = min((each.n for run in runs.values() for each in run), default=0)
    if least < FEWEST_SAMPLES:
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


def distributions(found: Comparison) -> dict[str, list[Distribution]]:
    """By side, of the busiest phase."""
    if found.phase is None:
        return {}
    nothing = Distribution.of([])
    return {
        side: [each.latency.get("deliver", nothing) for each in runs]
        for side, runs in at(found.phase, found.found).items()
    }


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
    low, high = min(low, 1 / 1.3), max(high, 1.3)
    above.set_ylim(low, high)
    ticks = [tick for tick in RATIOS if low / 1.05 <= tick <= high * 1.05]
    above.yaxis.set_major_locator(
        FixedLocator(
            spread([tick for tick in ticks if tick <= 1], 5) + spread([tick for tick in ticks if tick > 1], 5)
        )
    )
    above.yaxis.set_minor_locator(NullLocator())
    above.yaxis.set_major_formatter(FuncFormatter(lambda y, _: times(y)))
    above.set_ylabel("times as long")
    below.axhline(0, color=INK, linewidth=1)
    below.yaxis.set_major_formatter(FuncFormatter(lambda us, _: plain(us / 1000)))
    below.set_ylabel("ms longer")
    nines_axis(below, samples)
