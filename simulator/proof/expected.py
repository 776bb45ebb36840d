"""What devices have to have delivered, however often and in whatever order: a bit a message. Does no I/O."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulator.proof.digest import digest_head, digests
from simulator.rng import Ints, Words

__all__ = ["Expectation", "Expected"]

Bits = NDArray[np.uint8]
FIRST_ROOM = 512  # sequence numbers for which there is room at first


@dataclass(frozen=True, slots=True)
class Expectation:
    """What one device should have delivered: how many messages, their digest, and which (bool, by seq)."""

    count: int
    digest: int
    seqs: NDArray[np.bool_]


class Expected:
    """Grows by messages of N devices in the run of that boot; one that was there before changes nothing."""

    def __init__(self, ids: Sequence[str], boot: int) -> None:
        self._heads = [digest_head(name, boot) for name in ids]
        self._bits: Bits = np.zeros((len(ids), FIRST_ROOM // 8), dtype=np.uint8)
        self._count: Ints = np.zeros(len(ids), dtype=np.int64)
        self._digest: Words = np.zeros(len(ids), dtype=np.uint64)

    @property
    def messages(self) -> int:
        """How many there are."""
        return int(self._count.sum())

    def add(self, devices: Ints, seqs: Ints, messages: Sequence[bytes]) -> None:
        """Add messages, no two of the same device and seq in one call."""
        self._make_room(int(seqs.max(initial=0)))
        byte, bit = seqs >> 3, np.left_shift(1, seqs & 7).astype(np.uint8)
        new = np.flatnonzero(self._bits[devices, byte] & bit == 0)
        if len(new) < len(devices):
            devices, seqs, byte, bit = devices[new], seqs[new], byte[new], bit[new]
            messages = [messages[row] for row in new.tolist()]
        np.bitwise_or.at(self._bits, (devices, byte), bit)
        heads = [self._heads[device] for device in devices.tolist()]
        np.add.at(self._digest, devices, digests(heads, seqs.tolist(), messages))
        np.add.at(self._count, devices, 1)

    def of(self, device: int) -> Expectation:
        """What one of the devices, by its number, should have delivered."""
        seqs = np.unpackbits(self._bits[device], bitorder="little").astype(bool)
        return Expectation(int(self._count[device]), int(self._digest[device]), seqs)

    def _make_room(self, seq: int) -> None:
        if (seq >> 3) >= self._bits.shape[1]:
            wider = max((seq >> 3) + 1, 2 * self._bits.shape[1])
            grown = np.zeros((len(self._bits), wider), dtype=np.uint8)
            grown[:, : self._bits.shape[1]] = self._bits
            self._bits = grown
