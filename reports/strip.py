"""When bytes arrived, as a strip of dots: a stream trickles along it, a buffered one is a single heap."""

from collections.abc import Sequence
from itertools import pairwise
from math import ceil, floor, log10

from markupsafe import Markup

from reports.units import count, plain

__all__ = ["strip", "told"]

WIDTH, MARGIN, LINE, HEIGHT = 440, 14, 13, 36  # user units
COLUMNS = 300  # dots at most, however many reads there were
TICKS = 6
SHORTEST = 0.001  # seconds; what came within less is a single heap, on the scale of a second


def strip(arrivals: Sequence[tuple[float, int]]) -> Markup:
    """An SVG time line from 0 to the last arrival; a dot's size tells its bytes."""
    last = max((seconds for seconds, _ in arrivals), default=0.0)
    end = last if last >= SHORTEST else 1.0
    dots = "".join(
        f'<circle cx="{place(seconds, end):.1f}" cy="{LINE}" r="{radius(size):.1f}"/>'
        for seconds, size in columns(arrivals, end)
    )
    return Markup(
        f'<svg class="strip" viewBox="0 0 {WIDTH} {HEIGHT}" aria-hidden="true">'
        f'<line x1="{MARGIN}" x2="{WIDTH - MARGIN}" y1="{LINE}" y2="{LINE}"/>{dots}{ticks(end)}</svg>'
    )


def told(arrivals: Sequence[tuple[float, int]]) -> str:
    """The same in words: `3 reads, 512 bytes; first after 0.01 s, last after 2 s, longest pause 1.99 s`."""
    times = sorted(seconds for seconds, _ in arrivals)
    if not times:
        return "nothing arrived"
    total = count(sum(size for _, size in arrivals))
    if len(times) == 1:
        return f"1 read, {total} bytes, after {plain(times[0])} s"
    pause = max(after - before for before, after in pairwise(times))
    return (
        f"{len(times)} reads, {total} bytes; first after {plain(times[0])} s, "
        f"last after {plain(times[-1])} s, longest pause {plain(pause)} s"
    )


def columns(arrivals: Sequence[tuple[float, int]], end: float) -> list[tuple[float, int]]:
    """Arrivals that would fall on one spot, as one dot."""
    found: dict[int, tuple[float, int]] = {}
    for seconds, size in arrivals:
        column = min(COLUMNS - 1, floor(seconds / end * COLUMNS))
        first, sum_ = found.get(column, (seconds, 0))
        found[column] = (first, sum_ + size)
    return list(found.values())


def place(seconds: float, end: float) -> float:
    return MARGIN + seconds / end * (WIDTH - 2 * MARGIN)


def radius(size: int) -> float:
    """Grows with the logarithm, so that both a heartbeat and a megabyte fit on the line."""
    return min(9.0, 2 + log10(size + 1))


def ticks(end: float) -> str:
    """Round times below the line: steps of 1, 2 or 5 of some power of ten."""
    power = 10.0 ** floor(log10(end / TICKS))
    step = next(power * factor for factor in (1, 2, 5, 10) if end / (power * factor) <= TICKS)
    marks = [n * step for n in range(ceil((end - step / 2) / step) + 1) if n * step <= end]
    unit, scale = ("s", 1) if end >= 1 else ("ms", 1000)
    return "".join(
        f'<text x="{place(mark, end):.1f}" y="{HEIGHT - 4}">{plain(mark * scale)} {unit}</text>'
        for mark in marks
    )
