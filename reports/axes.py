"""What several figures share on their axes: nines, latencies, limits, phases and their names."""

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FixedLocator, FuncFormatter, LogLocator, NullLocator

from reports.canvas import spread
from reports.metrics import Limit, PhaseMetrics, nines
from reports.svg import BAD, INK, MUTED
from reports.units import count, latency, plain
from reports.visible import visible

__all__ = [
    "bar",
    "latency_axis",
    "nines_axis",
    "phase_edges",
    "phase_label",
    "phase_names",
    "reading_order",
    "seconds_axis",
    "shade",
    "short",
    "subscribers_axis",
]

NINES = {2: "50 %", 10: "90 %", 100: "99 %", 1000: "99.9 %", 10_000: "99.99 %", 100_000: "99.999 %"}
NAME_CHARACTERS = 24


def nines_axis(axes: Axes, samples: int) -> None:
    """From the median to where `samples` end: an axis that begins at 0 % squashes all that matters."""
    axes.set_xscale("log")
    axes.set_xlim(2, max(100, samples))
    axes.xaxis.set_major_locator(FixedLocator([float(nines) for nines in NINES]))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda x, _: NINES.get(round(x), "")))
    axes.xaxis.set_minor_locator(NullLocator())
    axes.set_xlabel("percentile")


def subscribers_axis(axes: Axes, levels: Sequence[int]) -> None:
    """A tick at each level that was driven, as far as there is room."""
    axes.set_xscale("log")
    axes.xaxis.set_major_locator(FixedLocator([float(level) for level in spread(levels, 10)]))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda x, _: count(round(x))))
    axes.xaxis.set_minor_locator(NullLocator())
    axes.set_xlabel("subscribers")


def latency_axis(axes: Axes) -> None:
    """A log axis with room around the curves, so that a flat one does not look like noise."""
    axes.set_yscale("log")
    low, high = axes.get_ylim()
    axes.set_ylim(low / 1.2, max(high * 1.2, low * 4))
    axes.yaxis.set_major_locator(LogLocator(subs=(1, 2, 5) if high < 1e3 * low else (1,)))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda us, _: latency(us)))
    axes.yaxis.set_minor_locator(NullLocator())


def seconds_axis(axes: Axes, label: str = "seconds since the start") -> None:
    """Plain numbers, however many there are."""
    axes.xaxis.set_major_formatter(FuncFormatter(lambda x, _: plain(x)))
    axes.set_xlabel(label)


def bar(axes: Axes, bound: Limit) -> None:
    """A limit as the bar that a curve must pass below: up to its quantile, no further."""
    x = nines(bound.quantile)
    axes.plot([2, x, x], [bound.us, bound.us, bound.us * 1.25], color=BAD, linewidth=1)
    phase = f"{short(bound.phase)}: " if bound.phase else ""
    text = f"{phase}{bound.metric} p{100 * bound.quantile:g} ≤ {latency(bound.us)}"
    axes.annotate(text, (2, bound.us), (4, 3), textcoords="offset points", color=BAD)


def shade(axes: Axes, found: Sequence[PhaseMetrics]) -> None:
    """A shade behind the judged part of each phase."""
    for each in found:
        begin, end = each.phase.window
        axes.axvspan(begin, end, color=INK, alpha=0.05, linewidth=0)


def phase_edges(axes: Axes, found: Sequence[PhaseMetrics]) -> None:
    """Where the judged part of each phase begins and ends, for figures whose ground is taken."""
    first, last = axes.get_xlim()
    for x in sorted({edge for each in found for edge in each.phase.window}):
        if first < x < last:
            axes.axvline(x, color=MUTED, linewidth=0.9, linestyle=":")


def phase_names(axes: Axes, found: Sequence[PhaseMetrics]) -> None:
    """Names above the shades that are in view, as many as have room."""
    first, last = axes.get_xlim()
    middles = [(sum(each.phase.window) / 2, each) for each in found]
    for middle, each in spread([named for named in middles if first <= named[0] <= last], 12):
        axes.text(
            middle,
            1.02,
            short(each.phase.name),
            transform=axes.get_xaxis_transform(),
            ha="center",
            color=MUTED,
        )


def reading_order(figure: Figure, axes: Axes) -> None:
    """A legend beside the axes, from the highest curve to the lowest."""
    curves = [line for line in axes.get_lines() if not str(line.get_label()).startswith("_")]
    curves.sort(key=lambda line: float(np.asarray(line.get_ydata())[-1]), reverse=True)
    figure.legend(handles=curves, loc="outside right upper")


def phase_label(each: PhaseMetrics) -> str:
    """What a legend calls a phase."""
    subscribers = f"{count(each.phase.subs)} subscribers"
    return (
        subscribers if each.phase.name == str(each.phase.subs) else f"{short(each.phase.name)}: {subscribers}"
    )


def short(name: str) -> str:
    """A stranger's name, visible and no longer than a legend bears."""
    return visible(name if len(name) <= NAME_CHARACTERS else name[: NAME_CHARACTERS - 1] + "…")
