"""Bounded numbers of result files, and long lists of them that stay packed: as bytes, until one is looked at.

Ten million pairs are 100 MB in a file and 1 GB as objects: they are checked once, then kept as they came.
"""

from typing import Annotated, Any

import msgspec
from msgspec import Meta, Raw

__all__ = [
    "Amount",
    "Arrivals",
    "Buckets",
    "Count",
    "ExitCode",
    "Microseconds",
    "Moment",
    "Probe",
    "Probes",
    "Seconds",
    "Signed",
    "arrivals",
    "buckets",
    "nothing",
    "probes",
]

Count = Annotated[int, Meta(ge=0, le=2**53)]
Microseconds = Annotated[int, Meta(ge=0, le=2**53)]
Seconds = Annotated[float, Meta(ge=0, le=1e12)]
Moment = Annotated[float, Meta(ge=-1e9, le=1e12)]  # seconds; a sample may be older than the run
Amount = Annotated[float, Meta(ge=0, le=1e15)]
Signed = Annotated[float, Meta(ge=-1e15, le=1e15)]
ExitCode = Annotated[int, Meta(ge=0, le=255)]
Probe = tuple[str, Count, Count, Microseconds, Microseconds]  # source, seq, subscribers, µs to first, to last

# Packed, and what `msgspec` would say of the list itself.
Arrivals = Annotated[Raw, Meta(extra_json_schema=msgspec.json.schema(list[tuple[Seconds, Count]] | None))]
Buckets = Annotated[Raw, Meta(extra_json_schema=msgspec.json.schema(list[tuple[Microseconds, Count]]))]
Probes = Annotated[Raw, Meta(extra_json_schema=msgspec.json.schema(list[Probe]))]

ARRIVALS = msgspec.json.Decoder(list[tuple[Seconds, Count]] | None)
BUCKETS = msgspec.json.Decoder(list[tuple[Microseconds, Count]])
PROBES = msgspec.json.Decoder(list[Probe])


def nothing() -> Raw:
    """A list that isn't there."""
    return Raw(b"[]")


def arrivals(packed: Raw) -> list[tuple[float, int]]:
    """[seconds, bytes] of each read. Raises ValueError, as the two below."""
    found: list[tuple[float, int]] | None = unpacked(ARRIVALS, packed)
    return found or []


def buckets(packed: Raw) -> list[tuple[int, int]]:
    """[lower edge in µs, samples] of a histogram."""
    found: list[tuple[int, int]] = unpacked(BUCKETS, packed)
    return found


def probes(packed: Raw) -> list[Probe]:
    """[source, seq, subscribers reached, µs to the first, µs to the last] of each event."""
    found: list[Probe] = unpacked(PROBES, packed)
    return found


def unpacked(decoder: msgspec.json.Decoder[Any], packed: Raw) -> Any:
    try:
        return decoder.decode(packed)
    except msgspec.ValidationError as error:
        raise ValueError(str(error).replace(" - at ", " at ").replace("`", "").replace("$", "")) from error
