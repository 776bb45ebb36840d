"""What a sensor makes of a quantity: lag → gain and offset → drift → noise, then clipping and quantisation.

Apart from the process and from faults. All of it is a pure function of the device, the time and the quantity.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

import numpy as np

from .ou import Path
from .rng import Floats, Ints, Keys, Words, mixed, normal, uniform

__all__ = ["Sensor", "Sensors"]

DRIFT_TAU = 100 * 86400.0  # seconds; far longer than anybody looks, so that the OU process walks
DRIFT_STEP = 3600.0  # seconds
OCTAVES = (
    1800.0,
    7200.0,
    28800.0,
    115_200.0,
)  # time constants in s whose sum is nearly 1/f, from 1 h to 10 d
PIECE = 450  # seconds that divide all steps of those paths, so that their sum is one straight line
CALIBRATION = 365.0  # days after which a ramp begins anew


@dataclass(frozen=True, slots=True)
class Sensor:
    """One sensor of a profile; errors are in its unit, 0 and None switch a stage off."""

    name: str
    source: str
    unit: str
    step: float | None = None
    noise: float = 0.0
    relative_noise: float = 0.0
    flicker: float = 0.0  # standard deviation of the bias instability
    lag: float = 0.0  # seconds
    bias: float = 0.0
    bias_sd: float = 0.0
    gain: float = 1.0
    gain_sd: float = 0.0
    drift: float = 0.0  # standard deviation after a day; grows with the square root of time
    ramp_sd: float = 0.0  # a day, in one direction for each device, until it is calibrated after a year
    range: tuple[float, float] | None = None
    digits: int = 7  # significant ones that are sent of a reading without a step

    @property
    def decimals(self) -> int | None:
        """Decimals that the step needs; None without a step."""
        if self.step is None:
            return None
        exponent = Decimal(str(self.step)).normalize().as_tuple().exponent
        return max(0, -int(exponent))

    @property
    def form(self) -> str:
        """How messages have a reading, for the operator %."""
        return f"%.{self.decimals}f" if self.step else f"%.{self.digits}g"

    def shown(self, value: float) -> str:
        """A reading as messages have it."""
        return self.form % value

    def finish(self, value: Floats) -> Floats:
        """Clip to the range, round to the step."""
        if self.range:
            value = np.minimum(np.maximum(value, self.range[0]), self.range[1])
        if self.step is not None:
            value = value / self.step
            np.rint(value, out=value)
            value *= self.step
            value += 0.0  # makes -0.0 a 0.0
        return value


class Sensors:
    """The sensors of N devices, and what their lags have come to."""

    def __init__(self, sensors: Sequence[Sensor], keys: Keys) -> None:
        self.sensors = tuple(sensors)
        self._errors = [_Errors(sensor, keys) for sensor in sensors]
        self._seen: list[Floats] = []
        self._noise: Words = np.stack([keys.stream(f"sensor.{sensor.name}.noise") for sensor in sensors])
        self._flat: tuple[int, Floats] | None = None  # a moment, and readings without noise (sensors, N) then

    def reset(self, outputs: Mapping[str, Floats]) -> None:
        """Forget the past: every sensor has settled at what is there."""
        self._seen = [outputs[sensor.source].astype(float) for sensor in self.sensors]
        self._flat = None

    def follow(self, outputs: Mapping[str, Floats], dt: float) -> None:
        """Let `dt` seconds pass, at whose end the outputs are these."""
        for index, sensor in enumerate(self.sensors):
            target = outputs[sensor.source]
            if sensor.lag:
                target = target + (self._seen[index] - target) * np.exp(-dt / sensor.lag)
            self._seen[index] = target
        self._flat = None

    def read(self, devices: Ints, sample: Ints, t: int) -> Floats:
        """Raw readings (sensors, rows) of these samples (numbered since 1970), at the outputs of `t` s."""
        if self._flat is None or self._flat[0] != t:
            seen = zip(self._errors, self._seen, strict=True)
            self._flat = t, np.stack([errors.distort(value, t) for errors, value in seen])
        values = self._flat[1].take(devices, axis=1, mode="clip")
        words = mixed(sample)
        for index, sensor in enumerate(self.sensors):
            if sensor.noise or sensor.relative_noise:
                spread = sensor.noise
                if sensor.relative_noise:
                    spread = spread + sensor.relative_noise * np.abs(values[index])
                noise = normal(self._noise[index].take(devices, mode="clip"), words)
                noise *= spread
                values[index] += noise
        return values


class _Errors:
    """The errors of one sensor on each of N devices, but for those of a single reading."""

    def __init__(self, sensor: Sensor, keys: Keys) -> None:
        def stream(what: str) -> Words:
            return keys.stream(f"sensor.{sensor.name}.{what}")

        self._gain = sensor.gain + sensor.gain_sd * normal(stream("gain"), 0)
        self._bias = sensor.bias + sensor.bias_sd * normal(stream("bias"), 0)
        self._ramp = sensor.ramp_sd * normal(stream("ramp"), 0)
        self._ramps = sensor.ramp_sd != 0
        self._calibrated = CALIBRATION * uniform(stream("calibrated"), 0)
        self._paths: list[tuple[float, Path]] = []
        if sensor.drift:
            per_day = sensor.drift * (DRIFT_TAU / 86400 / 2) ** 0.5
            self._paths.append((per_day, Path(stream("drift"), DRIFT_TAU, DRIFT_STEP)))
        if sensor.flicker:
            share = sensor.flicker / len(OCTAVES) ** 0.5
            self._paths += [(share, Path(stream(f"flicker.{tau:g}"), tau, tau / 4)) for tau in OCTAVES]
        self._line: tuple[int, Floats, Floats] | None = None  # a beginning, and what is added then and after

    def distort(self, value: Floats, t: int) -> Floats:
        """What each device would show at `t` s but for noise and rounding."""
        value = value * self._gain
        if not self._paths:
            value += self._bias
        if self._ramps:
            value += self._ramp * ((t / 86400 + self._calibrated) % CALIBRATION)
        if self._paths:
            begin, start, end = self._piece(t)
            between = end - start
            between *= (t - begin) / PIECE
            value += start
            value += between
        return value

    def _piece(self, t: int) -> tuple[int, Floats, Floats]:
        """The straight piece of bias and paths around `t`: when it begins, and its ends."""
        begin, line = t - t % PIECE, self._line
        if line is None or line[0] != begin:
            start = line[2] if line and line[0] + PIECE == begin else self._walked(begin)
            line = self._line = begin, start, self._walked(begin + PIECE)
        return line

    def _walked(self, t: int) -> Floats:
        """The bias and the sum of the random paths at `t` s; straight between multiples of `PIECE`."""
        total = self._bias.copy()
        for spread, path in self._paths:
            total += spread * path.at(t)
        return total
