"""A vehicle in a town: where its receiver believes it is. Stateless."""

from collections.abc import Mapping
from typing import ClassVar, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from simulator.distributions import Constant, Uniform
from simulator.ou import Path
from simulator.rng import Floats, Ints, Keys, Words, normal, uniform
from simulator.site import Conditions

from .model import Model, Output, Param, State

__all__ = ["Vehicle"]

METRES_PER_DEGREE: Final = 111_195.0
ACCELERATION: Final = 1.2  # m/s2
CORRELATED, WHITE = 3.0, 0.5  # m, of the position error: Gauss-Markov of a minute, and white
Bools = NDArray[np.bool_]
STREET: Final = 120.0  # m between two parallel streets


class Motion(NamedTuple):
    """Metres east and north of the depot, m/s, degrees from north over east."""

    east: Floats
    north: Floats
    speed: Floats
    heading: Floats


class Vehicle(Model):
    """Waypoints on a grid of streets, one leg a slot of time; speed and heading are those of the true path.

    A leg accelerates, cruises and brakes (trapezoid), then waits at the stop. Legs change east and north in
    turn, so corners are right angles. No random waypoint model with its decaying speed (Yoon, Liu, Noble
    2003): a slot's length is fixed, and its speed follows from the way. Nights are spent at the depot.
    """

    about = "vehicle on a grid of streets: position with GPS error, speed, heading"
    outputs: ClassVar[Mapping[str, Output]] = {
        "lat": Output("deg", -90, 90, "latitude, as the receiver has it"),
        "lon": Output("deg", -180, 180, "longitude, likewise"),
        "speed": Output("m/s", 0, 40, "speed over ground"),
        "heading": Output("deg", 0, 360, "course, from north over east; the last one while it stands"),
        "moving": Output("1", 0, 1, "whether it moves"),
    }
    params: ClassVar[Mapping[str, Param]] = {
        "radius_km": Param(Uniform(1.5, 4.0), 0.1, 50, "how far from the depot it works"),
        "leg_s": Param(Constant(180.0), 60, 3600, "seconds from one stop to the next"),
        "pace_m_per_s": Param(Uniform(11, 15), 2, 35, "speed that it does not exceed"),
        "leaves_h": Param(Uniform(6.5, 8.5), 0, 24, "local hour at which it leaves the depot"),
        "returns_h": Param(Uniform(16, 19), 0, 24, "and is to be back"),
    }

    def __init__(self, keys: Keys, params: Mapping[str, Floats]) -> None:
        self._params = params
        self._way = {"east": keys.stream("way.east"), "north": keys.stream("way.north")}
        self._error = [Path(keys.stream(f"gps.{axis}"), 60.0, 15.0) for axis in ("east", "north")]
        self._white = [keys.stream(f"gps.white.{axis}") for axis in ("east", "north")]

    def read(self, state: State, now: Conditions) -> dict[str, Floats]:  # noqa: ARG002 - it has no state
        """See `outputs`."""
        motion = self.motion(now)
        second = int(now.t)
        east, north = (
            true + CORRELATED * error.at(now.t) + WHITE * normal(white, second)
            for true, error, white in zip(motion[:2], self._error, self._white, strict=True)
        )
        shrunk = METRES_PER_DEGREE * max(np.cos(np.deg2rad(now.lat)), 0.01)
        return {
            "lat": now.lat + north / METRES_PER_DEGREE,
            "lon": (now.lon + east / shrunk + 180) % 360 - 180,
            "speed": motion.speed,
            "heading": motion.heading,
            "moving": (motion.speed > 0) * 1.0,
        }

    def motion(self, now: Conditions) -> Motion:
        """The true one."""
        length = self._params["leg_s"]
        local = now.local_day * 86400 + now.local_second
        leg = np.floor(local / length)
        here, there = self._stop(leg, now), self._stop(leg + 1, now)
        way_east, way_north = there[0] - here[0], there[1] - here[1]
        way = np.abs(way_east) + np.abs(way_north)
        done, speed = _trapezoid(way, local - leg * length, np.minimum(self._params["pace_m_per_s"], way))
        share = np.divide(done, way, out=np.zeros_like(way), where=way > 0)
        heading = np.where(np.abs(way_east) > 0, np.where(way_east > 0, 90.0, 270.0), 0.0)
        heading = np.where(way_north < 0, 180.0, heading)
        return Motion(here[0] + share * way_east, here[1] + share * way_north, speed, heading)

    def _stop(self, leg: Floats, now: Conditions) -> tuple[Floats, Floats]:
        """Where leg number `leg` begins: east changes before odd ones, north before even ones."""
        hour = leg * self._params["leg_s"] / 3600 % 24
        works = (hour >= self._params["leaves_h"]) & (hour < self._params["returns_h"]) & now.workday
        east = self._coordinate(self._way["east"], leg.astype(np.int64) // 2, works)
        north = self._coordinate(self._way["north"], (leg.astype(np.int64) + 1) // 2, works)
        return east, north

    def _coordinate(self, key: Words, number: Ints, works: Bools) -> Floats:
        """Metres from the depot, on a street; no farther from the one before than a leg allows."""
        farthest = 0.38 * self._params["pace_m_per_s"] * self._params["leg_s"]
        reach = np.minimum(self._params["radius_km"] * 1000, farthest)
        metres = (2 * uniform(key, number) - 1) * reach
        return np.where(works, np.rint(metres / STREET) * STREET, 0.0)


def _trapezoid(way: Floats, t: Floats, pace: Floats) -> tuple[Floats, Floats]:
    """Metres done and speed, `t` s after the start of a leg of `way` m: accelerate, cruise, brake, stand."""
    top = np.minimum(pace, np.sqrt(way * ACCELERATION))
    ramp = top / ACCELERATION
    cruise = np.divide(way - top * ramp, top, out=np.zeros_like(way), where=top > 0)
    braking = np.clip(t - ramp - cruise, 0, ramp)
    speed = np.clip(np.minimum(ACCELERATION * t, top) - ACCELERATION * braking, 0, None)
    gained = np.where(t < ramp, 0.5 * ACCELERATION * t * t, 0.5 * top * ramp)
    done = gained + top * np.clip(t - ramp, 0, cruise) + top * braking - 0.5 * ACCELERATION * braking**2
    return np.minimum(done, way), np.where(t < 2 * ramp + cruise, speed, 0.0)
