"""Which frames a feed takes."""

import pytest

from reference_server.feed import Feed
from reference_server.tail import Frame

FRAMES = [
    Frame(1, "measurements", "room-1:t", b"1"),
    Frame(2, "measurements", "room-2", b"2"),
    Frame(3, "other", "room-1:t", b"3"),
    Frame(4, "measurements", "Room-1", b"4"),
    Frame(5, "measurements", "", b"5"),
]


@pytest.mark.parametrize(
    ("globs", "taken"),
    [
        ((), b"1245"),
        (("room-2",), b"2"),
        (("room-*",), b"12"),
        (("*:t", "Room-?"), b"14"),
        (("room-[12]",), b"2"),
        (("room",), b""),
        (("*",), b"1245"),
        (("room-2|.*",), b""),
    ],
)
def test_a_feed_takes_its_channel_and_its_devices(globs: tuple[str, ...], taken: bytes) -> None:
    assert Feed("measurements", globs).cut(FRAMES)[1] == taken


def test_many_stars_cost_no_more_than_few() -> None:
    glob = "*a" * 60 + "b"

    assert Feed("c", (glob,)).cut([Frame(1, "c", "a" * 128, b"1")]) == (0, b"")
