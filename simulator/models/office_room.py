"""An office room: temperature, humidity, CO2 and light, coupled through people and ventilation."""

import math
from collections.abc import Mapping
from functools import lru_cache
from typing import ClassVar, Final

import numpy as np

from simulator.distributions import Choice, LogNormal, Normal, Uniform
from simulator.ou import Path
from simulator.pulses import Pulse, Pulses
from simulator.rng import Floats, Keys, uniform
from simulator.site import Conditions
from simulator.weather import saturation_hPa

from .model import Model, Output, Param, State
from .occupancy import Occupancy
from .two_mass import TwoMass

__all__ = ["OfficeRoom"]

HOUR: Final = 3600.0
DAY: Final = 86400
REFERENCE_M3: Final = 72.0  # the room for which the thermal constants were fitted
CO2_OUTDOORS: Final = 422.0  # ppm
CO2_PER_PERSON: Final = 5.2e-6  # m3/s at 1.2 met (Persily, de Jonge 2017: 4.5e-6 … 5.5e-6)
VAPOUR_PER_PERSON: Final = 50.0  # g/h
DRIED_TO: Final = 11.5  # g/kg, a dew point of 16 Cel
VAPOUR_OF_PLANTS: Final = 30.0  # g/h
BUFFER: Final = 3 * HOUR  # by which walls and furniture slow the moisture
HABIT: Final = 0.6  # how much airing differs from day to day, standard deviation of its logarithm
DOOR = Pulse(1.2, 600, 1.8, 4.0, 0.5, (0.0,) * 7 + (1.0,) * 11 + (0.0,) * 6)  # air changes an hour
POWER: Final = 700.0  # W of the radiator, and of the cooling ceiling, in the reference room
HEAT_PER_PERSON: Final = 90.0 + 80.0  # W: body, and what is plugged in
LUMEN_PER_WATT: Final = 115.0  # luminous efficacy of daylight
LAMPS_STAY: Final = 900.0  # seconds after the last person has left
BRIGHT: Final = 2.5  # times the light at which lamps are switched on, where they are switched off


