"""The form of each verdict: told by shape and word first, by colour last. What was judged is filled."""

from typing import NamedTuple

from markupsafe import Markup

from reports.schemas import Verdict

__all__ = ["shape", "symbols", "tone"]


class Shape(NamedTuple):
    """An outline and a mark on a grid of 16 × 16, and the tone that colours it."""

    tone: str
    outline: str
    mark: str


ROUND = "M8 1a7 7 0 1 0 0 14A7 7 0 0 0 8 1z"
OCTAGON = "M5.1 1h5.8L15 5.1v5.8L10.9 15H5.1L1 10.9V5.1z"
SQUARE = (
    "M3.5 1h9A2.5 2.5 0 0 1 15 3.5v9a2.5 2.5 0 0 1-2.5 2.5h-9A2.5 2.5 0 0 1 1 12.5v-9A2.5 2.5 0 0 1 3.5 1z"
)

SHAPES: dict[Verdict, Shape] = {
    "PASS": Shape("good", ROUND, "M4.6 8.3l2.4 2.4 4.5-5"),
    "FAIL": Shape("bad", OCTAGON, "M5.3 5.3l5.4 5.4M10.7 5.3l-5.4 5.4"),
    "FLAKY": Shape("bad", "M8 .4L15.6 8 8 15.6.4 8z", "M4.4 8.4q1.8-3 3.6-.4t3.6-.4"),
    "STALE-WAIVER": Shape("bad", OCTAGON, "M8 4.4v3.9l2.6 1.8"),
    "WARN": Shape("warn", "M8 .9l7.6 13.9H.4z", "M8 5.8v4.1M8 12.2v.2"),
    "WAIVED": Shape("note", SQUARE, "M4.8 8h6.4"),
    "INFO": Shape("note", SQUARE, "M8 7.4v4.2M8 4.4v.2"),
    "N/A": Shape("none", ROUND, "M5 8h6"),
    "SKIP": Shape("none", ROUND, "M5 5.6L7.4 8 5 10.4M8.6 5.6L11 8l-2.4 2.4"),
    "DEPENDENCY": Shape("none", ROUND, "M8 11.4V4.8M5.2 7.4L8 4.6l2.8 2.8"),
    "INCONCLUSIVE": Shape("none", ROUND, "M6 6.4c0-2.6 4-2.6 4 0 0 1.4-2 1.5-2 3M8 11.7v.2"),
}


def tone(verdict: Verdict) -> str:
    """The colour class of a verdict: good, bad, warn, note, or none where nothing was judged."""
    return SHAPES[verdict].tone


def shape(verdict: Verdict) -> Markup:
    """A verdict's form, to stand beside its word."""
    return Markup(
        f'<svg class="shape {tone(verdict)}" aria-hidden="true"><use href="#{symbol(verdict)}"/></svg>'
    )


def symbols() -> Markup:
    """Every form once, for `shape` to refer to."""
    drawn = "".join(
        f'<symbol id="{symbol(verdict)}" viewBox="0 0 16 16">'
        f'<path class="{"hollow" if form.tone == "none" else "outline"}" d="{form.outline}"/>'
        f'<path class="mark" d="{form.mark}"/></symbol>'
        for verdict, form in SHAPES.items()
    )
    return Markup(f'<svg class="symbols" width="0" height="0" aria-hidden="true">{drawn}</svg>')


def symbol(verdict: Verdict) -> str:
    return f"shape-{verdict.lower().replace('/', '')}"
