"""Figures of a comparison, from literal runs."""

from reports.comparison import Comparison, comparison
from reports.figures.abreast import abreast
from reports.figures.difference import difference
from reports.load_schema import Load
from reports.sides import Loaded, sides
from tests.reports import samples
from tests.reports.document import Document


def compare(repeats: int, *phases: samples.Json) -> Comparison:
    loaded = []
    for target, factor in (("ours", 1), ("theirs", 2)):
        for n in range(repeats):
            pairs = [[1000 * factor + n, 90], [9000 * factor + n, 10]]
            hist = {"bits": 7, "phases": {i: {"deliver": pairs} for i in "01"}}
            run = {**samples.load()["run"], "target": target}
            loaded.append(Loaded(f"{target}{n}", samples.a_load(*phases, run=run, hist=hist)))
    found = comparison(sides(loaded, Load))
    assert found is not None
    return found


def test_sides_are_drawn_against_subscribers_with_bars() -> None:
    drawing = abreast(compare(3), "f")

    assert drawing is not None
    text = Document(drawing.svg).text
    assert "ours theirs" in text
    assert "100" in text
    assert abreast(compare(3, samples.phase(0, 100)), "f") is None


def test_quantiles_are_compared_and_repeats_make_a_band() -> None:
    alone, repeated = difference(compare(1), "f"), difference(compare(3), "f")

    assert alone is not None
    assert repeated is not None
    assert "times as long" in Document(alone.svg).text
    assert "There is no band" in alone.caption
    assert "Bands" in repeated.caption
    assert repeated.svg.count("FillBetween") > alone.svg.count("FillBetween")


def test_what_has_no_samples_is_not_compared() -> None:
    assert difference(compare(1, samples.phase(7, 100)), "f") is None