class OfficeRoom(Model):
    """2R2C temperature with a thermostat, CO2 and moisture balances, daylight and lamps.

    Temperature: air and mass, each a first-order balance (ISO 13790; Bacher, Madsen 2011), stepped exactly;
    heating and cooling are proportional within 1 K of the set point. CO2: V dC/dt = G n + Q (Cout - C).
    Moisture likewise, buffered by three hours. People ventilate more, leave the
    door open now and then, and open a window above 1200 ppm.
    Light: irradiance on the façade times a daylight factor, blinds against direct sun, lamps when it is dark.
    """

    about = "temperature, humidity, CO2 and light of an office room, coupled by people and ventilation"
    outputs: ClassVar[Mapping[str, Output]] = {
        "t_air": Output("Cel", 10, 35, "air temperature"),
        "rh": Output("%RH", 5, 95, "relative humidity"),
        "co2": Output("ppm", 400, 5000, "carbon dioxide"),
        "illuminance": Output("lx", 0, 20000, "light on the desk"),
        "occupants": Output("1", 0, 40, "people in the room"),
    }
    params: ClassVar[Mapping[str, Param]] = {
        "volume_m3": Param(Uniform(40, 120), 10, 2000, "volume"),
        "ach_occupied_per_h": Param(LogNormal(1.2, 1.6), 0.05, 20, "air changes with people"),
        "ach_empty_per_h": Param(LogNormal(0.4, 1.3), 0.05, 20, "air changes without"),
        "capacity": Param(Choice((1, 2, 2, 3, 4)), 1, 40, "desks"),
        "setpoint_Cel": Param(Normal(21.0, 0.5), 10, 30, "heating by day; cooling begins 3 K above"),
        "setback_K": Param(Normal(1.8, 0.3), 0, 8, "how much lower at night and at weekends"),
        "azimuth_deg": Param(
            Choice((0, 90, 180, 270)), 0, 360, "where the windows look, from north over east"
        ),
        "window_m2": Param(Normal(4.0, 0.6), 0, 50, "glass"),
        "daylight_factor": Param(LogNormal(0.014, 1.4), 0, 0.2, "light on the desk ÷ light on the façade"),
    }
    warm_up = 4 * DAY
    upset_by: ClassVar[Mapping[str, str]] = {
        "window_open": "severity 1 exchanges the air eight more times an hour",
        "heater_fail": "severity 1: the radiator stays cold",
    }

    def __init__(self, keys: Keys, params: Mapping[str, Floats]) -> None:
        self._people = Occupancy(keys, params["capacity"])
        self._volume = volume = params["volume_m3"]
        self._size = size = volume / REFERENCE_M3
        self._facade = lru_cache(maxsize=2)(self._irradiance)
        self._room = TwoMass(2.2e5 * size, 3.2e6 * size, 150 * size, 8 * size, 5 * size)
        self._ach = params["ach_empty_per_h"], params["ach_occupied_per_h"]
        self._setpoint, self._setback = params["setpoint_Cel"], params["setback_K"]
        self._north, self._east = (turn(np.deg2rad(params["azimuth_deg"])) for turn in (np.cos, np.sin))
        self._window = params["window_m2"]
        self._daylight_factor = params["daylight_factor"]
        self._doors = Pulses(keys, {"door": DOOR})
        self._habit = Path(keys.stream("habit"), 36 * HOUR, HOUR)
        self._lamps = 380 + 90 * uniform(keys.stream("lamps"), 0)  # lx on the desk
        self._dark = 180 + 240 * uniform(keys.stream("dark"), 0)  # lx below which somebody switches them on

    def initial(self, now: Conditions) -> State:
        """Set-back temperature or warmer weather, outdoor air."""
        t = np.maximum(self._setpoint - 0.5 * self._setback, now.t_out + 5.0)
        return t, t, np.full_like(t, CO2_OUTDOORS), np.full_like(t, _supply(now)), np.zeros_like(t)

    def step(self, state: State, now: Conditions, dt: float) -> State:
        """Air and mass (Cel), CO2 (ppm), water vapour (g/kg), seconds that the lamps stay on."""
        air, mass, co2, vapour, lamps = state
        people = self._occupants(now)
        airing = 8 * self.upsets.at("window_open", now.t)
        habit = np.exp(HABIT * self._habit.at(now.t))
        exchange = (self._exchange(people, co2) * habit + airing + self._door(people, now, dt)) / HOUR
        co2_end = CO2_OUTDOORS + 1e6 * CO2_PER_PERSON * people / (self._volume * exchange)
        source = (VAPOUR_PER_PERSON * people + VAPOUR_OF_PLANTS * self._size) / HOUR
        vapour_end = _supply(now) + source / (1.2 * self._volume * exchange)
        air, mass = self._room.step(air, mass, now.t_out, self._heat(air, people, now, airing), dt)
        co2 = co2_end + (co2 - co2_end) * np.exp(-exchange * dt)
        vapour = vapour_end + (vapour - vapour_end) * _decay(dt * exchange / (1 + BUFFER * exchange))
        return air, mass, co2, vapour, self._switch(lamps, people, self._daylight(now), dt)

    def read(self, state: State, now: Conditions) -> dict[str, Floats]:
        """See `outputs`."""
        air, _, co2, vapour, lamps = state
        people = self._occupants(now)
        pressure = vapour * now.pressure / (622 + vapour)
        return {
            "t_air": air,
            "rh": np.clip(100 * pressure / saturation_hPa(air), 1, 100),
            "co2": co2,
            "illuminance": self._daylight(now) + np.where(lamps > 0, self._lamps, 0),
            "occupants": people,
        }

    def _occupants(self, now: Conditions) -> Floats:
        if not now.workday:
            return np.zeros_like(self._volume)
        return self._people.at(now.local_day, now.local_second)

    def _switch(self, lamps: Floats, people: Floats, daylight: Floats, dt: float) -> Floats:
        """People switch the lamps on when it is dark; they go off when it is bright or all have gone."""
        wanted = (people > 0) & ((daylight < self._dark) | (lamps > 0))
        stay = np.where(wanted, LAMPS_STAY, np.maximum(lamps - dt, 0))
        return np.where(daylight < BRIGHT * self._dark, stay, 0)

    def _exchange(self, people: Floats, co2: Floats) -> Floats:
        """Air changes per hour."""
        empty, occupied = self._ach
        window = 1 + np.clip((co2 - 1200) / 400, 0, 3)
        return np.where(people > 0, occupied * window, empty)

    def _door(self, people: Floats, now: Conditions, dt: float) -> Floats:
        """Air changes per hour with the corridor, whose air is fresh and as warm."""
        return np.where(people > 0, self._doors.mean(now.local_day, now.local_second, dt), 0.0)

    def _heat(self, air: Floats, people: Floats, now: Conditions, airing: Floats | float) -> Floats:
        """W into the room: radiator, cooling ceiling, people and their things, sun, less what airs out."""
        by_day = now.workday and 5.5 * HOUR <= now.local_second < 18 * HOUR
        target = self._setpoint - (0 if by_day else self._setback)
        working = 1 - np.minimum(self.upsets.at("heater_fail", now.t), 1)
        heating = np.clip(target - air, 0, 1) * POWER * self._size * working
        aired = airing / HOUR * self._volume * 1200 * (air - now.t_out)  # J/m3/K
        cooling = np.clip(air - self._setpoint - 3, 0, 1) * POWER * self._size if by_day else 0.0
        glass = 0.5 * 0.8 * self._window  # of the energy that falls on it: solar heat gain, frame
        heat: Floats = heating - cooling - aired + HEAT_PER_PERSON * people + glass * self._facade(now)
        return heat

    def _irradiance(self, now: Conditions) -> Floats:
        """W/m2 that pass the blinds: diffuse from half the sky, the ground's reflection, and the beam."""
        if now.ghi <= 0:
            return np.zeros_like(self._volume)
        cos_elevation = math.sqrt(max(0.0, 1 - now.sin_elevation**2))
        sun = math.radians(now.azimuth)
        towards = cos_elevation * (math.cos(sun) * self._north + math.sin(sun) * self._east)
        beam = min((now.ghi - now.diffuse) / max(now.sin_elevation, 0.06), 950.0) * np.maximum(towards, 0)
        blinds = 1 - 0.7 * np.clip((beam - 120) / 120, 0, 1)
        return (beam + 0.5 * now.diffuse + 0.1 * now.ghi) * blinds

    def _daylight(self, now: Conditions) -> Floats:
        return self._facade(now) * LUMEN_PER_WATT * self._daylight_factor


def _decay(x: Floats) -> Floats:
    """exp(-x) where the buffer keeps x below 0.06: four terms are exact to 1e-8 there, and cheaper."""
    return 1 - x * (1 - x / 2 * (1 - x / 3 * (1 - x / 4)))


def _supply(now: Conditions) -> float:
    """Water in the air that ventilation brings, g/kg: the outdoor air's, dried when it is muggy."""
    pressure = float(saturation_hPa(np.asarray(now.dew_point)))
    return min(622 * pressure / (now.pressure - pressure), DRIED_TO)
