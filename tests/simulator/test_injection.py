"""What is injected into a running fleet is what the same fleet would have done with it from the start."""

from collections.abc import Iterator
from typing import Any

import pytest

from simulator.config import Config, load
from simulator.encode import Encoder
from simulator.faults import Fault
from simulator.group import Group
from simulator.injection import befallen, begin_of, read_injected, with_faults
from simulator.plan import Span
from simulator.postponed import Rows
from simulator.tables import ConfigError

from .fleets import MINUTE, MONDAY, messages, office

BEGIN = MONDAY + 9 * 60 * MINUTE
SPAN = Span(BEGIN, BEGIN, BEGIN + 30 * MINUTE)
STATIONS = load(  # the model has no state, so that a test is quick
    "weather",
    [
        'fleet=[{profile="station", site="coast", id="s{n}", count=2}]',
        'profile.station.every="60s"',
        'profile.station.phase="spread"',
        'profile.station.jitter="500ms"',
        "fault=[]",
    ],
)
MOTORS = load(
    "factory",
    ['fleet=[{profile="motor", site="plant", id="m{n}", count=2}]', 'profile.motor.every="60s"', "fault=[]"],
)
OFFICE = office()
CASES: dict[str, tuple[Config, dict[str, Any]]] = {
    "stuck": (STATIONS, {"kind": "stuck", "sensor": "temp", "for": "5m"}),
    "spike": (STATIONS, {"kind": "spike"}),
    "drift": (STATIONS, {"kind": "drift", "per_day": 900, "for": "10m"}),
    "burst": (STATIONS, {"kind": "burst", "for": "5m"}),
    "sentinel": (STATIONS, {"kind": "sentinel", "value": -127}),
    "dropout": (STATIONS, {"kind": "dropout", "for": "5m"}),
    "battery_low": (STATIONS, {"kind": "battery_low", "for": "15m"}),
    "reboot": (STATIONS, {"kind": "reboot", "for": "5m"}),
    "offline": (STATIONS, {"kind": "offline", "for": "10m"}),
    "lost": (STATIONS, {"kind": "offline", "for": "10m", "deliver": "lost"}),
    "loss": (STATIONS, {"kind": "loss", "for": "15m", "p": 0.5}),
    "duplicate": (STATIONS, {"kind": "duplicate", "for": "10m", "by": "90s"}),
    "delay": (STATIONS, {"kind": "delay", "for": "10m", "by": "90s"}),
    "reorder": (STATIONS, {"kind": "reorder", "for": "10m", "p": 0.5}),
    "bearing": (MOTORS, {"kind": "bearing", "for": "15m"}),
    "window": (OFFICE, {"kind": "window_open", "for": "10m"}),
}


def played(group: Group, injected: tuple[int, Fault]) -> Iterator[Rows]:
    """All that a group has to give, with a fault injected when all was due by some moment."""
    position, fault = injected
    yield from group.due(position)
    group.inject(fault)
    yield from group.rest()
    yield from group.release()


def sent(config: Config, injected: tuple[int, Fault]) -> dict[str, list[bytes]]:
    """The messages of each device of a run, in their order."""
    found: dict[str, list[bytes]] = {}
    for plan in config.groups:
        group = Group(plan, SPAN)
        group.prepare()
        encoder = Encoder(plan.ids, plan.profile.sensors, 0)
        for rows in played(group, injected):
            made = encoder.encode(rows)
            for device, message in zip(rows.device.tolist(), made, strict=True):
                found.setdefault(plan.ids[device], []).append(message)
    return found


@pytest.mark.parametrize(("config", "table"), CASES.values(), ids=CASES)
def test_an_injected_fault_is_as_if_it_had_been_planned(config: Config, table: dict[str, Any]) -> None:
    position = SPAN.start + 7 * MINUTE + 333
    at = begin_of(config, position, SPAN.start)
    asked = {"match": "*1", "at": f"{at}ms", **table}
    injected = sent(config, (position, read_injected(config, asked, "test")))

    assert injected == messages(with_faults(config, [asked], "test"), SPAN)
    assert injected != messages(config, SPAN)


def test_an_upset_may_begin_before_the_first_sample_for_which_the_model_was_warmed_up() -> None:
    asked = {"match": "*", "at": "1ms", "kind": "bearing", "for": "5m"}
    injected = sent(MOTORS, (SPAN.start, read_injected(MOTORS, asked, "test")))

    assert injected == messages(with_faults(MOTORS, [asked], "test"), SPAN)


def test_it_begins_after_all_that_was_due_whatever_the_jitter() -> None:
    assert begin_of(OFFICE, SPAN.start + 60_000, SPAN.start) == 60_000 + 2 * 500 + 1


def test_in_a_backfill_it_begins_with_the_run() -> None:
    assert begin_of(OFFICE, SPAN.start - 60_000, SPAN.start) == 0


def test_those_it_means_are_counted() -> None:
    fault = read_injected(OFFICE, {"kind": "reboot", "match": "room-*", "at": "0s", "for": "1m"}, "stdin")

    assert befallen(OFFICE, fault) == 3


WRONG = {
    "unknown kind": ({"kind": "stuk", "match": "*", "at": "0s"}, "did you mean 'stuck'?"),
    "nobody": (
        {"kind": "stuck", "match": "rom-*", "at": "0s", "for": "60s"},
        "match: 'rom-*' means no device of this fleet, like 'room-101'",
    ),
    "unknown sensor": (
        {"kind": "stuck", "match": "*", "sensor": "c02", "at": "0s", "for": "60s"},
        "there are co2, lux, rh, temp",
    ),
    "no duration": ({"kind": "stuck", "match": "*", "at": "0s"}, "for: is missing: how long is it stuck?"),
    "not this model's": ({"kind": "bearing", "match": "*", "at": "0s", "for": "1m"}, "no model of these"),
    "at random": ({"kind": "spike", "match": "*", "rate": "3/h"}, "one that is injected begins now"),
    "unknown key": ({"kind": "spike", "match": "*", "at": "0s", "gian": [1, 2]}, "did you mean 'gain'?"),
}


@pytest.mark.parametrize(("table", "sentence"), WRONG.values(), ids=WRONG)
def test_what_cannot_be_injected_is_said(table: dict[str, Any], sentence: str) -> None:
    with pytest.raises(ConfigError) as caught:
        read_injected(OFFICE, table, "line 3 of stdin")

    assert "line 3 of stdin: " in str(caught.value)
    assert sentence in str(caught.value)
