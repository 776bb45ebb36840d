"""The vectors that are published for others, as records: our own oracle is tested by the same file."""

from base64 import b64decode
from importlib.resources import files
from itertools import pairwise

import msgspec

__all__ = ["VECTORS", "Dispatched", "Found", "Vector"]


class Dispatched(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An event that a page is handed."""

    type: str
    data: str
    last_event_id: str


class Found(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a linter has to say, and about which byte."""

    row: str
    level: str
    offset: int


class Vector(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One stream. Each of `splits` lists the offsets at which it is cut when it is delivered once."""

    id: str
    title: str
    text: str
    base64: str
    splits: list[list[int]]
    events: list[Dispatched]
    last_event_id: str
    retry: int | None
    findings: list[Found]

    @property
    def body(self) -> bytes:
        return b64decode(self.base64, validate=True)

    @property
    def deliveries(self) -> list[list[bytes]]:
        """The pieces of each delivery: those of the file, and all slices of one, two and three bytes."""
        even = [list(range(size, len(self.body), size)) for size in (1, 2, 3)]
        return [pieces(self.body, cuts) for cuts in [*self.splits, *even]]


class File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    schema: str
    about: str
    vectors: list[Vector]


def pieces(body: bytes, cuts: list[int]) -> list[bytes]:
    borders = [0, *cuts, len(body)]
    return [body[begin:end] for begin, end in pairwise(borders)]


TEXT = files("conformance").joinpath("vectors.json").read_bytes()
VECTORS = {vector.id: vector for vector in msgspec.json.decode(TEXT, type=File).vectors}
