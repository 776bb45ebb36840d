"""The digest: of bytes written by hand, and the same on both sides, which compute it apart."""

from hashlib import blake2b

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reference_server.figures import Tally
from simulator.proof.digest import digest_head, digests

ROOM = b'{"device":"room-101","boot":1772434800000,"seq":0,"ts":1772434812345,"values":{"temp":21.3}}'
VECTORS = {
    "a measurement": (b"room-101\x001772434800000\x000\x00" + ROOM, ("room-101", 1772434800000, 0, ROOM)),
    "no data": (b"a\x000\x000\x00", ("a", 0, 0, b"")),
    "a large seq": (b"a\x001\x009007199254740991\x00{}", ("a", 1, 2**53 - 1, b"{}")),
    "beyond ASCII": (b'a\x001\x002\x00{"u":"\xc2\xb5"}', ("a", 1, 2, '{"u":"µ"}'.encode())),
    "the server's first": (
        b'room-1\x007\x000\x00{"device":"room-1","boot":7,"seq":0,"value":1}',
        ("room-1", 7, 0, b'{"device":"room-1","boot":7,"seq":0,"value":1}'),
    ),
    "the server's second": (
        b'room-1\x007\x001\x00{"device":"room-1","boot":7,"seq":1,"note":"\xc3\xa9"}',
        ("room-1", 7, 1, '{"device":"room-1","boot":7,"seq":1,"note":"é"}'.encode()),
    ),
}
PINNED = [
    "532dc351de63dd69",
    "785454fcad72a242",
    "bdb21e118e1ef199",
    "cfe4c1b870f4de28",
    "2a7040f14922b70a",
    "07df7cfbc6cec7c6",
]


@pytest.mark.parametrize(("vector", "pinned"), list(zip(VECTORS.values(), PINNED, strict=True)), ids=VECTORS)
def test_the_digest_is_of_these_bytes(vector: tuple[bytes, tuple[str, int, int, bytes]], pinned: str) -> None:
    text, (device, boot, seq, data) = vector
    found = int(digests([digest_head(device, boot)], [seq], [data])[0])

    assert f"{found:016x}" == pinned == blake2b(text).digest()[:8][::-1].hex()


@given(
    st.lists(
        st.tuples(st.integers(0, 2**53 - 1), st.text(alphabet=st.characters(exclude_categories=["Cs"]))),
        min_size=1,
        unique_by=lambda item: item[0],
    )
)
def test_the_server_comes_to_the_same(items: list[tuple[int, str]]) -> None:
    tally = Tally()
    for seq, data in items:
        tally.add("room-101", 7, seq, data, new=True)
    heads = [digest_head("room-101", 7)] * len(items)
    ours = digests(heads, [seq for seq, _ in items], [data.encode() for _, data in items])

    assert int(ours.sum(dtype=np.uint64)) == tally.figures().digest
