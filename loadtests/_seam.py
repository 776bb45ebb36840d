"""Where a stream that was lost is taken up again: what was missed there for good. Pure."""

from collections.abc import Iterable, Mapping

from loadtests._accounting import Track

__all__ = ["Seam"]


class Seam:
    """Of one subscriber, in `phase`. `lasts` are the numbers seen last by source, before it was away.

    What was replayed lies between them and the first event of each source that was sent after its return.
    """

    __slots__ = ("_firsts", "_lasts", "opened_ns", "phase", "replayed_ns")

    def __init__(self, phase: int, opened_ns: int, lasts: Mapping[str, int]) -> None:
        self.phase = phase
        self.opened_ns = opened_ns
        self.replayed_ns = 0  # when the last event came that had been missed; 0 for none
        self._lasts = lasts
        self._firsts: dict[str, int] = {}

    def close(self, source: str, seq: int) -> None:
        """An event of the source came that was sent after the return; only the first one counts."""
        self._firsts.setdefault(source, seq)

    def gap(self, tracks: Iterable[Track]) -> int:
        """How many events are missing there still."""
        return sum(
            track.missing_in(range(self._lasts[track.source] + 1, self._firsts[track.source]))
            for track in tracks
            if track.source in self._firsts
        )
