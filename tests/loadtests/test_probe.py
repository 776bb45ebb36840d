"""Probes: plain measurements that come back as they were sent."""

import json

import pytest

from loadtests._probe import Probe, find, source_name, topic_name, topic_number

PROBE = Probe(
    source_name("20261125T180000Z-fanout-1a2b", 0),
    3,
    "r",
    1_700_000_000_123_456_789,
    1_700_000_000_123_999_999,
)
STAMP = {
    "run": "r",
    "source": "probe-20261125T180000Z-fanout-1a2b-0",
    "seq": 3,
    "intended": 1_700_000_000_123_456_789,
    "sent": 1_700_000_000_123_999_999,
}


def test_a_probe_is_a_measurement_with_a_stamp() -> None:
    assert json.loads(PROBE.encode()) == {
        "device": "probe-20261125T180000Z-fanout-1a2b-0",
        "seq": 3,
        "ts": 1_700_000_000_123,
        "values": {"n": 3},
        "_probe": STAMP,
    }
    assert find(PROBE.encode().decode()) == PROBE


def test_another_measurement_can_carry_the_stamp() -> None:
    text = PROBE.stamped('{"device":"room-101","seq":77,"values":{"temp":21.5}}')

    assert json.loads(text) == {
        "device": "room-101",
        "seq": 77,
        "values": {"temp": 21.5},
        "_probe": STAMP,
    }
    assert find(text) == PROBE


@pytest.mark.parametrize("least", [0, 300, 301, 40_000])
def test_a_probe_is_as_long_as_wanted(least: int) -> None:
    text = PROBE.encode(least)

    assert len(text) == max(len(PROBE.encode()), least)
    assert find(text.decode()) == PROBE


@pytest.mark.parametrize(
    "data", ["", "{}", '{"_probe": {"run": "r"}}', '"_probe"', "_probe", '{"_probe": 1}']
)
def test_what_is_no_probe_is_left_alone(data: str) -> None:
    assert find(data) is None


def test_names_tell_publishers_and_topics_apart() -> None:
    names = {source_name("r", publisher, topic) for publisher in range(3) for topic in range(3)}

    assert len(names) == 9
    assert topic_number(topic_name("20261125T180000Z-topics-1a2b", 17)) == 17
