"""Where the sun stands, and what reaches a wall. Pure."""

import math
from typing import NamedTuple

import numpy as np

from .rng import Floats

__all__ = ["SOLAR_CONSTANT", "Sun", "day_of_year", "diffuse_share", "sun_at"]

SOLAR_CONSTANT = 1361.0  # W/m2
YEAR = 365.2425
FIRST_OF_2024 = 19723  # days since 1970


class Sun(NamedTuple):
    """Sine of the elevation, and azimuth in degrees from north over east."""

    sin_elevation: Floats
    azimuth: Floats


def day_of_year(t: Floats) -> Floats:
    """1.0 … 366.2, from seconds UTC; ignores leap days by less than a day."""
    return (t / 86400 - FIRST_OF_2024) % YEAR + 1


def sun_at(t: Floats, lat: float, lon: float) -> Sun:
    """The sun over (lat, lon) in degrees at `t` s UTC: Cooper's declination, equation of time to ±1 min."""
    doy = day_of_year(t)
    declination = np.deg2rad(23.45) * np.sin(2 * np.pi * (284 + doy) / 365)
    b = 2 * np.pi * (doy - 81) / 364
    equation_of_time = 9.87 * np.sin(2 * b) - 7.53 * np.cos(b) - 1.5 * np.sin(b)  # minutes
    hour_angle = np.deg2rad(15 * ((t / 3600) % 24 + lon / 15 + equation_of_time / 60 - 12))
    latitude = math.radians(lat)
    sine = np.sin(latitude) * np.sin(declination) + np.cos(latitude) * np.cos(declination) * np.cos(
        hour_angle
    )
    east = -np.cos(declination) * np.sin(hour_angle)
    north = np.cos(latitude) * np.sin(declination) - np.sin(latitude) * np.cos(declination) * np.cos(
        hour_angle
    )
    return Sun(sine, np.rad2deg(np.arctan2(east, north)) % 360)


def diffuse_share(clearness: Floats) -> Floats:
    """The diffuse part of global radiation from the clearness index (Erbs, Klein, Duffie 1982)."""
    k = clearness
    middle = 0.9511 - 0.1604 * k + 4.388 * k**2 - 16.638 * k**3 + 12.336 * k**4
    return np.where(k <= 0.22, 1 - 0.09 * k, np.where(k <= 0.8, middle, 0.165))
