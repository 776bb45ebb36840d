"""Many processes come to what one comes to."""

import os
import pickle

import pytest

from simulator.config import load
from simulator.proof import crew
from simulator.proof.crew import expect_together
from simulator.proof.expected import Expectation
from simulator.proof.verify import Parts, expect
from simulator.state import State
from tests.simulator.fleets import MINUTE, MONDAY

CONFIG = load(
    "weather",
    [
        'fleet=[{profile="station", site="coast", id="s{n}", count=9}]',
        'profile.station.every="60s"',
        'fault=[{match="s1", kind="loss", at="0s", for="9m", p=0.5}]',
    ],
)
STATE = State(
    CONFIG.fingerprint, MONDAY, MONDAY, MONDAY + 20 * MINUTE, "", position=MONDAY + 20 * MINUTE, complete=True
)


def by_name(parts: Parts) -> dict[str, tuple[int, int, list[int]]]:
    found: dict[str, Expectation] = {
        name: expected.of(index) for ids, expected in parts for index, name in enumerate(ids)
    }
    return {name: (e.count, e.digest, e.seqs.nonzero()[0].tolist()) for name, e in found.items()}


def test_a_crew_comes_to_what_one_comes_to(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(crew, "WORTH", 1)
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {0, 1})
    monkeypatch.setattr(crew, "EVERY", 0.01)
    told: list[tuple[int, float]] = []
    together = expect_together(CONFIG, STATE, lambda messages, share: told.append((messages, share)))

    assert len(together) == 2
    assert by_name(together) == by_name(expect(CONFIG, STATE, lambda *_: None))
    assert told
    assert all(share <= 1 for _, share in told)


def test_a_small_run_needs_no_crew(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(crew, "ProcessPoolExecutor", None)

    assert len(expect_together(CONFIG, STATE, lambda *_: None)) == 1


def test_devices_that_sleep_are_less_work(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nine of them make nine messages in twenty minutes, of 180 if they were awake."""
    monkeypatch.setattr(crew, "WORTH", 9)
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {0, 1})
    monkeypatch.setattr(crew, "ProcessPoolExecutor", None)
    asleep = load(
        "weather",
        [
            'fleet=[{profile="station", site="coast", id="s{n}", count=9}]',
            'profile.station.every="60s"',
            'profile.station.duty={on="1m", cycle="20m"}',
            "fault=[]",
        ],
    )

    assert len(expect_together(asleep, STATE, lambda *_: None)) == 1


def test_a_configuration_can_be_handed_to_a_process() -> None:
    for preset in ("office", "factory", "weather", "home", "city", "cold-chain"):
        config = load(preset)

        assert pickle.loads(pickle.dumps(config)).fingerprint == config.fingerprint
