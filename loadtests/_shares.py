"""What each subscriber had of one phase: deliveries, and how long they took in all. Pure."""

from array import array
from collections.abc import Iterator

from loadtests._tally import Share

__all__ = ["Shares"]


class Shares:
    """By the order in which subscribers got their first stream, from 0 on."""

    __slots__ = ("_n", "_total_ns")

    def __init__(self, subscribers: int) -> None:
        self._n = array("l", [0]) * subscribers
        self._total_ns = array("q", [0]) * subscribers

    def enter(self) -> None:
        """There is one subscriber more."""
        self._n.append(0)
        self._total_ns.append(0)

    def add(self, order: int, took_ns: int) -> None:
        self._n[order] += 1
        self._total_ns[order] += took_ns

    def rows(self) -> Iterator[Share]:
        """Of those who had anything."""
        for order, (n, total_ns) in enumerate(zip(self._n, self._total_ns, strict=True)):
            if n:
                yield Share(order, n, total_ns // 1000)
