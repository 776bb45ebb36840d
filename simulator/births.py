"""Birth records: what a device says of itself before it measures. Pure."""

import json
from collections.abc import Iterable, Mapping

from .plan import GroupPlan
from .sensors import Sensor

__all__ = ["births", "births_of"]


def births_of(plan: GroupPlan, boot: int) -> list[bytes]:
    """The JSON texts of the births of a group's devices, in the run that begins at `boot` (ms UTC)."""
    labels = plan.labels | {"site": plan.site.name, "profile": plan.profile.name}
    return births(plan.ids, boot, plan.profile.sensors, labels)


def births(
    ids: Iterable[str], boot: int, sensors: Iterable[Sensor], labels: Mapping[str, str]
) -> list[bytes]:
    """The JSON texts of the births of devices that have these sensors."""
    known = [
        {"name": sensor.name, "unit": sensor.unit, "step": sensor.step, "range": sensor.range}
        for sensor in sensors
    ]
    told = {"boot": boot, "sensors": known, "labels": dict(labels)}
    rest = json.dumps(told, separators=(",", ":"))[1:].encode()
    return [b'{"device":"' + name.encode() + b'",' + rest for name in ids]
