"""A birth tells what a device measures, as our server takes it."""

import json

from simulator.births import births_of

from .fleets import MONDAY, office


def test_a_birth_has_units_steps_ranges_and_labels() -> None:
    plan = office(count=2).groups[0]
    births = [json.loads(birth) for birth in births_of(plan, MONDAY)]

    assert [birth["device"] for birth in births] == ["room-101", "room-102"]
    assert births[0]["boot"] == MONDAY
    assert births[0]["sensors"][0] == {"name": "temp", "unit": "Cel", "step": 0.1, "range": [-40, 85]}
    assert births[0]["labels"] == {"building": "HQ", "site": "hq", "profile": "room"}
