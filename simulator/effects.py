"""What faults of sensors do to readings: before they are rounded, and what is shown after. Does no I/O."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np

from .rng import Floats, Keys, normal, uniform
from .schedule import Due
from .sensors import Sensor
from .timeline import DAY_MS, Episode

__all__ = ["Distortion", "Hit", "show", "shuts_down"]

WORN = 8.0  # times the noise, and twice it as a bias, when a battery is at its end
LAST_FIFTH = 0.8


class Hit(NamedTuple):
    """An episode, and the row that it befalls."""

    episode: Episode
    row: int


class Distortion:
    """Drift, bursts, spikes and low batteries of these sensors."""

    def __init__(self, sensors: Sequence[Sensor], keys: Keys) -> None:
        self._sensors, self._keys = sensors, keys

    def apply(self, values: Floats, hits: dict[str, list[Hit]], due: Due) -> None:
        """In place on values (sensors, rows) that are not rounded yet."""
        for episode, row in hits["drift"]:
            passed = int(due.base[row]) - episode.start
            values[episode.sensor, row] += episode.fault.per_day * passed / DAY_MS
        for episode, row in hits["burst"]:
            _, gain = episode.fault.size(episode.mark)
            values[episode.sensor, row] += gain * self._noise(episode.sensor, row, values, due)
        for hit in hits["battery_low"]:
            for index in range(len(self._sensors)):
                noise = self._noise(index, hit.row, values, due)
                values[index, hit.row] += WORN * _share(hit, due) * (noise + 0.25 * abs(noise))
        for episode, row in hits["spike"]:
            name, size = episode.fault.size(episode.mark)
            value = values[episode.sensor, row]
            values[episode.sensor, row] = value * size if name == "gain" else value + size

    def _noise(self, index: int, row: int, values: Floats, due: Due) -> float:
        """One more draw of the sensor's own noise; of half a step where it has none."""
        sensor = self._sensors[index]
        spread = sensor.noise + sensor.relative_noise * abs(float(values[index, row]))
        key = self._keys.stream(f"burst.{sensor.name}")[[due.device[row]]]
        return (spread or (sensor.step or 0.0) / 2) * float(normal(key, int(due.sample[row]))[0])


def show(values: Floats, hits: dict[str, list[Hit]], hold: Callable[[Episode], float]) -> None:
    """Stuck sensors, sentinels, dropouts, in place on rounded values; `hold` says what a stuck one shows."""
    for hit in hits["stuck"]:
        values[hit.episode.sensor, hit.row] = hold(hit.episode)
    for hit in hits["sentinel"]:
        values[hit.episode.sensor, hit.row] = hit.episode.fault.value
    for hit in hits["dropout"]:
        values[hit.episode.sensor, hit.row] = np.nan


def shuts_down(hit: Hit, due: Due, keys: Keys) -> bool:
    """Whether a device with a low battery has no power for this sample: half of those of the last fifth."""
    key = keys.stream("battery_low")[[due.device[hit.row]]]
    return _share(hit, due) > LAST_FIFTH and bool(uniform(key, int(due.sample[hit.row]))[0] < 0.5)


def _share(hit: Hit, due: Due) -> float:
    """How much of the episode is over."""
    return (int(due.base[hit.row]) - hit.episode.start) / (hit.episode.end - hit.episode.start)
