"""When which fault happens to whom: scheduled ones, and Poisson ones hashed per day. Pure."""

from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from .events import events_of_day
from .faults import KINDS, Fault, matches
from .plan import GroupPlan, Span
from .rng import Floats, Ints, Keys, Words, uniform

__all__ = ["DAY_MS", "Episode", "Timeline", "timeline_of"]

DAY_MS = 86_400_000


class Episode(NamedTuple):
    """A fault that happens: device and sensor by index (-1: all of it), from `start` until `end`, ms UTC."""

    start: int
    end: int
    device: int
    sensor: int
    fault: Fault
    mark: float  # uniform in [0, 1): how bad it is
    seq: int | None = None  # of the message that it befell, if it is about one

    @property
    def params(self) -> dict[str, float | str]:
        """The parameters as the truth file shows them."""
        fault, params = self.fault, KINDS[self.fault.kind].params
        if self.seq is not None:
            return {"seq": self.seq}
        told: dict[str, float | str] = {}
        if "gain" in params:
            name, size = fault.size(self.mark)
            told[name] = round(size, 4)
        for name in params:
            if name not in {"gain", "add"} and (value := getattr(fault, name)) is not None:
                told[name] = value
        return told


class Timeline:
    """The faults of N devices with these sensors; `matched` holds, for each fault, whom it may befall."""

    def __init__(
        self,
        faults: Sequence[tuple[Fault, Ints]],
        sensors: Sequence[str],
        keys: Keys,
        start: int,
        every: int,
    ) -> None:
        self._faults, self._sensors, self._keys = faults, list(sensors), keys
        self._start, self._every = start, every
        random = [fault for fault, _ in faults if fault.at is None]
        self._longest = max(map(self._length, random), default=0)
        self._random = bool(random)
        self._scheduled = [episode for fault, who in faults for episode in self._at(fault, who)]
        self._day = lru_cache(maxsize=64)(self._draw_day)
        self._window = lru_cache(maxsize=8)(self._gather)

    def overlapping(self, begin: int, end: int) -> list[Episode]:
        """The episodes that touch [begin, end), by start; the span is at most a day."""
        starts, ends, episodes = self._window(begin // DAY_MS, (end - 1) // DAY_MS)
        touched = np.flatnonzero((starts < end) & (ends > begin))
        return [episodes[index] for index in touched]

    def _gather(self, first: int, last: int) -> tuple[Ints, Ints, list[Episode]]:
        """All episodes that may touch these days."""
        earliest = (first * DAY_MS - self._longest) // DAY_MS
        drawn = [e for day in range(earliest, last + 1) for e in self._day(day)] if self._random else []
        episodes = sorted([*self._scheduled, *drawn], key=lambda episode: episode[:4])
        starts = np.array([episode.start for episode in episodes], dtype=np.int64)
        return starts, np.array([episode.end for episode in episodes], dtype=np.int64), episodes

    def _length(self, fault: Fault) -> int:
        return self._every if fault.duration is None else fault.duration

    def _targets(self, fault: Fault) -> list[int]:
        if KINDS[fault.kind].level != "sensor":
            return [-1]
        return [i for i, name in enumerate(self._sensors) if fault.sensor in {None, name}]

    def _at(self, fault: Fault, who: Ints) -> list[Episode]:
        if fault.at is None:
            return []
        begin = self._start + fault.at
        return [
            Episode(begin, begin + self._length(fault), int(device), target, fault, float(mark))
            for target in self._targets(fault)
            for device, mark in zip(who, self._marks(fault, who, target), strict=True)
        ]

    def _marks(self, fault: Fault, who: Ints, target: int) -> Floats:
        return uniform(self._stream(fault, target)[who], fault.at or 0)

    def _draw_day(self, day: int) -> list[Episode]:
        episodes = []
        for fault, who in self._faults:
            if fault.at is not None:
                continue
            for target in self._targets(fault):
                drawn = events_of_day(self._stream(fault, target)[who], day, fault.rate)
                begins = day * DAY_MS + (drawn.time * DAY_MS).astype(np.int64)
                episodes += [
                    Episode(begin, begin + self._length(fault), int(who[index]), target, fault, mark)
                    for index, begin, mark in zip(
                        drawn.device, begins.tolist(), drawn.mark.tolist(), strict=True
                    )
                ]
        return episodes

    def chance(self, episode: Episode, sample: int) -> tuple[float, float]:
        """Two uniform numbers for this sample of the episode's device."""
        key = self._stream(episode.fault, episode.sensor)[[episode.device]]
        first, second = uniform(key, np.array([2 * sample, 2 * sample + 1])).tolist()
        return first, second

    def _stream(self, fault: Fault, target: int) -> Words:
        sensor = self._sensors[target] if target >= 0 else ""
        return self._keys.stream(f"fault.{fault.kind}.{sensor}.{fault.match}.{fault.at}.{fault.rate}")


def timeline_of(plan: GroupPlan, span: Span) -> Timeline:
    """When which fault befalls which of the devices."""
    names = [sensor.name for sensor in plan.profile.sensors]
    keys = Keys(plan.seed, plan.ids)
    return Timeline(_befallen(plan), names, keys, span.start, plan.profile.every)


def _befallen(plan: GroupPlan) -> list[tuple[Fault, Ints]]:
    """The faults with the devices that they match; upsets befall only models that know them."""
    found = [
        (
            fault,
            [i for i, name in enumerate(plan.ids) if matches(fault.match, name, plan.site.name, plan.labels)],
        )
        for fault in plan.faults
        if KINDS[fault.kind].level != "process" or fault.kind in plan.profile.model.upset_by
    ]
    return [(fault, np.array(who, dtype=np.int64)) for fault, who in found if who]
