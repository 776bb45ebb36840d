"""Percentiles, drawn from literal numbers."""

from reports.figures.percentiles import by_percentile
from reports.metrics import Limit, phases
from tests.reports import samples
from tests.reports.document import Document


def test_there_is_a_curve_for_each_phase_and_the_limit() -> None:
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


def test_nothing_delivered_is_not_drawn() -> None:
    silent = samples.a_load(samples.phase(0, 5, metrics={}), hist={"bits": 7, "phases": {}})

    assert by_percentile(phases(silent), [], "f") is None


def test_the_generators_own_lag_is_drawn_where_it_was_measured() -> None:
    hist = {"0": {"deliver": samples.DELIVER, "client_lag": [[50, 10]]}}
    with_lag = samples.a_load(samples.phase(0, 5), hist={"bits": 7, "phases": hist})

    for run, drawn in ((with_lag, True), (samples.a_load(), False)):
        drawing = by_percentile(phases(run), [], "f")

        assert drawing is not None
        assert ("generator's lag" in Document(drawing.svg).text) is drawn


def test_a_strangers_name_is_text_in_a_figure() -> None:
    found = phases(samples.a_load(samples.phase(0, 7, name="<b>$x_1$\x1b")))
    drawing = by_percentile(found, [], "f")

    assert drawing is not None
    assert "<b>" not in drawing.svg
    assert "<b>$x_1$\\x1b: 7 subscribers" in Document(drawing.svg).text
