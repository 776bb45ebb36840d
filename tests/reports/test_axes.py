"""Axes that a performance engineer can read off."""

import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from reports.axes import bar, latency_axis, nines_axis, phase_names, subscribers_axis
from reports.metrics import Limit, phases
from tests.reports import samples


@pytest.fixture
def axes() -> Axes:
    found: Axes = Figure().subplots()
    return found


def labels(axes: Axes, which: str) -> list[str]:
    """The labels of the ticks that are in view."""
    axis = axes.xaxis if which == "x" else axes.yaxis
    low, high = axis.get_view_interval()
    ticks = [tick for tick in axis.get_major_locator()() if low <= tick <= high]
    return list(axis.get_major_formatter().format_ticks(ticks))


@pytest.mark.parametrize(
    ("samples_", "shown"),
    [
        (5, ["50 %", "90 %", "99 %"]),
        (2_000, ["50 %", "90 %", "99 %", "99.9 %"]),
        (100_000, ["50 %", "90 %", "99 %", "99.9 %", "99.99 %", "99.999 %"]),
    ],
)
def test_each_nine_has_a_tick_as_far_as_there_are_samples(
    axes: Axes, samples_: int, shown: list[str]
) -> None:
    nines_axis(axes, samples_)

    assert labels(axes, "x") == shown


def test_each_nine_is_as_wide_as_the_next(axes: Axes) -> None:
    nines_axis(axes, 10_000)
    places = [axes.transData.transform((x, 1))[0] for x in (10, 100, 1000)]

    assert places[2] - places[1] == pytest.approx(places[1] - places[0])


def test_a_flat_curve_is_not_blown_up_to_noise(axes: Axes) -> None:
    axes.plot([2, 100], [1000, 1001])
    latency_axis(axes)
    low, high = axes.get_ylim()

    assert high / low >= 4


def test_latencies_carry_their_unit(axes: Axes) -> None:
    axes.plot([2, 100], [600, 9_000])
    latency_axis(axes)

    assert labels(axes, "y") == ["500\u202fµs", "1\u202fms", "2\u202fms", "5\u202fms", "10\u202fms"]


def test_levels_are_the_ticks(axes: Axes) -> None:
    axes.plot([100, 2500], [1, 2])
    subscribers_axis(axes, [100, 250, 2500])

    assert labels(axes, "x") == ["100", "250", "2\u202f500"]


def test_a_limit_reaches_up_to_its_quantile(axes: Axes) -> None:
    bar(axes, Limit("deliver", 0.99, 250_000, "2000"))

    assert np.asarray(axes.lines[0].get_xdata())[1] == pytest.approx(100)
    assert [text.get_text() for text in axes.texts] == ["2000: deliver p99 ≤ 250\u202fms"]


def test_only_phases_in_view_are_named(axes: Axes) -> None:
    found = phases(samples.a_load(samples.phase(0, 100), samples.phase(1, 1000)))
    axes.set_xlim(0, 12)
    phase_names(axes, found)

    assert [text.get_text() for text in axes.texts] == ["100"]


def test_a_giant_name_is_cut(axes: Axes) -> None:
    found = phases(samples.a_load(samples.phase(0, 100, name="n" * 1000)))
    axes.set_xlim(0, 12)
    phase_names(axes, found)

    assert axes.texts[0].get_text() == "n" * 23 + "…"
