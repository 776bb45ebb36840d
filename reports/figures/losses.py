"""What went wrong with deliveries, second by second: a panel for each kind that occurred."""

from collections.abc import Sequence
from itertools import accumulate

from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from reports.axes import phase_names, seconds_axis, shade
from reports.canvas import DASHES, Drawing, draw
from reports.figures.rates import counts, rates
from reports.load_schema import Series
from reports.metrics import PhaseMetrics
from reports.svg import BAD, INK, SERIES

__all__ = ["losses"]

KINDS = {"lost": "lost/s", "dup": "twice/s", "late": "out of order/s", "replayed": "replayed/s"}
CAPTION = "By the second in which an event was due. A kind that never occurred has no panel. "
CUMULATIVE = "Dashed, with the scale on the right: lost without a word to the subscriber, added up."


def losses(series: Series, found: Sequence[PhaseMetrics], name: str) -> Drawing | None:
    """None where nothing went wrong."""
    kinds = [(label, getattr(series, key), key) for key, label in KINDS.items() if any(getattr(series, key))]
    if not kinds or len(series.t) < 2:
        return None
    silent = list(accumulate(series.silent)) if any(series.silent) else []

    def plot(figure: Figure) -> None:
        rows = figure.subplots(len(kinds), sharex=True, squeeze=False)[:, 0]
        for axes, (label, values, key) in zip(rows, kinds, strict=True):
            counts(axes, series.t, rates(series, values), max, color=BAD if key == "lost" else SERIES[5])
            axes.set_ylabel(label)
            axes.yaxis.set_major_locator(MaxNLocator(3, integer=True))
            shade(axes, found)
            if key == "lost" and silent:
                twin = axes.twinx()
                twin.grid(visible=False)
                counts(twin, series.t, silent, max, color=INK, linestyle=DASHES)
                twin.set_ylabel("silently, in all")
        rows[-1].set_xlim(series.t[0], series.t[-1])
        phase_names(rows[0], found)
        seconds_axis(rows[-1])

    caption = CAPTION + CUMULATIVE * bool(silent)
    return Drawing("Losses, repeats and replays over time", caption, draw(plot, 0.9 + 1.3 * len(kinds), name))
