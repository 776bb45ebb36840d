"""Policies of coming back: how long each waits."""

from random import Random

import pytest

from loadtests._reconnect import pause


@pytest.mark.parametrize(
    ("policy", "failures", "least", "most"),
    [
        ("immediate", 0, 0, 0),
        ("immediate", 1, 0, 0.2),
        ("immediate", 3, 0, 0.8),
        ("immediate", 50, 0, 26),
        ("jitter", 0, 0, 5),
        ("jitter", 2, 0, 20),
        ("jitter", 50, 0, 30),
        ("retry", 0, 2, 3),
        ("retry", 1, 4, 6),
        ("retry", 50, 30, 45),
    ],
)
def test_a_pause_lies_within_its_bounds(policy: str, failures: int, least: float, most: float) -> None:
    random = Random(1)

    found = [pause(policy, failures, 2.0, 5.0, random) for _ in range(500)]

    assert least <= min(found) <= max(found) <= most
    assert max(found) - min(found) >= 0.8 * (most - least)
