"""The sheet that figures are drawn on: style, colours, and the way from matplotlib to inline SVG."""

import warnings
from collections.abc import Callable, Sequence
from io import StringIO
from typing import Any, NamedTuple, TypeVar

import matplotlib as mpl
from markupsafe import Markup
from matplotlib.figure import Figure

from reports.svg import FONT, GRID, INK, MUTED, SERIES, inline

__all__ = ["DASHES", "LINES", "Drawing", "draw", "palette", "spread"]

T = TypeVar("T")
WIDTH = 10.0  # inches; the page scales it to its own width
DASHES = (0, (4, 2))
LINES = ("solid", DASHES, ":", "-.")  # beside a colour, for whoever sees none
STYLE: dict[Any, Any] = {
    "svg.fonttype": "none",  # text stays text: small, searchable, in the page's font
    "svg.hashsalt": "eventbahn",  # the same numbers give the same ids
    "text.parse_math": False,  # a `$` in a name is a `$`
    "font.family": [FONT.strip("'")],
    "font.size": 9,
    "text.color": INK,
    "axes.labelcolor": MUTED,
    "axes.edgecolor": MUTED,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.linewidth": 0.6,
    "axes.grid": True,
    "axes.axisbelow": True,
    "grid.color": GRID,
    "grid.linewidth": 0.6,
    "xtick.color": MUTED,
    "ytick.color": MUTED,
    "xtick.major.size": 0,
    "ytick.major.size": 0,
    "lines.linewidth": 1.6,
    "legend.frameon": False,
    "legend.handlelength": 1.8,
}
NO_METADATA = dict.fromkeys(("Date", "Creator", "Format", "Type"))


class Drawing(NamedTuple):
    """A figure for the page."""

    title: str
    caption: str
    svg: Markup


def draw(plot: Callable[[Figure], None], height: float, name: str) -> Markup:
    """What `plot` draws on a figure of the page's width, `height` inches high; `name` prefixes its ids."""
    with mpl.rc_context(STYLE), warnings.catch_warnings():
        # The browser sets the text; a sign that matplotlib's own font lacks is no loss.
        warnings.filterwarnings("ignore", message="Glyph .* missing from")
        figure = Figure(figsize=(WIDTH, height), layout="constrained")
        plot(figure)
        document = StringIO()
        figure.savefig(document, format="svg", transparent=True, metadata=NO_METADATA)
    return inline(document.getvalue(), name)


def palette(size: int) -> list[str]:
    """Colours for an ordered set, as far apart as can be: the last is the strongest."""
    if size == 1:
        return [SERIES[-1]]
    return [SERIES[round(i * (len(SERIES) - 1) / (size - 1))] for i in range(size)]


def spread(items: Sequence[T], most: int) -> list[T]:
    """At most `most` of the items, evenly chosen, first and last among them."""
    if len(items) <= most:
        return list(items)
    return [items[round(i * (len(items) - 1) / (most - 1))] for i in range(most)]
