"""The memory for keys: exact, whatever the order; on its own clock."""

from hypothesis import given
from hypothesis import strategies as st

from reference_server.log import Key
from reference_server.seen import Block, Seen

KEYS = st.builds(Key, st.sampled_from("ab"), st.integers(0, 1), st.integers(0, 3000))


@given(st.lists(KEYS, max_size=60))
def test_each_key_is_new_once(keys: list[Key]) -> None:
    seen = Seen(60)

    new = [key for key in keys if seen.add(key, 0)]

    assert new == list(dict.fromkeys(keys))


def test_a_key_is_forgotten_after_the_age_of_its_block() -> None:
    seen = Seen(age_seconds=10)
    seen.add(Key("a", 0, 1), now=0)
    seen.add(Key("a", 0, 2), now=9)

    seen.forget(now=19)
    kept = seen.add(Key("a", 0, 1), now=19)
    seen.forget(now=30)
    forgotten = seen.add(Key("a", 0, 1), now=30)

    assert (kept, forgotten) == (False, True)


def test_what_left_memory_is_loaded_again() -> None:
    stored: dict[Block, int] = {}
    seen = Seen(60, load=lambda block: stored.get(block, 0), keep=1)
    for device in "abc":
        seen.add(Key(device, 0, 1025), now=0)
        stored[device, 0, 1] = seen.bits((device, 0, 1))
        seen.forget(now=0)

    repeated = [seen.add(Key(device, 0, 1025), now=0) for device in "abc"]

    assert (stored["a", 0, 1], repeated) == (0b10, [False, False, False])


def test_what_was_cleared_and_never_stored_is_new() -> None:
    seen = Seen(60)
    seen.add(Key("a", 0, 1), now=0)

    seen.clear()

    assert (len(seen), seen.add(Key("a", 0, 1), now=0)) == (0, True)
