"""JSON lines and keys as [[fault]] tables."""

from typing import Any

import pytest

from simulator.faults import KINDS
from simulator.injection import read_injected
from simulator.tables import ConfigError
from simulator.wishes import Keys, fault_of_line

from .fleets import office

LINES: dict[str, tuple[str, dict[str, Any]]] = {
    "stuck": (
        '{"fault": "stuck", "match": "hq-f03*", "for": "60s"}',
        {"kind": "stuck", "match": "hq-f03*", "for": "60s"},
    ),
    "with parameters": (
        '{"fault": "loss", "match": "*", "for": "1m", "p": 0.5}\n',
        {"kind": "loss", "match": "*", "for": "1m", "p": 0.5},
    ),
}


@pytest.mark.parametrize(("line", "table"), LINES.values(), ids=LINES)
def test_a_line_is_a_fault(line: str, table: dict[str, Any]) -> None:
    assert fault_of_line(line, "stdin, line 1") == table


BAD = {
    "no JSON": ("stuck room-1", "stdin, line 7: not JSON: "),
    "no object": ("[1]", 'stdin, line 7: expected {"fault": …, "match": …, "for": …}, got list [1]'),
    "no fault": ('{"match": "*"}', "stdin, line 7: fault: is missing; there are stuck, spike"),
    "a slip": (
        '{"fault": "stuck", "mach": "*"}',
        "stdin, line 7: mach: is not known here; did you mean 'match'?",
    ),
    "later": (
        '{"fault": "stuck", "at": "5m"}',
        "stdin, line 7: at: a fault that is asked for begins now, once",
    ),
    "at random": (
        '{"fault": "stuck", "rate": "1/d"}',
        "stdin, line 7: rate: a fault that is asked for begins now",
    ),
    "deep": ("[" * 100_000, "stdin, line 7: not JSON"),
}


@pytest.mark.parametrize(("line", "sentence"), BAD.values(), ids=BAD)
def test_what_is_no_fault_is_said(line: str, sentence: str) -> None:
    with pytest.raises(ConfigError) as caught:
        fault_of_line(line, "stdin, line 7")

    assert sentence in str(caught.value)


@pytest.mark.parametrize("speed", [0.001, 1.0, 60.0, 1e6])
def test_every_key_is_a_fault_that_can_be_injected(speed: float) -> None:
    config = office(count=2)
    keys = Keys(["window_open"], speed, 60_000)
    told = [part.split() for part in keys.help.removeprefix("keys: ").split(" · ")]

    assert told[-1] == ["q", "end"]
    assert ["1", "window_open"] in told
    for key, kind in told[:-1]:
        fault = keys.fault(key, "room-102")
        assert fault is not None
        read = read_injected(config, {**fault, "at": "0s"}, "key")
        assert read.kind == kind
        assert read.match == ("*" if KINDS[kind].level == "message" else "room-102")
        assert read.duration is None or read.duration >= max(60_000 * speed, 180_000)


def test_other_keys_mean_nothing() -> None:
    assert Keys([], 1.0, 1000).fault("x", "room-101") is None
    assert Keys([], 1.0, 1000).fault("1", "room-101") is None
