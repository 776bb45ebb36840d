"""Figures from matplotlib made part of a page."""

from matplotlib.figure import Figure

from reports.canvas import draw, palette, spread
from reports.svg import INK, SERIES, inline
from tests.reports.document import Document

DOCUMENT = (
    '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" viewBox="0 0 9 9" '
    'width="9pt" version="1.1"><metadata>x</metadata><defs><style>*{}</style><path id="p" d="M 0 0 \nL 1 1"/>'
    '</defs><g clip-path="url(#c)">'
    f'<use xlink:href="#p" style="stroke: {SERIES[2]}; fill: {INK}"/></g></svg>'
)


def test_ids_are_the_figures_own_and_colours_are_the_pages() -> None:
    document = Document(inline(DOCUMENT, "f1"))

    assert document.named("path") == [{"id": "f1-p", "d": "M 0 0 L 1 1"}]
    assert document.named("use") == [
        {"href": "#f1-p", "style": "stroke: var(--series-3); fill: currentColor"}
    ]
    assert document.named("g") == [{"clip-path": "url(#f1-c)"}]


def test_nothing_is_left_of_the_document_around() -> None:
    document = Document(inline(DOCUMENT, "f1"))

    assert document.named("svg") == [{"viewbox": "0 0 9 9", "class": "figure", "aria-hidden": "true"}]
    assert not document.named("style") + document.named("metadata")


def test_a_drawing_holds_no_colour_of_its_own_but_white_and_black() -> None:
    def plot(figure: Figure) -> None:
        figure.subplots().plot([1, 2], color=INK)

    drawn = draw(plot, 2.0, "f1")

    assert "#0" not in drawn.replace('href="#f1-', "").replace("url(#f1-", "")
    assert "currentColor" in drawn


def test_a_palette_is_ordered_and_ends_strongest() -> None:
    assert palette(1) == [SERIES[-1]]
    assert palette(3) == [SERIES[0], SERIES[4], SERIES[7]]
    assert palette(8) == list(SERIES)


def test_a_choice_keeps_first_and_last() -> None:
    assert spread(range(100), 3) == [0, 50, 99]
    assert spread([1, 2], 3) == [1, 2]
