"""A recording as devices that say it again: stamped anew, over and over, and by many at once. Sends nothing.

What it yields is a function of the recording and the plan alone, so that it can be played a second time.
"""

from collections.abc import Iterator
from itertools import count
from typing import NamedTuple

import numpy as np

from simulator.postponed import Rows
from simulator.replay.recording import Recording
from simulator.replay.survey import Survey
from simulator.replay.table import RecordingError
from simulator.rng import Floats, Ints, Keys, uniform
from simulator.schedule import NEVER

__all__ = ["Playback", "PlaybackPlan"]

ROWS = 5_000  # that are made at once, about


class PlaybackPlan(NamedTuple):
    """The first reading is due at `start` and stamped `stamp` (ms UTC); nothing is due from `end` on.

    Each device is played by `copies`, which are shifted by up to its period if they `spread`, and whose
    values differ by a factor of up to 1 ± `vary`.
    """

    start: int
    stamp: int
    end: int | None = None
    loop: bool = False
    copies: int = 1
    spread: bool = True
    vary: float = 0.0


class _Block(NamedTuple):
    """Readings in order of time: due, device, seq (readings,); values (sensors, readings)."""

    t: Ints
    device: Ints
    seq: Ints
    values: Floats

    def join(self, other: "_Block") -> "_Block":
        return _Block(
            np.concatenate((self.t, other.t)),
            np.concatenate((self.device, other.device)),
            np.concatenate((self.seq, other.seq)),
            np.concatenate((self.values, other.values), axis=1),
        )

    def after(self, first: int) -> "_Block":
        return _Block(self.t[first:], self.device[first:], self.seq[first:], self.values[:, first:])


class Playback:
    """Has what a group has: `ids`, `due`, `next`, `running`. Raises RecordingError and OSError."""

    def __init__(self, recording: Recording, survey: Survey, plan: PlaybackPlan) -> None:
        if plan.loop and survey.period == 0:
            raise RecordingError(f"{recording.table.path}: --loop: no device has two readings at two moments")
        self.sensors, self.ids = survey.sensors, _names(survey.devices, plan.copies)
        keys = Keys(0, self.ids)
        self.hashes = keys.hashes
        self._recording, self._survey, self._plan = recording, survey, plan
        self._end = NEVER if plan.end is None else plan.end
        self._factors = _factors(keys, survey, plan.vary)
        copies = Keys(0, [f"copy {number}" for number in range(plan.copies)])
        shifts = uniform(copies.stream("phase"), 0) * survey.period * (plan.spread and plan.copies > 1)
        self._shift: Ints = shifts.astype(np.int64)
        self._blocks = self._read()
        self._window = next(self._blocks, None) or _nothing(len(self.sensors))
        self._place = np.zeros(plan.copies, dtype=np.int64)  # of each copy, in the window

    @property
    def start(self) -> int:
        """When the first reading is due, in ms UTC; those of copies that are shifted come later."""
        return self._plan.start

    def next(self) -> int:
        """When something is due next, in ms UTC; NEVER after the end."""
        self._load()
        there = self._place < len(self._window.t)
        if not there.any():
            return NEVER
        due = int((self._window.t[self._place[there]] + self._shift[there]).min())
        return due if due < self._end else NEVER

    @property
    def running(self) -> bool:
        """Whether there is more to come."""
        return self.next() < NEVER

    def due(self, until: int) -> Iterator[Rows]:
        """All that is due by `until`; each device's in order, and what is yielded at once by time."""
        until = min(until, self._end - 1)
        while True:
            if len((rows := self._take(until)).device):
                yield rows
            if len(self._window.t) and self._window.t[-1] > until:
                return
            if not self._load(more=True):
                return

    def rest(self) -> Iterator[Rows]:
        """All that is left, if it ends."""
        yield from self.due(NEVER - 1)

    def _take(self, until: int) -> Rows:
        window, copies = self._window, self._plan.copies
        last = np.searchsorted(window.t, until - self._shift, side="right")
        number = np.maximum(last - self._place, 0)
        copy = np.repeat(np.arange(copies), number)
        row = np.arange(len(copy)) - np.repeat(np.cumsum(number) - number, number) + self._place[copy]
        self._place += number
        at = window.t[row] + self._shift[copy]
        order = np.argsort(at, kind="stable")
        row, copy, at = row[order], copy[order], at[order]
        device = window.device[row] * copies + copy
        values = window.values[:, row]
        if self._factors is not None:
            values = values * self._factors[:, device]
        stamp = at + (self._plan.stamp - self._plan.start)
        return Rows(device, window.seq[row], stamp, at, values, late=False)

    def _load(self, *, more: bool = False) -> bool:
        """Let go of what all copies have said, and read on if need be; whether there was more."""
        if done := int(self._place.min()):
            self._window, self._place = self._window.after(done), self._place - done
        if not more and len(self._window.t):
            return True
        block = next(self._blocks, None)
        if block is not None:
            self._window = self._window.join(block)
        return block is not None

    def _read(self) -> Iterator[_Block]:
        """The recording in blocks, once or for ever."""
        survey, plan = self._survey, self._plan
        size = max(1, ROWS // plan.copies)
        said = [0] * len(survey.devices)
        length = survey.last - survey.first + survey.period
        block: list[tuple[int, int, int, dict[int, float]]] = []
        for turn in count() if plan.loop else range(1):
            begin = plan.start - survey.first + turn * length
            for reading in self._recording.readings():
                if (t := begin + reading.t) >= self._end:
                    yield self._block(block)
                    return
                if reading.device == len(said):
                    raise self._changed()
                block.append((t, reading.device, said[reading.device], reading.values))
                said[reading.device] += 1
                if len(block) == size:
                    yield self._block(block)
                    block = []
        yield self._block(block)

    def _block(self, block: list[tuple[int, int, int, dict[int, float]]]) -> _Block:
        if len(self._recording.sensors) > len(self.sensors):
            raise self._changed()
        values = np.full((len(self.sensors), len(block)), np.nan)
        for row, (_, _, _, said) in enumerate(block):
            values[list(said), row] = list(said.values())
        t, device, seq = (np.array([each[i] for each in block], dtype=np.int64) for i in range(3))
        return _Block(t, device, seq, values)

    def _changed(self) -> RecordingError:
        return RecordingError(f"{self._recording.table.path}: has changed since it was checked")


def _names(devices: tuple[str, ...], copies: int) -> tuple[str, ...]:
    if copies == 1:
        return devices
    width = len(str(copies))
    return tuple(f"{name}-{number:0{width}d}" for name in devices for number in range(1, copies + 1))


def _factors(keys: Keys, survey: Survey, vary: float) -> Floats | None:
    """(sensors, devices)."""
    if not vary:
        return None
    shares = [uniform(keys.stream(f"vary.{sensor.name}"), 0) for sensor in survey.sensors]
    return 1 + vary * (2 * np.stack(shares) - 1)


def _nothing(sensors: int) -> _Block:
    none = np.array([], dtype=np.int64)
    return _Block(none, none, none, np.empty((sensors, 0)))
