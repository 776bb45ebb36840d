"""matplotlib's SVG made fit for a page: bare tags, ids of its own, colours that follow the page's theme."""

import re
from xml.etree import ElementTree as ET  # our own output, never a stranger's

from markupsafe import Markup

__all__ = ["BAD", "GRID", "INK", "MUTED", "PAPER", "SERIES", "inline"]

# Drawn with these and replaced below, since only the page knows whether it is light or dark.
INK, MUTED, GRID, BAD, PAPER = "#010000", "#020000", "#030000", "#040000", "#050000"
SERIES = tuple(f"#0000{n:02x}" for n in range(1, 9))
FONT = "'DejaVu Sans'"
THEME = {
    INK: "currentColor",
    MUTED: "var(--muted)",
    GRID: "var(--rule)",
    BAD: "var(--fail)",
    PAPER: "var(--paper)",
    FONT: "var(--sans)",
    **{colour: f"var(--series-{n})" for n, colour in enumerate(SERIES, 1)},
}
DROPPED = {"style", "metadata"}


def inline(document: str, name: str) -> Markup:
    """An SVG document as an element for HTML; `name` keeps its ids apart from those of other figures."""
    root = ET.fromstring(document)
    for element in root.iter():
        element.tag = bare(element.tag)
        element.attrib = {
            bare(key): themed(key, value, name) for key, value in element.attrib.items() if key != "version"
        }
        for child in [child for child in element if bare(child.tag) in DROPPED]:
            element.remove(child)
    root.attrib = {"viewBox": root.attrib["viewBox"], "class": "figure", "aria-hidden": "true"}
    return Markup(re.sub(r"\n\s*", "\n", ET.tostring(root, encoding="unicode")))


def bare(tag: str) -> str:
    """A name without its namespace, which HTML does not know."""
    return tag.rpartition("}")[2]


def themed(key: str, value: str, name: str) -> str:
    """An attribute's value with ids prefixed and colours and font replaced."""
    match bare(key):
        case "id":
            return f"{name}-{value}"
        case "href":
            return value.replace("#", f"#{name}-", 1)
        case "clip-path":
            return value.replace("url(#", f"url(#{name}-", 1)
        case "style":
            return re.sub("|".join(THEME), lambda found: THEME[found[0]], value)
        case "d":
            return re.sub(r"-?\d+\.\d{2,}", rounded, " ".join(value.split()))
    return value


def rounded(number: re.Match[str]) -> str:
    """To a hundredth of a point: nobody sees less, and a path is half as long."""
    return f"{float(number[0]):.2f}".rstrip("0").rstrip(".")
