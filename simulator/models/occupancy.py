"""People in office rooms: who comes, when, and for how long; meetings beside. Pure in (key, time)."""

from functools import lru_cache
from typing import NamedTuple

import numpy as np

from simulator.events import events_of_day
from simulator.rng import Floats, Keys, Words, normal, uniform

__all__ = ["Occupancy"]

HOUR = 3600.0
BREAKS = 5  # of each person and day; the first is lunch
MEETINGS_PER_DAY = 0.5
DRAWS = 32  # random numbers of one person and day


class _Day(NamedTuple):
    """Local seconds: presence (device, person), breaks (break, device, person), and visits (visit,)."""

    arrive: Floats
    leave: Floats
    out: Floats
    back: Floats
    host: Floats
    begin: Floats
    end: Floats
    guests: Floats


class Occupancy:
    """Rooms with `capacity` desks, each used on eight of ten working days (times after Page et al. 2008)."""

    def __init__(self, keys: Keys, capacity: Floats) -> None:
        desks = range(int(capacity.max(initial=0)))
        self._people: Words = np.stack([keys.stream(f"person.{desk}") for desk in desks], axis=1)
        self._used = np.arange(len(desks)) < capacity[:, None]
        self._meetings = keys.stream("meetings")
        self._day = lru_cache(maxsize=4)(self._draw_day)
        self.at = lru_cache(maxsize=2)(self._count)

    def _count(self, day: int, second: float) -> Floats:
        """How many people are in each room at that second of local working day `day`."""
        plan = self._day(day)
        away = ((plan.out <= second) & (second < plan.back)).any(axis=0)
        at_desk = (plan.arrive <= second) & (second < plan.leave) & ~away
        people: Floats = at_desk.astype(np.float64) @ np.ones(at_desk.shape[1])
        meeting = (plan.begin <= second) & (second < plan.end)
        np.add.at(people, plan.host[meeting].astype(int), plan.guests[meeting])
        return people

    def _draw_day(self, day: int) -> _Day:
        first = day * DRAWS
        key = self._people
        comes = self._used & (uniform(key, first) < 0.8)
        arrive = np.where(comes, (8.5 + 0.6 * normal(key, first + 1)) * HOUR, np.inf)
        leave = (17.4 + 0.7 * normal(key, first + 2)) * HOUR
        lunch = (12.3 + 0.35 * normal(key, first + 3)) * HOUR
        out, back = [lunch], [lunch + (38 + 9 * normal(key, first + 4)) * 60]
        for number in range(1, BREAKS):
            start = (9.0 + 8.0 * uniform(key, first + 3 + 2 * number)) * HOUR
            out.append(start)
            back.append(start + 22 * 60 * 1.9 ** normal(key, first + 4 + 2 * number))
        visits = events_of_day(self._meetings, day, MEETINGS_PER_DAY)
        begin = (9.0 + 7.0 * visits.time) * HOUR
        length = (30 + 15 * np.floor(4 * visits.mark)) * 60
        guests = 1 + np.floor((visits.mark * 64) % 3)
        stacked = np.stack(out), np.stack(back)
        return _Day(arrive, leave, *stacked, visits.device.astype(float), begin, begin + length, guests)
