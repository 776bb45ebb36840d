"""What is new within a commit and across commits, and whose figures that changes."""

from reference_server.figures import Figures
from reference_server.ledger import Ledger
from reference_server.log import Item, Key
from reference_server.seen import Seen


def measurement(device: str, seq: int) -> Item:
    return Item("measurements", "{}", "measurement", device, Key(device, 0, seq))


def test_a_key_is_taken_once() -> None:
    seen = Seen(60)
    first = Ledger(seen, {}, now=0)

    taken = [first.take(measurement(device, 5)) for device in "aab"]
    again = Ledger(seen, first.figures(), now=1).take(measurement("b", 5))

    assert (taken, again) == ([True, False, True], False)


def test_what_has_no_key_is_always_taken_and_counts_nowhere() -> None:
    ledger = Ledger(Seen(60), {}, now=0)

    assert [ledger.take(Item("c", "x", device="d")) for _ in range(2)] == [True, True]
    assert (ledger.figures(), ledger.touched) == ({}, set())


def test_figures_go_on_from_those_before_and_only_of_who_sent() -> None:
    before = {"a": Figures(0, 3, 0, 1, 3), "b": Figures(0, 1, 0, 7, 7)}
    ledger = Ledger(Seen(60), before, now=0)

    ledger.take(measurement("a", 4))
    ledger.take(measurement("a", 4))
    found = ledger.figures()

    assert list(found) == ["a"]
    assert found["a"][:5] == (0, 4, 1, 1, 4)
    assert ledger.touched == {("a", 0, 0)}


def test_a_repeat_touches_no_bitmap() -> None:
    seen = Seen(60)
    Ledger(seen, {}, now=0).take(measurement("a", 1))
    ledger = Ledger(seen, {}, now=1)

    ledger.take(measurement("a", 1))

    assert ledger.touched == set()
