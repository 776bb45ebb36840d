"""What a sensor makes of a quantity: lag → gain and offset → drift → noise, then clipping and quantisation.

Apart from the process and from faults. All of it is a pure function of the device, the time and the quantity.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

import numpy as np

from .ou import VirtualOU
from .rng import Floats, Ints, Keys, Words, normal

__all__ = ["Sensor", "Sensors"]

DRIFT_TAU = 100 * 86400.0  # seconds; far longer than anybody looks, so that the OU process walks
DRIFT_STEP = 3600  # seconds


@dataclass(frozen=True, slots=True)
class Sensor:
    """One sensor of a profile; errors are in its unit, 0 and None switch a stage off."""

    name: str
    source: str
    unit: str
    step: float | None = None
    noise: float = 0.0
    relative_noise: float = 0.0
    lag: float = 0.0  # seconds
    bias: float = 0.0
    bias_sd: float = 0.0
    gain: float = 1.0
    gain_sd: float = 0.0
    drift: float = 0.0  # standard deviation after a day; grows with the square root of time
    range: tuple[float, float] | None = None

    @property
    def decimals(self) -> int | None:
        """Decimals that the step needs; None without a step."""
        if self.step is None:
            return None
        exponent = Decimal(str(self.step)).normalize().as_tuple().exponent
        return max(0, -int(exponent))

    def finish(self, value: Floats) -> Floats:
        """Clip to the range, round to the step."""
        if self.range:
            value = np.clip(value, *self.range)
        if self.step is not None:
            value = np.rint(value / self.step) * self.step + 0.0  # + 0.0 makes -0.0 a 0.0
        return value


class _Errors(NamedTuple):
    """What is fixed for each device of one sensor."""

    gain: Floats
    bias: Floats
    noise: Words
    drift: VirtualOU


class Sensors:
    """The sensors of N devices, and what their lags have come to."""

    def __init__(self, sensors: Sequence[Sensor], keys: Keys) -> None:
        self.sensors = tuple(sensors)
        self._errors = [_errors(sensor, keys) for sensor in sensors]
        self._seen: list[Floats] = []
        self._hour: int | None = None
        self._drift: list[Floats] = []

    def reset(self, outputs: Mapping[str, Floats]) -> None:
        """Forget the past: every sensor has settled at what is there."""
        self._seen = [outputs[sensor.source].astype(float) for sensor in self.sensors]

    def follow(self, outputs: Mapping[str, Floats], dt: float) -> None:
        """Let `dt` seconds pass, at whose end the outputs are these."""
        for index, sensor in enumerate(self.sensors):
            target = outputs[sensor.source]
            decay = np.exp(-dt / sensor.lag) if sensor.lag else 0.0
            self._seen[index] = target + (self._seen[index] - target) * decay

    def read(self, devices: Ints, sample: Ints, t: int) -> Floats:
        """Raw readings (sensors, rows) of these samples (numbered since 1970), all in the hour of `t` s."""
        if t // DRIFT_STEP != self._hour:
            self._hour = t // DRIFT_STEP
            pairs = zip(self.sensors, self._errors, strict=True)
            self._drift = [_drift(sensor, errors, self._hour) for sensor, errors in pairs]
        return np.stack([self._raw(index, devices, sample) for index in range(len(self.sensors))])

    def _raw(self, index: int, devices: Ints, sample: Ints) -> Floats:
        sensor, errors = self.sensors[index], self._errors[index]
        value = self._seen[index][devices] * errors.gain[devices] + errors.bias[devices]
        value += self._drift[index][devices]
        if sensor.noise or sensor.relative_noise:
            spread = sensor.noise + sensor.relative_noise * np.abs(value)
            value += spread * normal(errors.noise[devices], sample)
        return value


def _drift(sensor: Sensor, errors: _Errors, hour: int) -> Floats:
    """How far each device has walked by then; the walk of an OU process that is young for ever."""
    if not sensor.drift:
        return np.zeros(len(errors.bias))
    per_day = sensor.drift * math.sqrt(DRIFT_TAU / 86400 / 2)
    return per_day * errors.drift.at(np.array([hour]))[:, 0]


def _errors(sensor: Sensor, keys: Keys) -> _Errors:
    def stream(what: str) -> Words:
        return keys.stream(f"sensor.{sensor.name}.{what}")

    return _Errors(
        sensor.gain + sensor.gain_sd * normal(stream("gain"), 0),
        sensor.bias + sensor.bias_sd * normal(stream("bias"), 0),
        stream("noise"),
        VirtualOU(stream("drift"), DRIFT_TAU, DRIFT_STEP),
    )
