"""What a fault is. The faults themselves are in the module of the section whose rows have to see them."""

from typing import NamedTuple

from reference_server.parts import Parts

__all__ = ["Fault"]


class Fault(NamedTuple):
    """One point done wrong: in a line, the parts that do it, and the ids of the rows that must fail."""

    help: str
    parts: Parts
    caught_by: tuple[str, ...]
