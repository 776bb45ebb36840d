"""A fleet's messages: in order of time, each once, and with the stamp of a probe."""

import json
import os
from pathlib import Path

import pytest

from loadtests._fleet import ConfigError, messages_of
from loadtests._probe import Probe, find

CONFIG = """
schema = 1
run = {{ speed = {speed} }}
site.street = {{ lat = 52.09, lon = 5.12, tz = "Europe/Amsterdam", calendar = "always" }}
[profile.water]
model = "water_meter"
every = "10s"
[[profile.water.sensor]]
name = "flow"
from = "flow"
step = 0.1
[[fleet]]
profile = "water"
site = "street"
id = "m{{n}}"
count = 5
[[fault]]
match = "*"
kind = "duplicate"
at = "0s"
for = "365d"
p = 0.9
by = "5s"
"""
SECOND = 10**9


@pytest.fixture
def config(tmp_path: Path) -> Path:
    file = tmp_path / "fleet.toml"
    file.write_text(CONFIG.format(speed=10), encoding="utf-8")
    return file


def test_devices_keep_their_rhythm_at_the_speed_of_the_fleet(config: Path) -> None:
    messages = messages_of(str(config), 4.0)

    numbers = [(text["device"], text["seq"]) for text in map(json.loads, messages.texts)]
    assert list(messages.offsets) == sorted(messages.offsets)
    assert 0 <= messages.offsets[0] <= messages.offsets[-1] < 4 * SECOND
    assert sorted(numbers) == [(f"m{device}", seq) for device in range(1, 6) for seq in range(4)]
    assert list(messages.timetable(7)) == [7 + offset for offset in messages.offsets]


def test_a_message_carries_a_probe_and_the_boot_of_the_run(config: Path) -> None:
    messages = messages_of(str(config), 4.0)
    probe = Probe("s", 3, "20261125T180000Z-fleet-1a2b", 5, 6)

    text = messages.compose(probe, 3).decode()

    assert find(text) == probe
    assert json.loads(text) | {"_probe": None} == json.loads(messages.texts[3]) | {
        "boot": 1_795_629_600_000,
        "_probe": None,
    }


def test_a_fleet_without_a_message_is_refused(config: Path) -> None:
    config.write_text(CONFIG.format(speed=0.001), encoding="utf-8")

    with pytest.raises(ConfigError, match="not one message within 1 s"):
        messages_of(str(config), 1.0)


def test_a_fleet_without_a_timetable_is_refused(config: Path) -> None:
    config.write_text(CONFIG.format(speed='"max"'), encoding="utf-8")

    with pytest.raises(ConfigError, match=r'run\.speed = "max" is no timetable'):
        messages_of(str(config), 1.0)


def test_a_fleet_that_was_edited_is_read_again(config: Path) -> None:
    before = messages_of(str(config), 4.0)
    config.write_text(CONFIG.format(speed=20), encoding="utf-8")
    os.utime(config, ns=(0, SECOND))

    after = messages_of(str(config), 4.0)

    assert (len(before.texts), len(after.texts)) == (5 * 4, 5 * 8)
    assert messages_of(str(config), 4.0) is after


def test_a_preset_that_there_is_not_is_refused() -> None:
    with pytest.raises(ConfigError, match="did you mean 'office'"):
        messages_of("offise", 1.0)
