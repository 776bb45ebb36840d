"""Messages with whose they are."""

import numpy as np

from simulator.parcel import Parcel

FOUR = Parcel([b"0", b"1", b"2", b"3"], np.array([7, 8, 7, 9]), np.array([0.0, 1.0, 2.0, 3.0]))


def told(parcel: Parcel) -> list[tuple[bytes, int, float]]:
    return list(zip(parcel.messages, parcel.devices.tolist(), parcel.due.tolist(), strict=True))


def test_parts_keep_what_belongs_together() -> None:
    assert told(FOUR[1:3]) == [(b"1", 8, 1.0), (b"2", 7, 2.0)]
    assert told(FOUR.pick(np.array([3, 0]))) == [(b"3", 9, 3.0), (b"0", 7, 0.0)]
    assert told(FOUR.without(2)) == told(Parcel.join([FOUR[:2], FOUR[3:]]))


def test_none_is_false() -> None:
    assert not Parcel.join([])
    assert not FOUR[4:]
    assert len(Parcel.join([FOUR, FOUR])) == 8
