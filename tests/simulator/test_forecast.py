"""What is told before a run is what the run does."""

from simulator.forecast import fault_rows, size_rows
from simulator.group import Group
from simulator.truth import told

from .fleets import MINUTE, MONDAY, drain, office, span


def test_sizes_are_those_of_the_run() -> None:
    rows = dict(size_rows(office(count=30), span(0, 120)))

    assert rows["fleet 0"].startswith("30 × room at hq, every 60 s: temp (Cel), rh (%RH)")
    assert rows["fleet 0"].endswith("room-101 … room-306")
    assert rows["messages"].startswith("0.5/s of simulated time, 12")
    assert rows["pace"].startswith("0.5/s at 1×")
    assert rows["devices"] == "30"
    assert rows["bytes"].endswith(" B/s")
    assert rows["run"].startswith("2 h simulated, 3,600 messages, 4")
    assert " kB, in about 2:00:0" in rows["run"]


def test_devices_that_sleep_are_tried_while_they_are_awake() -> None:
    nap = "profile.room.duty={on='1m', cycle='4h'}"
    rows = dict(size_rows(office(nap, count=1), span(0, 24 * 60)))

    assert rows["messages"].startswith("6.944e-05/s of simulated time, 12")
    assert rows["run"].startswith("24 h simulated, 6 messages, 7")


def test_an_empty_shard_has_a_size_too() -> None:
    assert ("messages", "0/s of simulated time, 0 bytes each") in size_rows(
        office(count=1).shard(2, 2), span(0, 60)
    )


def test_foretold_faults_are_those_that_happen() -> None:
    config, run = office(faults=True, count=60), span(0, 240)
    group = Group(config.groups[0], run)
    for _ in drain(group):
        pass
    happened = {told(group.plan, episode) for episode in group.happened}
    foretold = set(fault_rows(config, run, MONDAY + 240 * MINUTE))

    assert len(happened) > 14
    assert happened <= foretold
    assert {row[2] for row in foretold - happened} <= {"spike", "dropout"}  # cut by an end of the run
