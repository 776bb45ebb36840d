"""Working days and local time of a place. Pure."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np

from .rng import Ints

__all__ = ["CALENDARS", "Workdays"]

CALENDARS = {
    "office": frozenset(range(5)),
    "shop": frozenset(range(6)),
    "always": frozenset(range(7)),
}  # weekdays worked, Monday = 0
EPOCH = date(1970, 1, 1)
OFFSET_STEP = 900  # seconds; every zone in use changes its clock on a quarter of an hour


@dataclass(frozen=True, slots=True)
class Workdays:
    """The weekdays worked, the days of the year off ("12-25"), and the zone in which they count."""

    zone: ZoneInfo
    weekdays: frozenset[int]
    holidays: frozenset[str] = frozenset()

    def is_workday(self, day: int) -> bool:
        """Whether local day `day` (days since 1970) is worked."""
        then = EPOCH + timedelta(days=day)
        return then.weekday() in self.weekdays and f"{then:%m-%d}" not in self.holidays

    def local_seconds(self, day: int, lattice: int) -> Ints:
        """Local seconds since 1970 over UTC day `day`, on a lattice that divides 900 s; they jump."""
        first = datetime.combine(EPOCH + timedelta(days=day), datetime.min.time(), UTC)
        quarters = (first + timedelta(seconds=s) for s in range(0, 86400, OFFSET_STEP))
        offsets = [
            int((q.astimezone(self.zone).utcoffset() or timedelta()).total_seconds()) for q in quarters
        ]
        offset = np.repeat(np.array(offsets, dtype=np.int64), OFFSET_STEP // lattice)
        return day * 86400 + np.arange(0, 86400, lattice) + offset
