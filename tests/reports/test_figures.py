"""Figures drawn from literal numbers."""

from reports.figures import by_percentile, by_subscribers, over_time
from reports.metrics import Limit, phases
from reports.schemas import Series
from tests.reports import samples
from tests.reports.document import Document


def test_percentiles_have_a_curve_for_each_phase_and_the_limit() -> None:
    found = phases(samples.a_load())
    drawing = by_percentile(found, [Limit("deliver", 0.99, 250_000, None)], "f")

    assert drawing is not None
    text = Document(drawing.svg).text
    assert "deliver p99 ≤ 250 ms" in text
    assert "100 subscribers" in text
    assert "1 000 subscribers" in text
    assert "50 % 90 % 99 %" in text


def test_more_phases_than_colours_are_thinned_and_it_is_said() -> None:
    found = phases(samples.a_load(*(samples.phase(n, n + 1) for n in range(20))))
    drawing = by_percentile(found, [], "f")

    assert drawing is not None
    assert drawing.caption.endswith("8 of 20 phases are shown.")


def test_one_level_of_subscribers_makes_no_curve() -> None:
    assert by_subscribers(phases(samples.a_load(samples.phase(0, 100))), "f") is None
    assert by_subscribers(phases(samples.a_load()), "f") is not None


def test_nothing_delivered_is_not_drawn() -> None:
    silent = samples.a_load(samples.phase(0, 5, metrics={}), hist={"bits": 7, "phases": {}})

    assert by_percentile(phases(silent), [], "f") is None


def test_time_runs_along_both_panels() -> None:
    series = Series(step_s=1, t=[0, 1, 2], deliveries=[0, 5, 10], lost=[0, 0, 1])
    drawing = over_time(series, [], "f")

    assert drawing is not None
    text = Document(drawing.svg).text
    assert "deliveries/s" in text
    assert "lost/s" in text
    assert over_time(Series(step_s=1, t=[0, 1]), [], "f") is None


def test_a_strangers_name_is_text_in_a_figure() -> None:
    found = phases(samples.a_load(samples.phase(0, 7, name="<b>$x_1$\x1b")))
    drawing = by_percentile(found, [], "f")

    assert drawing is not None
    assert "<b>" not in drawing.svg
    assert "<b>$x_1$\\x1b: 7 subscribers" in Document(drawing.svg).text
