"""The sun where an almanac has it."""

import math
from datetime import UTC, datetime

import numpy as np
import pytest

from simulator.sun import diffuse_share, sun_at

BERLIN = 52.52, 13.40


def seconds(text: str) -> float:
    return datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()


@pytest.mark.parametrize(
    ("when", "elevation", "azimuth"),
    {
        "summer noon": ("2026-06-21T11:08", 60.9, 180),
        "winter noon": ("2026-12-21T11:04", 14.0, 180),
        "equinox, morning": ("2026-03-20T05:14", 0.0, 90),
        "equinox, evening": ("2026-03-20T17:14", 0.0, 270),
        "summer midnight": ("2026-06-21T23:08", -14.0, 0),
    }.values(),
    ids=["summer noon", "winter noon", "morning", "evening", "midnight"],
)
def test_elevation_and_azimuth(when: str, elevation: float, azimuth: float) -> None:
    sun = sun_at(np.array([seconds(when)]), *BERLIN)

    assert math.degrees(math.asin(sun.sin_elevation[0])) == pytest.approx(elevation, abs=1.0)
    assert abs((sun.azimuth[0] - azimuth + 180) % 360 - 180) < 1.5


def test_an_overcast_sky_is_all_diffuse_and_a_clear_one_mostly_beam() -> None:
    assert diffuse_share(np.array([0.1, 0.5, 0.8])) == pytest.approx([0.991, 0.659, 0.165], abs=0.01)
