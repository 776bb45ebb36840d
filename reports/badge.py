"""A badge of a conformance result: shields' endpoint JSON, or an SVG that stands alone. Pure.

The JSON is https://shields.io/badges/endpoint-badge's.
"""

import json
from collections.abc import Iterator
from html import escape

from reports.outcome import of_conformance
from reports.schemas import Conformance, Row, Verdict

__all__ = ["badge_json", "badge_svg"]

LABEL = "SSE"
COUNTED: tuple[Verdict, ...] = ("PASS", "FAIL", "FLAKY", "STALE-WAIVER", "WARN", "WAIVED")
LEVELS = ("MUST", "SHOULD")
COLOURS = {"PASS": "#0a7d53", "FAIL": "#b3261e"}  # white on them is readable: 5.1 and 6.5 to 1
OTHER = "#5f6b76"
CHARACTER, PADDING = 6.6, 6  # pixels; the text is fitted to its room, so a rough width will do
SVG = """\
<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="20" role="img" aria-label="{label}: {text}">
<title>{label}: {text}</title>
<clipPath id="r"><rect width="{width}" height="20" rx="3"/></clipPath>
<g clip-path="url(#r)"><rect width="{left}" height="20" fill="#3b4148"/>
<rect x="{left}" width="{right}" height="20" fill="{colour}"/></g>
<g fill="#fff" font-family="Verdana,DejaVu Sans,sans-serif" font-size="11">
<text x="{at}" y="14" textLength="{label_room}">{label}</text>
<text x="{text_at}" y="14" textLength="{text_room}">{text}</text></g>
</svg>
"""


def badge_json(result: Conformance) -> str:
    """What a shields endpoint answers."""
    shown = {"schemaVersion": 1, "label": LABEL, "message": _message(result), "color": _colour(result)}
    return json.dumps(shown, ensure_ascii=False) + "\n"


def badge_svg(result: Conformance) -> str:
    """A picture for a repository that asks no other server for it."""
    text = _message(result)
    label_room, text_room = round(len(LABEL) * CHARACTER), round(len(text) * CHARACTER)
    left, right = label_room + 2 * PADDING, text_room + 2 * PADDING
    return SVG.format(
        width=left + right,
        left=left,
        right=right,
        at=PADDING,
        text_at=left + PADDING,
        label=escape(LABEL),
        text=escape(text),
        label_room=label_room,
        text_room=text_room,
        colour=_colour(result),
    )


def _message(result: Conformance) -> str:
    """`46/46 MUST · 9/11 SHOULD`: passed, of those that were judged."""
    return " · ".join(_shares(result.rows)) or "nothing judged"


def _shares(rows: list[Row]) -> Iterator[str]:
    for level in LEVELS:
        judged = [row for row in rows if row.level == level and row.verdict in COUNTED]
        if judged:
            yield f"{sum(row.verdict == 'PASS' for row in judged)}/{len(judged)} {level}"


def _colour(result: Conformance) -> str:
    return COLOURS.get(of_conformance(result).verdict, OTHER)
