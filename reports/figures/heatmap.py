"""Latency over time as a heat map: how the deliveries of each moment spread. Reads coarse histograms only."""

from collections import defaultdict
from collections.abc import Sequence
from itertools import groupby, pairwise
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch, PathPatch
from matplotlib.path import Path

from reports.axes import latency_axis, phase_edges, phase_names, seconds_axis
from reports.canvas import DASHES, Drawing, draw, palette
from reports.heat import Column, columns, upper_edge
from reports.load_schema import Series
from reports.metrics import PhaseMetrics
from reports.svg import INK, MUTED, PAPER

__all__ = ["heatmap"]

MOST_COLUMNS = 120
BITS = 2  # four rows an octave
SHARES = (0.0, 0.01, 0.03, 0.1, 0.3)  # of a column's deliveries, from which a cell has the next colour
NAMES = ("under 1 %", "1 to 3 %", "3 to 10 %", "10 to 30 %", "30 % and more")
CAPTION = (
    "Each column is a moment, each cell the share of that moment's deliveries that took so long; a delivery "
    "counts when its event was due. Between dotted lines: the judged part of each phase."
)


def heatmap(series: Series, found: Sequence[PhaseMetrics], name: str) -> Drawing | None:
    """None with fewer than two moments."""
    cells = columns(series, MOST_COLUMNS)
    if len(cells) < 2:
        return None
    colours = palette(len(SHARES))

    def plot(figure: Figure) -> None:
        axes = figure.subplots()
        for shape, colour in zip(shapes(cells), colours, strict=True):
            axes.add_patch(PathPatch(shape, facecolor=colour, edgecolor=colour, linewidth=0.3))
        middles = [(column.begin + column.end) / 2 for column in cells]
        over(axes, middles, [max(1.0, column.quantile(0.5)) for column in cells], linewidth=1.4)
        over(axes, middles, [max(1.0, column.quantile(0.99)) for column in cells], linestyle=DASHES)
        dress(axes, cells, found)
        figure.legend(handles=legend(colours), loc="outside right upper")

    return Drawing("Latency over time", CAPTION, draw(plot, 3.8, name))


def over(axes: Axes, xs: Sequence[float], ys: Sequence[float], **style: Any) -> None:
    """A line that is seen on any of the colours."""
    axes.plot(xs, ys, color=PAPER, linewidth=3.2)
    axes.plot(xs, ys, **{"color": INK, "linewidth": 1.2, **style})


def dress(axes: Axes, cells: Sequence[Column], found: Sequence[PhaseMetrics]) -> None:
    edges = [edge for column in cells for edge in column.coarse(BITS)]
    axes.grid(visible=False)
    axes.set_xlim(cells[0].begin, cells[-1].end)
    axes.set_ylim(max(1, min(edges)), upper_edge(max(edges), BITS))
    latency_axis(axes)
    seconds_axis(axes)
    phase_edges(axes, found)
    phase_names(axes, found)


def shapes(cells: Sequence[Column]) -> list[Path]:
    """A path per colour; equal cells side by side become one."""
    rows: defaultdict[int, list[tuple[Column, int]]] = defaultdict(list)
    for column in cells:
        for edge, n in column.coarse(BITS).items():
            rows[edge].append((column, sum(n / column.n >= share for share in SHARES) - 1))
    corners: list[list[tuple[float, float]]] = [[] for _ in SHARES]
    for edge, row in rows.items():
        low, top = max(1, edge), upper_edge(edge, BITS)
        for begin, end, level in runs(row):
            corners[level] += [(begin, low), (end, low), (end, top), (begin, top), (begin, low)]
    box = [Path.MOVETO, Path.LINETO, Path.LINETO, Path.LINETO, Path.CLOSEPOLY]
    return [Path(found or [(0, 1)] * 5, box * max(1, len(found) // 5)) for found in corners]


def runs(row: Sequence[tuple[Column, int]]) -> list[tuple[float, float, int]]:
    """(begin, end, level) of neighbours with one level."""
    starts = [0.0]  # grows where a neighbour is missing or differs
    for (before, was), (after, now) in pairwise(row):
        starts.append(starts[-1] + (was != now or before.end != after.begin))
    found = []
    for _, together in groupby(zip(starts, row, strict=True), key=lambda pair: pair[0]):
        cells = [cell for _, cell in together]
        found.append((cells[0][0].begin, cells[-1][0].end, cells[0][1]))
    return found


def legend(colours: Sequence[str]) -> list[Patch | Line2D]:
    lines = [
        Line2D([], [], color=INK, linewidth=1.2, linestyle=DASHES, label="p99"),
        Line2D([], [], color=INK, linewidth=1.4, label="p50"),
    ]
    patches = [Patch(facecolor=colour, label=name) for name, colour in zip(NAMES, colours, strict=True)]
    return [*lines, Line2D([], [], color=MUTED, linestyle=":", label="judged part"), *patches[::-1]]
