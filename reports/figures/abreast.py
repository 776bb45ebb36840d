"""Several sides against the number of subscribers: medians of their runs, and from the best to the worst."""

from collections.abc import Mapping, Sequence
from statistics import median

from matplotlib.figure import Figure

from reports.axes import latency_axis, short, subscribers_axis
from reports.canvas import DASHES, Drawing, draw, palette
from reports.comparison import Comparison
from reports.metrics import PhaseMetrics

__all__ = ["abreast"]

LINES = ("solid", DASHES, ":", "-.")
MARKERS = "osD^vP"
CAPTION = (
    "p99 of all deliveries, both axes logarithmic. A point is the median of a side's runs, its bar reaches "
    "from the best run to the worst. Hollow: a run of it is invalid."
)


def abreast(found: Comparison, name: str) -> Drawing | None:
    """None with fewer than two levels in common."""
    curves = {side.name: levels(found.found[side.name]) for side in found.sides}
    shared = sorted(set.intersection(*(set(curve) for curve in curves.values())))
    if len(shared) < 2:
        return None

    def plot(figure: Figure) -> None:
        axes = figure.subplots()
        for number, (side, colour) in enumerate(zip(curves, palette(len(curves)), strict=True)):
            points = [curves[side][level] for level in shared]
            middles = [median(us for us, _ in runs) for runs in points]
            reach = [
                [abs(edge(us for us, _ in runs) - mid) for runs, mid in zip(points, middles, strict=True)]
                for edge in (min, max)
            ]
            hollow = any(invalid for runs in points for _, invalid in runs)
            axes.errorbar(
                shared,
                middles,
                yerr=reach,
                label=short(side),
                color=colour,
                linestyle=LINES[number % len(LINES)],
                marker=MARKERS[number % len(MARKERS)],
                markersize=5,
                markerfacecolor="none" if hollow else colour,
                capsize=3,
            )
        subscribers_axis(axes, shared)
        latency_axis(axes)
        figure.legend(loc="outside right upper")

    return Drawing("Latency by number of subscribers, side by side", CAPTION, draw(plot, 3.6, name))


def levels(runs: Sequence[Sequence[PhaseMetrics]]) -> Mapping[int, list[tuple[int, bool]]]:
    """Subscribers → p99 in µs of each run, and whether it is invalid; only where every run has it."""
    found: dict[int, list[tuple[int, bool]]] = {}
    for run in runs:
        for each in run:
            p99 = each.measured("deliver").p99_us
            if p99 is not None:
                found.setdefault(each.phase.subs, []).append((max(1, p99), each.invalid))
    return {subs: points for subs, points in found.items() if len(points) >= len(runs)}
