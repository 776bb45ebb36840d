"""Counts, gaps and the digest: against a plain set of numbers, and against bytes written by hand."""

from hashlib import blake2b
from pathlib import Path

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reference_server.figures import Figures, Tally, from_row, row_of
from tests.conftest import Serve

BYTES = [
    b'room-1\x007\x000\x00{"device":"room-1","boot":7,"seq":0,"value":1}',
    b'room-1\x007\x001\x00{"device":"room-1","boot":7,"seq":1,"note":"\xc3\xa9"}',
]
DIGESTS = ["2a7040f14922b70a", "07df7cfbc6cec7c6"]


def told(*seqs: int) -> Figures:
    """The figures after these numbers, of which repeats are duplicates."""
    tally = Tally()
    for at, seq in enumerate(seqs):
        tally.add("d", 0, seq, "{}", new=seq not in seqs[:at])
    return tally.figures()


def gaps_of(seqs: set[int]) -> list[list[int]]:
    """What is missing between the smallest and the largest, by looking at each number."""
    gaps: list[list[int]] = []
    for seq in range(min(seqs), max(seqs)):
        if seq in seqs:
            continue
        if gaps and gaps[-1][1] == seq - 1:
            gaps[-1][1] = seq
        else:
            gaps.append([seq, seq])
    return gaps


@pytest.mark.parametrize(("text", "digest"), list(zip(BYTES, DIGESTS, strict=True)))
def test_the_digest_is_of_these_bytes(text: bytes, digest: str) -> None:
    device, boot, seq, data = text.decode().split("\0")

    tally = Tally()
    tally.add(device, int(boot), int(seq), data, new=True)

    assert tally.figures().fields()["digest"] == digest == blake2b(text).digest()[:8][::-1].hex()


def test_digests_add_up_in_any_order() -> None:
    parts = [text.decode().split("\0") for text in BYTES]

    sums = []
    for order in (parts, parts[::-1]):
        tally = Tally()
        for device, boot, seq, data in order:
            tally.add(device, int(boot), int(seq), data, new=True)
        sums.append(tally.figures().fields()["digest"])

    assert sums == [f"{sum(int(digest, 16) for digest in DIGESTS) % 2**64:016x}"] * 2


@given(st.lists(st.integers(0, 60), min_size=1, max_size=80))
def test_any_order_ends_in_the_same_figures(seqs: list[int]) -> None:
    fields = told(*seqs).fields()

    distinct = set(seqs)
    gaps = gaps_of(distinct)
    assert (fields["count"], fields["duplicates"]) == (len(distinct), len(seqs) - len(distinct))
    assert (fields["first_seq"], fields["last_seq"]) == (min(seqs), max(seqs))
    assert [list(gap) for gap in fields["gaps"]] == gaps
    assert fields["missing"] == sum(end - start + 1 for start, end in gaps)


def test_a_hundred_gaps_are_shown_and_all_that_is_missing_is_counted() -> None:
    fields = told(*range(0, 6000, 2)).fields()

    assert (len(fields["gaps"]), fields["gaps"][-1], fields["missing"]) == (100, (199, 199), 2999)


def test_a_higher_boot_begins_anew_and_a_lower_one_changes_nothing() -> None:
    tally = Tally(Figures(1, 1, 0, 5, 5))
    tally.add("d", 2, 0, "{}", new=True)
    second = tally.figures()
    tally.add("d", 1, 6, "{}", new=True)

    assert (second.boot, second.kept, second.first, second.last) == (2, 1, 0, 0)
    assert tally.figures() == second


@given(st.lists(st.integers(0, 30), min_size=1, max_size=20))
def test_a_row_holds_all_of_it(seqs: list[int]) -> None:
    assert from_row(row_of("d", told(*seqs))) == ("d", told(*seqs))


def test_stats_tell_what_was_kept_and_outlive_a_restart(serve: Serve, tmp_path: Path) -> None:
    log = f"sqlite:{tmp_path / 'log.db'}"
    texts = [text.rpartition(b"\0")[2].decode() for text in BYTES]
    items = [texts[0], texts[0], texts[1].replace('"note"', '"value":2,"note"')]
    first = serve(log=log)
    post(first.url, *items)
    before = httpx.get(f"{first.url}/stats").json()
    first.process.terminate()
    first.process.wait()

    second = serve(log=log).url
    after = httpx.get(f"{second}/stats").json()
    post(second, items[0], '{"device":"room-1","boot":7,"seq":4,"value":1}', '{"device":"plain","value":1}')
    more = httpx.get(f"{second}/stats").json()["devices"]

    assert before == after
    assert before["last_id"].endswith("-2")
    device = before["devices"]["room-1"]
    second_bytes = b"room-1\x007\x001\x00" + items[2].encode()
    total = sum(int.from_bytes(blake2b(each).digest()[:8], "little") for each in (BYTES[0], second_bytes))
    assert device.pop("digest") == f"{total % 2**64:016x}"
    assert device == {
        "boot": 7,
        "count": 2,
        "duplicates": 1,
        "first_seq": 0,
        "last_seq": 1,
        "missing": 0,
        "gaps": [],
    }
    assert list(more) == ["room-1"]
    assert (more["room-1"]["duplicates"], more["room-1"]["missing"], more["room-1"]["gaps"]) == (
        2,
        2,
        [[2, 3]],
    )


def post(url: str, *items: str) -> None:
    body = "[" + ",".join(items) + "]"
    answer = httpx.post(f"{url}/measurements", content=body, headers={"Content-Type": "application/json"})
    answer.raise_for_status()
