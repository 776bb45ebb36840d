"""One replay of a recording: played as simulated time allows, delivered by the sink. Keeps no state file."""

import asyncio
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np

from simulator.births import births
from simulator.clock import Clock
from simulator.config import SinkPlan
from simulator.encode import Encoder
from simulator.parcel import Parcel
from simulator.replay.playback import Playback
from simulator.replay.survey import Survey
from simulator.rng import Ints
from simulator.schedule import NEVER
from simulator.sink import Sink
from simulator.stop import Stop
from simulator.tally import Tally

__all__ = ["ReplayRun"]

SHORTEST_NAP, LONGEST_NAP = 0.02, 0.25  # seconds between two looks at what is due


class ReplayRun:
    """Plays at `speed` simulated seconds a second; None: as fast as it is taken."""

    held = faults = 0  # a recording has what it has
    truth_path, flaw = None, ""

    def __init__(
        self,
        name: str,
        playback: Playback,
        survey: Survey,
        sink: SinkPlan,
        *,
        speed: float | None,
        boot: int,
        length: int | None,
        rejects: Path,
        say: Callable[[str], None],
    ) -> None:
        self.name, self.tally, self.rejects_path = name, Tally(), rejects
        self.sink: Sink | None = None
        self._clock: Clock | None = None
        self.position, self.phase = playback.start, "replay"
        self._length = length
        self._playback, self._survey, self._plan = playback, survey, sink
        self._speed, self._boot, self._say = speed, boot, say

    @property
    def share(self) -> float | None:
        """How much of its simulated time is over; None if it has no end."""
        if self._length is None:
            return None
        return min(1.0, (self.position - self._playback.start) / max(1, self._length))

    @property
    def slipped(self) -> float:
        """Simulated seconds by which the replay is behind the wall clock, since the receiver or we lag."""
        return self._clock.lost(time.monotonic()) if self._clock else 0.0

    async def deliver(self, stop: Stop) -> None:
        """Introduce the devices, then play to the end or until stopped.

        Raises UndeliverableError, RecordingError, and OSError.
        """
        async with self._open_sink() as sink:
            self.sink = sink
            await stop.bound(sink.introduce(list(self._births())))
            await stop.bound(self._play(sink))
            self.phase = "draining"
            await stop.bound_with_grace(sink.drain())

    def _open_sink(self) -> Sink:
        return Sink.planned(self._plan, self.tally, self.rejects_path, say=self._say)

    def _births(self) -> Iterator[bytes]:
        copies = len(self._playback.ids) // len(self._survey.devices)
        for number, known in enumerate(self._survey.known):
            sensors = [self._survey.sensors[index] for index in sorted(known)]
            ids = self._playback.ids[number * copies : (number + 1) * copies]
            yield from births(ids, self._boot, sensors, {"replay": self._survey.devices[number]})

    async def _play(self, sink: Sink) -> None:
        playback = self._playback
        encoder = Encoder(playback.ids, playback.sensors, self._boot)
        routes: Ints = (playback.hashes % sink.workers).astype(int)
        if self._speed is not None:
            self._clock = Clock(self.position, self._speed, time.monotonic())
        while playback.running:
            until = self._clock.tick(time.monotonic()) if self._clock else NEVER - 1
            for rows in playback.due(until):
                messages = encoder.encode(rows)
                due = self._clock.when(rows.at) if self._clock else np.full(len(messages), np.nan)
                self.tally.lateness.add(time.monotonic() - due)
                await sink.put(Parcel(messages, rows.device, due), routes[rows.device])
                self.position = int(rows.at[-1])
                if sink.returned:  # it was away, and may have forgotten them
                    await sink.introduce(list(self._births()))
            if self._clock:
                self.position = until
                nap = self._clock.until(playback.next())
                await asyncio.sleep(min(LONGEST_NAP, max(SHORTEST_NAP, nap)))
