"""The digest of messages, by which two sides compare what they hold without sending it. Pure.

That of a device is the sum modulo 2^64 of the first 8 bytes (little endian) of BLAKE2b-512 over
`device NUL boot NUL seq NUL data` of each message, so their order does not matter. A server computes it
apart from us; the test vectors are pinned on both sides.
"""

from collections.abc import Sequence
from hashlib import blake2b

import numpy as np

from simulator.rng import Words

__all__ = ["digest_head", "digests"]


def digest_head(device: str, boot: int) -> bytes:
    """What the hashes of all messages of a device and boot begin with."""
    return f"{device}\0{boot}\0".encode()


def digests(heads: Sequence[bytes], seqs: Sequence[int], messages: Sequence[bytes]) -> Words:
    """One number for each message, to be summed; shape (messages,)."""
    rows = zip(heads, seqs, messages, strict=True)
    hashes = [blake2b(b"%b%d\0%b" % (head, seq, data)).digest()[:8] for head, seq, data in rows]
    return np.frombuffer(b"".join(hashes), dtype="<u8").astype(np.uint64)
