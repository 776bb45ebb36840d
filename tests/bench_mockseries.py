"""A peer of the fleet's bench: prints the samples a second that mockseries makes, one series at a time.

It runs in an environment of its own, as it pins an older NumPy (the group `generators` of pyproject.toml).
"""

import time
from datetime import UTC, datetime, timedelta

from mockseries.noise import GaussianNoise
from mockseries.seasonality import DailySeasonality
from mockseries.trend import LinearTrend
from mockseries.utils import datetime_range

POINTS = 100_000


def main() -> None:
    """A trend, a daily season and white noise: the nearest to a sensor that it has."""
    series = (
        LinearTrend(coefficient=0.1, time_unit=timedelta(days=1), flat_base=20)
        + DailySeasonality({timedelta(hours=6): -1.0, timedelta(hours=15): 1.0})
        + GaussianNoise(mean=0, std=0.1)
    )
    first = datetime(2026, 3, 2, tzinfo=UTC).replace(tzinfo=None)
    moments = datetime_range(granularity=timedelta(minutes=1), start_time=first, num_points=POINTS)
    begin = time.process_time()
    made = series.generate(moments)
    print(len(made) / (time.process_time() - begin))


if __name__ == "__main__":
    main()
