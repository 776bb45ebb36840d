"""Everybody loses the stream and comes back: how many are live again, and how long it took each."""

from collections.abc import Iterator, Sequence

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter

from reports.axes import seconds_axis, short
from reports.canvas import LINES, Drawing, draw, palette
from reports.figures.connecting import cumulative
from reports.load_schema import Series
from reports.metrics import PhaseMetrics

__all__ = ["storm"]

CAPTION = (
    "Left: live streams, from the second before the first was lost, a curve for each phase in which at least "
    "half of them were. Right: the share of subscribers that were back within that time."
)


def storm(series: Series | None, found: Sequence[PhaseMetrics], name: str) -> Drawing | None:
    """None where no phase lost half of its streams."""
    struck = [each for each in found if series and lost(each) >= 0.5]
    if not struck or series is None or not series.subs:
        return None

    def plot(figure: Figure) -> None:
        left, right = figure.subplots(1, 2)
        for each, colour, line in zip(struck, palette(len(struck)), styles(), strict=False):
            label = short(each.phase.name)
            live(left, series, each, color=colour, linestyle=line, label=label)
            if "reconnect" in each.latency:
                cumulative(right, each.latency["reconnect"], color=colour, linestyle=line, label=label)
        left.set_ylim(0, 1.05)
        left.yaxis.set_major_formatter(FuncFormatter(lambda y, _: f"{100 * y:.0f} %"))
        left.set_ylabel("live streams")
        seconds_axis(left, "seconds since the cut")
        right.set_ylabel("back")
        right.set_xlabel("time from losing the stream to the next response head")
        left.legend(loc="lower right")

    return Drawing("Storm", CAPTION, draw(plot, 3.2, name))


def styles() -> Iterator[object]:
    while True:
        yield from LINES


def lost(each: PhaseMetrics) -> float:
    """Streams that came back, for each subscriber."""
    back = each.phase.resume.get("reconnects")
    return back / each.phase.subs if isinstance(back, int | float) and each.phase.subs else 0.0


def live(axes: Axes, series: Series, each: PhaseMetrics, **style: object) -> None:
    """The share of streams that are live, from the first second in which streams were lost."""
    begin, end = each.phase.t
    seconds = zip(series.t, series.subs, series.disconnects or series.subs, strict=True)
    rows = [row for row in seconds if begin - series.step_s <= row[0] < end]
    cut = next((t for t, _, gone in rows if gone and series.disconnects), begin)
    shown = [(t - cut, subs / each.phase.subs) for t, subs, _ in rows if t >= cut - series.step_s]
    axes.plot([t for t, _ in shown], [share for _, share in shown], drawstyle="steps-post", **style)  # type: ignore[arg-type] # matplotlib takes any
