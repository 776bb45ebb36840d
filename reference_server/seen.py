"""What was seen: a bitmap per device, boot and 1 024 sequence numbers, on a clock of its own. Does no I/O."""

from collections import OrderedDict
from collections.abc import Callable

from reference_server.log import Key

__all__ = ["Block", "Seen", "block_of"]

BLOCK = 1024  # sequence numbers in a bitmap


Block = tuple[str, int, int]  # names one bitmap: device, boot and number


def block_of(key: Key) -> Block:
    """The bitmap that a key belongs to."""
    device, boot, seq = key
    return device, boot, seq // BLOCK


class Seen:
    """Remembers keys for `age_seconds` after the last one of their block came.

    `load` fetches the bitmap of a block that is not in memory, 0 if there is none. `keep` is how many blocks
    stay in memory where it can fetch the others again; None: all.
    """

    def __init__(
        self, age_seconds: float, load: Callable[[Block], int] = lambda _: 0, keep: int | None = None
    ) -> None:
        self._age = age_seconds
        self._load = load
        self._keep = keep
        self._bits: OrderedDict[Block, int] = OrderedDict()
        self._touched: dict[Block, float] = {}

    def __len__(self) -> int:
        return len(self._bits)

    def add(self, key: Key, now: float) -> bool:
        """Whether `key` is new; from now on it is not."""
        block, bit = block_of(key), 1 << key[2] % BLOCK
        bits = self._bits.get(block)
        if bits is None:
            bits = self._load(block)
        self._bits[block] = bits | bit
        self._bits.move_to_end(block)
        self._touched[block] = now
        return not bits & bit

    def bits(self, block: Block) -> int:
        return self._bits[block]

    def forget(self, now: float) -> None:
        """Let go of what is old, or too much."""
        while self._bits:
            block = next(iter(self._bits))
            too_many = self._keep is not None and len(self._bits) > self._keep
            if not too_many and now - self._touched[block] <= self._age:
                return
            del self._bits[block], self._touched[block]

    def clear(self) -> None:
        """Forget what is in memory; `load` fetches what was committed."""
        self._bits.clear()
        self._touched.clear()
