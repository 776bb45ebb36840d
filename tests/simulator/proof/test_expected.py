"""What is expected: counted once, whatever comes again and in whatever order."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from reference_server.figures import Tally
from simulator.proof.expected import Expected

KEYS = st.lists(st.tuples(st.integers(0, 2), st.integers(0, 1500)), max_size=60)


def add(expected: Expected, *keys: tuple[int, int]) -> None:
    devices, seqs = (np.array(column, dtype=np.int64) for column in zip(*keys, strict=True))
    expected.add(devices, seqs, [f'{{"seq":{seq}}}'.encode() for _, seq in keys])


@given(KEYS)
def test_it_is_what_a_server_keeps_of_the_same(keys: list[tuple[int, int]]) -> None:
    expected = Expected(["a", "b", "c"], 7)
    tallies, seen = [Tally() for _ in range(3)], set()
    for device, seq in keys:
        add(expected, (device, seq))
        tallies[device].add("abc"[device], 7, seq, f'{{"seq":{seq}}}', new=(device, seq) not in seen)
        seen.add((device, seq))

    for device, tally in enumerate(tallies):
        found, figures = expected.of(device), tally.figures()
        assert (found.count, found.digest) == (figures.kept, figures.digest)
        assert set(np.flatnonzero(found.seqs).tolist()) == {seq for who, seq in seen if who == device}


def test_many_at_once_are_as_one_by_one() -> None:
    together, apart = Expected(["a", "b"], 7), Expected(["a", "b"], 7)
    add(together, (0, 0), (1, 0), (0, 1), (0, 9), (1, 5))
    add(together, (0, 9), (0, 2))
    for key in [(0, 2), (1, 5), (0, 0), (1, 0), (0, 9), (0, 1)]:
        add(apart, key)

    for device in (0, 1):
        one, other = together.of(device), apart.of(device)
        assert (one.count, one.digest, one.seqs.tolist()) == (other.count, other.digest, other.seqs.tolist())
    assert together.messages == 6


def test_a_message_costs_a_bit() -> None:
    expected = Expected(["a"], 7)
    add(expected, (0, 79_999))

    assert expected.of(0).seqs.nbytes == 80_000
    assert expected._bits.nbytes == 10_000
