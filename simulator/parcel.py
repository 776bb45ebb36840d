"""Messages on their way to the receiver, with whose they are and when they were due. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np

from .rng import Floats, Ints

__all__ = ["Parcel"]


@dataclass(frozen=True, slots=True)
class Parcel:
    """JSON texts; their devices, numbered over the run; due at (monotonic seconds, NaN: never late)."""

    messages: list[bytes]
    devices: Ints
    due: Floats

    def __len__(self) -> int:
        return len(self.messages)

    def __getitem__(self, part: slice) -> "Parcel":
        return Parcel(self.messages[part], self.devices[part], self.due[part])

    def pick(self, rows: Ints) -> "Parcel":
        """Some of the messages, in that order."""
        return Parcel([self.messages[row] for row in rows.tolist()], self.devices[rows], self.due[rows])

    def without(self, row: int) -> "Parcel":
        """All but one."""
        return self.join([self[:row], self[row + 1 :]])

    @classmethod
    def join(cls, parcels: Sequence[Self]) -> Self:
        """All in one, in order; one alone is not copied."""
        if len(parcels) == 1:
            return parcels[0]
        messages = [message for parcel in parcels for message in parcel.messages]
        devices = [parcel.devices for parcel in parcels] or [np.array([], dtype=np.int64)]
        due = [parcel.due for parcel in parcels] or [np.array([])]
        return cls(messages, np.concatenate(devices), np.concatenate(due))
