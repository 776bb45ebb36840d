"""Probes: plain measurements that come back as they were sent."""

import json

from loadtests._probe import Probe, find, source_name


def test_a_probe_is_a_measurement_with_a_stamp() -> None:
    probe = Probe(
        source_name("20261125T180000Z-fanout-1a2b", 0),
        3,
        "r",
        1_700_000_000_123_456_789,
        1_700_000_000_123_999_999,
    )

    assert json.loads(probe.encode()) == {
        "device": "probe-20261125T180000Z-fanout-1a2b-0",
        "seq": 3,
        "ts": 1_700_000_000_123,
        "values": {"n": 3},
        "_probe": {"run": "r", "intended": 1_700_000_000_123_456_789, "sent": 1_700_000_000_123_999_999},
    }
    assert find(probe.encode().decode()) == probe
