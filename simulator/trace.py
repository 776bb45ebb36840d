"""What a device would send over a while, collected to be looked at. Does no I/O."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from .group import Group
from .plan import GroupPlan, Span
from .rng import Floats
from .sensors import Sensor
from .timeline import Episode

__all__ = ["Trace", "sparkline", "traces"]

BARS = "▁▂▃▄▅▆▇█"


class Trace(NamedTuple):
    """A device: stamps (samples,) in ms UTC, values (sensors, samples) with NaN for none, and its faults."""

    device: str
    sensors: Sequence[Sensor]
    ts: Floats
    values: Floats
    faults: list[Episode]


def traces(plan: GroupPlan, devices: Sequence[str], span: Span) -> Iterator[Trace]:
    """The traces of these devices of a group, over a span that ends."""
    group = Group(replace(plan, ids=tuple(devices)), span)
    stamps: list[list[int]] = [[] for _ in devices]
    values: list[list[Floats]] = [[] for _ in devices]
    for rows in (*group.rest(), *group.release()):
        for device, ts, reading in zip(rows.device.tolist(), rows.ts.tolist(), rows.values.T, strict=True):
            stamps[device].append(ts)
            values[device].append(reading)
    for index, name in enumerate(devices):
        order = np.argsort(stamps[index], kind="stable")
        faults = [episode for episode in group.happened if episode.device == index and episode.seq is None]
        table = np.reshape(values[index], (len(order), len(plan.profile.sensors)))[order].T
        yield Trace(name, plan.profile.sensors, np.array(stamps[index], dtype=float)[order], table, faults)


def sparkline(values: Floats, width: int) -> str:
    """The course of a series in that many characters; gaps are blank."""
    pieces = np.array_split(values, min(width, len(values)))
    means = np.array(
        [piece[np.isfinite(piece)].mean() if np.isfinite(piece).any() else np.nan for piece in pieces]
    )
    known = means[np.isfinite(means)]
    if not len(known):
        return " " * len(means)
    low, high = float(known.min()), float(known.max())
    scale = (len(BARS) - 1) / (high - low) if high > low else 0.0
    return "".join(BARS[round((mean - low) * scale)] if np.isfinite(mean) else " " for mean in means)
