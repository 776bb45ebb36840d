"""The sheet: colours are the page's, and the same numbers give the same drawing."""

from matplotlib.figure import Figure

from reports.canvas import draw, palette, spread
from reports.svg import INK, SERIES


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


def test_the_same_numbers_give_the_same_drawing() -> None:
    def plot(figure: Figure) -> None:
        figure.subplots().plot([3, 1, 2])

    assert draw(plot, 2.0, "f1") == draw(plot, 2.0, "f1")
