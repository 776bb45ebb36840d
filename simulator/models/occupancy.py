"""People in office rooms: who comes, when, and for how long; meetings beside. Pure in (key, time)."""

from functools import lru_cache
from typing import NamedTuple

import numpy as np

from simulator.events import events_of_day
from simulator.rng import Floats, Ints, Keys, Words, normal, uniform

__all__ = ["Occupancy"]

HOUR = 3600.0
BREAKS = 5  # of each person and day; the first is lunch
HALF_DAYS = 0.1  # of the days that somebody comes: mornings alone, and as many afternoons alone
MEETINGS_PER_DAY = 0.5
DRAWS = 32  # random numbers of one person and day


class _Day(NamedTuple):
    """Who comes and goes in order of time: local second, room, and how many more are in it from then on."""

    second: Floats
    room: Ints
    more: Floats


class Occupancy:
    """Rooms with `capacity` desks, each used on eight of ten working days (times after Page et al. 2008)."""

    def __init__(self, keys: Keys, capacity: Floats) -> None:
        desks = range(int(capacity.max(initial=0)))
        self._people: Words = np.stack([keys.stream(f"person.{desk}") for desk in desks], axis=1)
        self._used = np.arange(len(desks)) < capacity[:, None]
        self._meetings = keys.stream("meetings")
        self._day = lru_cache(maxsize=4)(self._draw_day)
        self._counted: tuple[int, int, Floats] | None = (
            None  # a day, how many of its events, and what they make
        )

    def at(self, day: int, second: float) -> Floats:
        """People in each room at that second of local working day `day`; not to be written to."""
        plan = self._day(day)
        until = int(np.searchsorted(plan.second, second, side="right"))
        done, people = 0, np.zeros(len(self._used))
        if self._counted is not None and self._counted[0] == day and self._counted[1] <= until:
            _, done, people = self._counted
        if done < until:
            new = slice(done, until)
            people = people + np.bincount(plan.room[new], plan.more[new], len(people))
        self._counted = day, until, people
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
        half = uniform(key, first + 3 + 2 * BREAKS)
        leave = np.where(half < HALF_DAYS, np.minimum(leave, lunch), leave)
        arrive = np.where((half >= HALF_DAYS) & (half < 2 * HALF_DAYS), np.maximum(arrive, back[0]), arrive)
        visits = events_of_day(self._meetings, day, MEETINGS_PER_DAY)
        begin = (9.0 + 7.0 * visits.time) * HOUR
        length = (30 + 15 * np.floor(4 * visits.mark)) * 60
        guests = 1 + np.floor((visits.mark * 64) % 3)
        desks = _comings(np.stack([arrive, *back], axis=-1), np.stack([leave, *out], axis=-1))
        second = np.concatenate([desks.second, begin, begin + length])
        room = np.concatenate([desks.room, visits.device, visits.device])
        more = np.concatenate([desks.more, guests, -guests])
        order = np.argsort(second, kind="stable")
        return _Day(second[order], room[order], more[order])


def _comings(to: Floats, away: Floats) -> _Day:
    """Of moments (room, person, times) at which a reason to be away ends or begins, those that count.

    Breaks overlap: somebody is there while none of the reasons holds, the first of which is not to have come.
    """
    moments = np.concatenate([to, away], axis=-1)
    order = np.argsort(moments, axis=-1, kind="stable")
    moments = np.take_along_axis(moments, order, axis=-1)
    reasons = 1 + np.cumsum(np.where(order < to.shape[-1], -1, 1), axis=-1)
    there = (reasons == 0).astype(np.float64)
    more = np.diff(there, axis=-1, prepend=0.0)
    room, person, number = np.nonzero(np.isfinite(moments) & (more != 0))
    return _Day(moments[room, person, number], room, more[room, person, number])
