"""Figures from matplotlib made part of a page."""

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
