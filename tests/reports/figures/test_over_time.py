"""What is drawn second by second: rates and costs, losses, heat."""

from reports.figures.heatmap import NAMES, heatmap
from reports.figures.losses import losses
from reports.figures.rates import over_time
from reports.load_schema import Load, Series
from reports.metrics import PhaseMetrics, phases
from tests.reports.document import Document
from tests.reports.figures.runs import run

EMPTY = Series(step_s=1, t=[0, 1])


def both(result: Load) -> tuple[Series, list[PhaseMetrics]]:
    assert result.series is not None
    return result.series, phases(result)


def test_what_was_sampled_has_a_panel_each() -> None:
    drawing = over_time(*both(run()), "f", to_all=True)

    assert drawing is not None
    text = Document(drawing.svg).text
    for label in ("deliveries/s", "streams", "CPU, % of a core", "server, MB", "<b>queue", "generator"):
        assert label in text
    assert "offered" in drawing.caption


def test_what_was_not_sampled_has_none() -> None:
    drawing = over_time(Series(step_s=1, t=[0, 1, 2], deliveries=[0, 5, 10]), [], "f", to_all=False)

    assert drawing is not None
    assert "CPU" not in Document(drawing.svg).text
    assert "offered" not in drawing.caption
    assert over_time(EMPTY, [], "f", to_all=True) is None


def test_only_what_went_wrong_has_a_panel() -> None:
    drawing = losses(*both(run()), "f")

    assert drawing is not None
    text = Document(drawing.svg).text
    assert "lost/s" in text
    assert "twice/s" in text
    assert "silently, in all" in text
    assert "replayed/s" not in text
    assert losses(EMPTY, [], "f") is None


def test_a_heat_map_has_a_colour_for_each_share_and_two_lines() -> None:
    drawing = heatmap(*both(run()), "f")

    assert drawing is not None
    text = Document(drawing.svg).text
    assert all(name in text for name in (*NAMES, "p50", "p99", "judged part"))
    assert "--series-8" in drawing.svg
    assert heatmap(EMPTY, [], "f") is None


def test_a_long_run_makes_no_large_picture() -> None:
    seconds = 7200
    rows = [[[1024 + 128 * (n % 8), 5], [2048 + 256 * (n % 7), 2]] for n in range(seconds)]
    series = {"step_s": 1, "t": list(range(seconds)), "heat": {"bits": 3, "rows": rows}}
    drawing = heatmap(*both(run(series=series)), "f")

    assert drawing is not None
    assert len(drawing.svg) < 300_000
