"""A stream that came with a content coding, read as it would have come without. Does no I/O."""

import zlib
from collections.abc import Callable
from dataclasses import replace
from importlib import import_module
from typing import Any

from conformance.reading import Reading
from conformance.transcript import Arrival

__all__ = ["REGISTERED", "CodingError", "codings", "decodable", "plain"]

# https://www.iana.org/assignments/http-parameters, content codings; "identity" is no value of the field
REGISTERED = {"aes128gcm", "br", "compress", "dcb", "dcz", "deflate", "exi", "gzip", "zstd"}
REGISTERED |= {"pack200-gzip", "x-compress", "x-gzip"}
GZIP, ZLIB, RAW = 31, 15, -15  # windows of zlib
HEAD = b"HTTP/1.1 200 OK\r\n\r\n"  # without a length or chunks: the body ends with the connection

Decode = Callable[[bytes], bytes]


class CodingError(ValueError):
    """The body is not what its Content-Encoding says."""


def codings(reading: Reading) -> list[str]:
    """Every coding that the head names, in lower case, in order; "identity" is none."""
    fields = reading.head.all("content-encoding") if reading.head else []
    names = [name.strip().lower() for field in fields for name in field.split(",")]
    return [name for name in names if name not in {"", "identity"}]


def decodable(reading: Reading) -> bool:
    """Whether the body can be read here: it has no coding, or one that a library here knows."""
    known = [name for name in codings(reading) if name in REGISTERED]
    return not known or (len(known) == 1 and _decoder(known[0]) is not None)


def plain(reading: Reading) -> Reading:
    """The same stream without its coding, each byte with its time. Raises CodingError.

    A coding that is not registered is taken for none, as clients do.
    """
    known = [name for name in codings(reading) if name in REGISTERED]
    if not known or reading.head is None:
        return reading
    decode = _decoder(known[0])
    assert decode is not None, "whoever reads has asked whether it can be read"
    ends = [*reading.offsets[1:], len(reading.body)] if reading.offsets else []
    arrivals = [Arrival(reading.head.seconds, HEAD)]
    for begin, end, seconds in zip(reading.offsets, ends, reading.pieces, strict=True):
        text = decode(bytes(reading.body[begin:end]))
        arrivals += [Arrival(seconds, text)] if text else []
    return Reading.of(replace(reading.transcript, arrivals=tuple(arrivals), end=""))


def _decoder(name: str) -> Decode | None:
    """None where this machine has no library for it."""
    match name:
        case "gzip" | "x-gzip":
            return _Inflater(GZIP)
        case "deflate":
            return _Inflater(ZLIB)
        case "br":
            return _foreign("brotli", lambda library: library.Decompressor().process)
        case "zstd":
            return _foreign(
                "zstandard", lambda library: library.ZstdDecompressor().decompressobj().decompress
            )
        case _:
            return None


class _Inflater:
    """zlib, over several members, and over a deflate that lacks its header as that of some servers does."""

    def __init__(self, window: int) -> None:
        self._window = window
        self._inflate = zlib.decompressobj(window)
        self._begun = False

    def __call__(self, data: bytes) -> bytes:
        try:
            text = self._inflate.decompress(data)
        except zlib.error as error:
            if self._begun or self._window != ZLIB:
                raise CodingError(str(error)) from error
            self._window = RAW
            self._inflate = zlib.decompressobj(RAW)
            text = self(data)
        self._begun = True
        if self._inflate.eof and (rest := self._inflate.unused_data):
            self._inflate = zlib.decompressobj(self._window)
            return text + self(rest)
        return text


def _foreign(name: str, decoder: Callable[[Any], Decode]) -> Decode | None:
    try:
        library = import_module(name)
    except ImportError:
        return None
    decode = decoder(library)

    def checked(data: bytes) -> bytes:
        try:
            return decode(data)
        except Exception as error:  # each library has its own
            raise CodingError(str(error)) from error

    return checked
