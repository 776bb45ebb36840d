"""A log in memory: for demos, tests and streams that may begin anew with each start."""

import secrets
import time
from collections import deque
from collections.abc import Sequence
from itertools import islice

from reference_server.figures import Figures
from reference_server.ledger import Ledger
from reference_server.limits import Limits
from reference_server.log import Birth, Durability, Entry, Item, Listener, Receipt, keep_latest
from reference_server.seen import Seen

__all__ = ["MemoryLog"]


class MemoryLog:
    """Keeps the last `retain` entries, for at most `retain_age` seconds; 0: for ever.

    An append is a commit at once.
    """

    durability: Durability = "memory"

    def __init__(self, retain: int, limits: Limits, retain_age: float = 0) -> None:
        self.epoch = secrets.token_hex(4)
        self.newest = 0
        self._entries: deque[Entry] = deque(maxlen=retain)
        self._times: deque[float] = deque(maxlen=retain)  # of the entries, in seconds since 1970
        self._age = retain_age
        self._latest: dict[str, Entry] = {}
        self._seen = Seen(limits.dedupe_seconds)
        self._listeners: list[Listener] = []
        self.births: dict[str, Birth] = {}
        self.figures: dict[str, Figures] = {}

    @property
    def oldest(self) -> int:
        while self._age and self._times and self._times[0] < time.time() - self._age:
            self._times.popleft()
            self._entries.popleft()
        return self.newest - len(self._entries) + 1

    def listen(self, listener: Listener) -> None:
        self._listeners.append(listener)

    async def append(self, items: Sequence[Item]) -> Receipt:
        now = time.time()
        sequences: list[int | None] = []
        entries: list[Entry] = []
        ledger = Ledger(self._seen, self.figures, now)
        for item in items:
            if not ledger.take(item):
                sequences.append(None)
                continue
            self.newest += 1
            sequences.append(self.newest)
            entries.append(Entry(self.newest, item))
        self.figures.update(ledger.figures())
        self._entries.extend(entries)
        self._times.extend(now for _ in entries)
        self._latest.update((entry.item.device, entry) for entry in entries if entry.item.device)
        self._seen.forget(now)
        for listener in self._listeners:
            listener(entries)
        return Receipt(tuple(sequences), self.newest)

    async def register(self, births: Sequence[Birth]) -> None:
        keep_latest(self.births, births)

    async def after(self, sequence: int, most_bytes: int) -> list[Entry]:
        found: list[Entry] = []
        size = 0
        for entry in islice(self._entries, max(0, sequence + 1 - self.oldest), None):
            size += len(entry.item.data)
            if found and size > most_bytes:
                break
            found.append(entry)
        return found

    async def latest(self) -> list[Entry]:
        return list(self._latest.values())

    async def close(self) -> None:
        self._entries.clear()
