"""[profile.NAME] tables with their sensors, read and checked."""

from collections.abc import Callable, Mapping
from typing import Any

from . import convert
from .device_clock import EXACT, ClockPlan
from .models.catalogue import MODELS
from .models.model import Output
from .plan import Profile
from .schedule import Duty
from .sensors import Sensor
from .tables import Table, shown

__all__ = ["read_profile"]

SHARE_OF_JITTER = 5  # a jitter is at most a fifth of the period, so that samples stay in order


def read_profile(name: str, table: Table) -> Profile:
    """One kind of device; raises ConfigError."""
    model = MODELS[table.take("model", convert.choice(list(MODELS)))]
    every = table.take("every", convert.duration(100, 86_400_000))
    params = table.table("params", optional=True)
    spreads = {
        key: params.take(key, convert.distribution(param.low, param.high), param.default)
        for key, param in model.params.items()
    }
    params.close()
    sensors = tuple(_sensor(each, model.outputs) for each in table.tables("sensor"))
    if not sensors:
        raise table.error("sensor", f"is missing: expected at least one [[profile.{name}.sensor]]")
    names = [sensor.name for sensor in sensors]
    if double := {each for each in names if names.count(each) > 1}:
        raise table.error("sensor", f"the name {double.pop()!r} is used twice")
    profile = Profile(
        name=name,
        model=model,
        params=spreads,
        sensors=sensors,
        every=every,
        jitter=table.take("jitter", convert.duration(0, every // SHARE_OF_JITTER), 0),
        aligned=table.take("phase", convert.choice(["spread", "aligned"]), "spread") == "aligned",
        clock=_clock(table.table("clock", optional=True)),
        duty=table.take("duty", _duty(every), None),
    )
    table.close()
    return profile


def _duty(every: int) -> Callable[[Any], Duty]:
    """`{ on = "10m", cycle = "1h" }`: awake for at least one period, and asleep for at least one."""

    def read(value: Any) -> Duty:
        if not isinstance(value, Mapping) or value.keys() != {"on", "cycle"}:
            raise ValueError(f"expected {{ on = DURATION, cycle = DURATION }}, got {shown(value)}")
        cycle = convert.duration(2 * every, 86_400_000)(value["cycle"])
        return Duty(convert.duration(every, cycle - every)(value["on"]), cycle)

    return read


def _clock(table: Table) -> ClockPlan:
    clock = ClockPlan(
        ppm=table.take("ppm", convert.distribution(-1000, 1000), EXACT.ppm),
        offset=table.take("offset_ms", convert.distribution(-1e9, 1e9), EXACT.offset),
        ntp=table.take("ntp", convert.duration(60_000, 366 * 86_400_000), EXACT.ntp),
    )
    table.close()
    return clock


def _sensor(table: Table, outputs: Mapping[str, Output]) -> Sensor:
    noise, relative = table.take("noise", _noise, (0.0, 0.0))
    bias, bias_sd = table.take("bias", _fixed(0.0), (0.0, 0.0))
    gain, gain_sd = table.take("gain", _fixed(1.0), (1.0, 0.0))
    drift = table.take("drift", _drift, {})
    source = table.take("from", convert.choice(list(outputs)))
    sensor = Sensor(
        name=table.take("name", convert.name),
        source=source,
        unit=table.take("unit", convert.text, outputs[source].unit),
        step=table.take("step", convert.number(1e-9, 1e9), None),
        noise=noise,
        relative_noise=relative,
        lag=table.take("lag", convert.duration(0, 86_400_000), 0) / 1000,
        bias=bias,
        bias_sd=bias_sd,
        gain=gain,
        gain_sd=gain_sd,
        flicker=table.take("flicker", convert.number(0), 0.0),
        drift=drift.get("per_sqrt_day", 0.0),
        ramp_sd=drift.get("per_day", 0.0),
        range=table.take("range", convert.pair, None),
    )
    table.close()
    return sensor


def _noise(value: Any) -> tuple[float, float]:
    """Absolute and relative standard deviation."""
    if isinstance(value, Mapping):
        return 0.0, _one_key("rel")(value)
    return convert.number(0)(value), 0.0


def _fixed(neutral: float) -> Callable[[Any], tuple[float, float]]:
    """A number for all devices, or `{ sd = … }` around what does nothing."""

    def read(value: Any) -> tuple[float, float]:
        if isinstance(value, Mapping):
            return neutral, _one_key("sd")(value)
        return convert.number()(value), 0.0

    return read


def _drift(value: Any) -> dict[str, float]:
    """Standard deviations: of a walk after a day, and of a ramp in a day."""
    if not isinstance(value, Mapping) or not value.keys() <= {"per_sqrt_day", "per_day"}:
        raise ValueError(f"expected {{ per_sqrt_day = NUMBER, per_day = NUMBER }}, got {shown(value)}")
    return {key: convert.number(0)(number) for key, number in value.items()}


def _one_key(key: str) -> Callable[[Any], float]:
    def read(value: Any) -> float:
        if not isinstance(value, Mapping) or list(value) != [key]:
            raise ValueError(f"expected {{ {key} = NUMBER }}, got {value!r}")
        return convert.number(0)(value[key])

    return read
