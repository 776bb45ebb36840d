"""What a receiver's books say of a device, against what it should have delivered."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reference_server.figures import Tally
from simulator.proof.audit import Account, Finding, audit
from simulator.proof.expected import Expected
from simulator.stats import DeviceStats

BOOT = 7


def expected_of(seqs: set[int]) -> Expected:
    expected = Expected(["a"], BOOT)
    for seq in sorted(seqs):
        expected.add(np.array([0]), np.array([seq]), [b"%d" % seq])
    return expected


def book_of(seqs: set[int], data: str = "{}") -> DeviceStats:
    """What the server says when it holds these."""
    tally = Tally()
    for seq in sorted(seqs):
        tally.add("a", BOOT, seq, data.format(seq) if "{}" in data else data, new=True)
    fields = tally.figures().fields()
    return DeviceStats(**(fields | {"boot": BOOT}))


def judged(expected: set[int], held: set[int], *, over: bool = True) -> Account:
    return audit("a", BOOT, expected_of(expected).of(0), book_of(held), over=over)


CASES: dict[str, tuple[set[int], set[int], tuple[str, int] | None]] = {
    "all": ({0, 1, 2}, {0, 1, 2}, None),
    "with what faults dropped": ({0, 2, 7}, {0, 2, 7}, None),
    "nothing to deliver": (set(), set(), None),
    "one is missing": ({0, 1, 2}, {0, 2}, ("missing", 1)),
    "the first is missing": ({0, 1, 2}, {1, 2}, ("missing", 0)),
    "the last is missing": ({0, 1, 2}, {0, 1}, ("missing", 2)),
    "all are missing": ({3, 4}, set(), ("missing", 3)),
    "one too many": ({0, 2}, {0, 1, 2}, ("extra", 1)),
    "one beyond": ({0, 1}, {0, 1, 900}, ("extra", 900)),
    "far beyond": ({0, 1}, {0, 1, 5_000_000}, ("extra", 5_000_000)),
    "one instead of another": ({0, 1, 2}, {0, 2, 3}, ("missing", 1)),
}


@pytest.mark.parametrize(("expected", "held", "wrong"), CASES.values(), ids=CASES)
def test_the_first_that_is_wrong_is_named(
    expected: set[int], held: set[int], wrong: tuple[str, int] | None
) -> None:
    account = judged(expected, held)

    assert (account.finding and (account.finding.what, account.finding.seq)) == wrong
    assert (account.expected, account.seen) == (len(expected), len(held))
    assert (account.missing, account.extra) == (len(expected - held), len(held - expected))


@given(st.sets(st.integers(0, 40)), st.sets(st.integers(0, 40)))
def test_missing_and_extra_are_the_differences_of_the_sets(expected: set[int], held: set[int]) -> None:
    account = judged(expected, held)

    assert (account.missing, account.extra) == (len(expected - held), len(held - expected))
    assert (account.finding is None) == (expected == held)


def test_books_that_name_only_some_gaps_still_give_the_first_and_the_count() -> None:
    account = judged(set(range(1000)), set(range(0, 1000, 3)))

    assert account.missing == 666
    assert account.finding is not None
    assert account.finding.seq == 1


def test_gaps_that_are_expected_may_be_more_than_books_name() -> None:
    held = set(range(0, 1000, 3))

    assert judged(held, held).finding is None
    assert judged(held, held - {999}).finding == ("a", 999, "missing", "")
    assert judged(held, held - {600}).finding == ("a", None, "missing", "")
    assert judged(held, held - {3}).finding == ("a", 3, "missing", "")


def test_other_data_are_different() -> None:
    account = audit("a", BOOT, expected_of({0, 1}).of(0), book_of({0, 1}, "other"))

    assert account.finding == ("a", None, "different", "")
    assert (account.missing, account.extra) == (0, 0)


@pytest.mark.parametrize(("digest", "note"), [("", "the books have no digest"), ("no hex", "")])
def test_a_digest_that_is_none_proves_nothing(digest: str, note: str) -> None:
    book = DeviceStats(BOOT, 2, 0, 0, 1, 0, [], digest)

    assert audit("a", BOOT, expected_of({0, 1}).of(0), book).finding == ("a", None, "different", note)


@pytest.mark.parametrize(
    ("held", "wrong"),
    [({0, 1, 2}, None), ({0, 1, 2, 3}, None), ({0, 1, 3}, ("missing", 2))],
    ids=["all", "more", "a gap"],
)
def test_of_a_run_that_goes_on_there_may_be_more(held: set[int], wrong: tuple[str, int] | None) -> None:
    finding = judged({0, 1, 2}, held, over=False).finding

    assert (finding and (finding.what, finding.seq)) == wrong


@pytest.mark.parametrize(
    ("book", "note"),
    [
        (None, "the receiver does not know the device"),
        (DeviceStats(8, 3), "the receiver tells of a later run, boot 8, and this one is 7"),
        (DeviceStats(6, 3), "the receiver tells of an earlier run, boot 6, and this one is 7"),
    ],
    ids=["unknown", "later", "earlier"],
)
def test_books_of_another_run_have_nothing_of_this_one(book: DeviceStats | None, note: str) -> None:
    account = audit("a", BOOT, expected_of({4, 5}).of(0), book)

    assert account == Account(2, 0, 2, 0, 0, Finding("a", 4, "missing", note))
