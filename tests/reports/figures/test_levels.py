"""Latency by subscribers, drawn from literal numbers."""

from reports.figures.levels import by_subscribers
from reports.metrics import phases
from tests.reports import samples


def test_one_level_of_subscribers_makes_no_curve() -> None:
    assert by_subscribers(phases(samples.a_load(samples.phase(0, 100))), "f") is None
    assert by_subscribers(phases(samples.a_load(samples.phase(0, 200), samples.phase(1, 220))), "f") is None
    assert by_subscribers(phases(samples.a_load()), "f") is not None


def test_an_invalid_level_is_hollow_and_it_is_said() -> None:
    sound = by_subscribers(phases(samples.a_load()), "f")
    busy = by_subscribers(phases(samples.a_load(invalid=["phase 100: busy"])), "f")

    assert sound is not None
    assert busy is not None
    assert "Hollow" not in sound.caption
    assert "Hollow" in busy.caption
    assert busy.svg.count("fill: var(--paper)") > sound.svg.count("fill: var(--paper)") == 0
