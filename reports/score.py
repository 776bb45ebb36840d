"""Rows by tone, as numbers and as a bar. The numbers stand beside it, so the bar may speak in colour."""

from markupsafe import Markup

from reports.shapes import tone
from reports.tally import Tally

__all__ = ["bar", "by_tone"]

TONES = ("good", "bad", "warn", "note", "none")
WIDTH = 120  # user units


def by_tone(counted: Tally) -> dict[str, int]:
    """How many rows have a verdict of each tone; every tone is there."""
    found = dict.fromkeys(TONES, 0)
    for verdict, count in counted.counts.items():
        found[tone(verdict)] += count
    return found


def bar(counted: Tally) -> Markup:
    """An SVG bar, each tone as wide as its share of the rows."""
    found = by_tone(counted)
    total = sum(found.values())
    left, drawn = 0.0, ""
    for name, count in found.items():
        width = WIDTH * count / total if total else 0.0
        if width:
            drawn += f'<rect class="{name}" x="{left:.1f}" width="{max(1.0, width - 1):.1f}" height="10"/>'
        left += width
    return Markup(
        f'<svg class="score" viewBox="0 0 {WIDTH} 10" preserveAspectRatio="none" '
        f'aria-hidden="true">{drawn}</svg>'
    )
