"""Birth records: what a device says of itself before it measures. Pure."""

import json

from .plan import GroupPlan

__all__ = ["births_of"]


def births_of(plan: GroupPlan, boot: int) -> list[bytes]:
    """The JSON texts of the births of a group's devices, in the run that begins at `boot` (ms UTC)."""
    sensors = [
        {"name": sensor.name, "unit": sensor.unit, "step": sensor.step, "range": sensor.range}
        for sensor in plan.profile.sensors
    ]
    told = {
        "boot": boot,
        "sensors": sensors,
        "labels": plan.labels | {"site": plan.site.name, "profile": plan.profile.name},
    }
    rest = json.dumps(told, separators=(",", ":"))[1:].encode()
    return [b'{"device":"' + name.encode() + b'",' + rest for name in plan.ids]
