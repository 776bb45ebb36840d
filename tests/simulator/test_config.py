"""Configurations: what is right loads, what is wrong is named with its place."""

from pathlib import Path

import pytest

from simulator.config import load, presets
from simulator.schedule import Duty
from simulator.tables import ConfigError

SMALL = """
schema = 1
[run]
name = "small"
start = 2026-03-02T08:00:00+01:00
backfill = "1h"
[sink]
linger = "50ms"
[site.hq]
lat = 52.5
lon = 13.4
tz = "Europe/Berlin"
[profile.room]
model = "office_room"
every = "60s"
[profile.room.params]
volume_m3 = { dist = "uniform", lo = 40, hi = 120 }
[[profile.room.sensor]]
name = "temp"
from = "t_air"
noise = { rel = 0.01 }
bias = { sd = 0.2 }
[[fleet]]
profile = "room"
site = "hq"
count = 3
id = "r{n}"
labels = { wing = "east" }
[[fault]]
match = "*"
kind = "offline"
rate = "1/d"
for = "5m"
deliver = "lost"
"""


@pytest.fixture
def small(tmp_path: Path) -> Path:
    file = tmp_path / "small.toml"
    file.write_text(SMALL)
    return file


def test_a_file_becomes_records(small: Path) -> None:
    config = load(str(small))
    group = config.groups[0]

    assert (config.run.name, config.run.start, config.run.backfill) == ("small", 1_772_434_800_000, 3_600_000)
    assert (config.run.speed, config.run.until, config.sink.linger, config.sink.batch) == (
        1.0,
        None,
        0.05,
        500,
    )
    assert group.ids == ("r1", "r2", "r3")
    assert group.labels == {"wing": "east"}
    assert (group.profile.sensors[0].relative_noise, group.profile.sensors[0].bias_sd) == (0.01, 0.2)
    assert (group.faults[0].rate, group.faults[0].duration, group.faults[0].deliver) == (1.0, 300_000, "lost")


@pytest.mark.parametrize("name", sorted(presets()))
def test_presets_load(name: str) -> None:
    assert load(name).groups


def test_the_office_has_sixty_rooms() -> None:
    ids = load("office").groups[0].ids

    assert (len(ids), ids[0], ids[12], ids[-1]) == (60, "room-101", "room-201", "room-512")


WRONG = {
    "unknown key": ("run.speeed=2", "run.speeed: is not known here; did you mean 'speed'?"),
    "unknown table": ("region.x.y=1", "region: is not known here; there are"),
    "wrong type": ("run.seed='x'", "run.seed: expected a whole number from 0"),
    "out of range": ("site.hq.lat=91", "site.hq.lat: expected a number from -90 to 90, got int 91"),
    "boolean is no number": (
        "site.hq.lat=true",
        "site.hq.lat: expected a number from -90 to 90, got bool True",
    ),
    "schema": ("schema=2", "schema: expected a whole number from 1 to 1"),
    "a number is no duration": (
        "profile.room.every=60",
        "profile.room.every: expected a duration like '90s'",
    ),
    "bad duration": ("run.until='soon'", "run.until: 'soon' is no duration"),
    "speed": ("run.speed='fast'", "run.speed: expected a number above 0 or 'max', got 'fast'"),
    "start without offset": (
        "run.start=2026-03-02T08:00:00",
        "run.start: expected 'now' or a time with its offset",
    ),
    "model that is not built": ("profile.room.model='ventilator'", "there are air_quality, battery,"),
    "output that the model has not": ("profile.room.sensor.0.from='t_air2'", "did you mean 't_air'?"),
    "parameter that the model has not": (
        "profile.room.params.volume=3",
        "profile.room.params.volume: is not known here; did you mean 'volume_m3'?",
    ),
    "parameter out of range": ("profile.room.params.capacity=0", "expected values from 1 to 40, got 0 to 0"),
    "unknown distribution": ("profile.room.params.volume_m3={dist='gamma'}", "there are choice, lognormal"),
    "distribution without its figures": (
        "profile.room.params.volume_m3={dist='uniform', lo=1}",
        "needs lo, hi",
    ),
    "distribution with others": (
        "profile.room.params.volume_m3={dist='uniform', lo=50, hi=60, sd=1}",
        "'sd'",
    ),
    "distribution upside down": (
        "profile.room.params.volume_m3={dist='uniform', lo=60, hi=50}",
        "lies above",
    ),
    "bias": ("profile.room.sensor.0.bias={sigma=1}", "expected { sd = NUMBER }"),
    "range upside down": ("profile.room.sensor.0.range=[9, 1]", "low above high"),
    "gzip": ("sink.gzip='yes'", "sink.gzip: expected true or false, got str 'yes'"),
    "duty without its cycle": (
        "profile.room.duty={on='10m'}",
        "profile.room.duty: expected { on = DURATION, cycle = DURATION }",
    ),
    "duty without sleep": (
        "profile.room.duty={on='10m', cycle='10m'}",
        "profile.room.duty: expected a duration from 60 s to 540 s, got '10m'",
    ),
    "duty shorter than a period": (
        "profile.room.duty={on='10s', cycle='10m'}",
        "profile.room.duty: expected a duration from 60 s to 540 s, got '10s'",
    ),
    "jitter too large": (
        "profile.room.jitter='30s'",
        "profile.room.jitter: expected a duration from 0 s to 12 s",
    ),
    "zone": ("site.hq.tz='Europe/Berlinn'", "site.hq.tz: no time zone 'Europe/Berlinn'"),
    "climate": ("site.hq.climate='martian'", "there are temperate"),
    "holiday": ("site.hq.holidays=['Xmas']", "expected days of the year like '12-25'"),
    "profile of a fleet": ("fleet.0.profile='rom'", "fleet.0.profile: str 'rom' is not among what is built"),
    "id without its axis": ("fleet.0.id='r'", "fleet.0.id: gives the same name twice"),
    "id with another axis": ("fleet.0.id='r{m}'", "the axes are {n}"),
    "id that no server takes": ("fleet.0.id='r {n}'", "expected 1 to 128 of"),
    "url": ("sink.url='localhost:8000'", "sink.url: expected http://HOST"),
    "url without a host": ("sink.url='http://'", "sink.url: expected http://HOST"),
    "port": ("sink.url='http://a:99999'", "sink.url: Port out of range"),
    "kind that is not built": ("fault.0.kind='stucck'", "did you mean 'stuck'?"),
    "upset of no model here": (
        "fault.0={match='*', kind='bearing', at='1m', for='1h'}",
        "fault.0.kind: no model of these fleets is upset by 'bearing'",
    ),
    "sentinel without its value": (
        "fault.0={match='*', kind='sentinel', at='1m'}",
        "fault.0.value: is missing",
    ),
    "probability": (
        "fault.0={match='*', kind='loss', at='1m', for='1m', p=2}",
        "fault.0.p: expected a number from 0 to 1",
    ),
    "drift": ("profile.room.sensor.0.drift={per_year=1}", "expected { per_sqrt_day = NUMBER, per_day"),
    "clock": ("profile.room.clock.pmm=3", "profile.room.clock.pmm: is not known here; did you mean 'ppm'?"),
    "fault without when": ("fault.0={match='*', kind='spike'}", "expected either `at`"),
    "fault without how long": ("fault.0={match='*', kind='stuck', at='1m'}", "fault.0.for: is missing"),
    "sensor of a device's fault": ("fault.0.sensor='temp'", "fault.0.sensor: is not known here"),
    "fault on no sensor": ("fault.0={match='*', kind='spike', at='1m', sensor='tmp'}", "there are temp"),
    "rate too high": ("fault.0.rate='1/s'", "expected at most 500/d"),
    "no such index": ("fleet.3.count=1", "'3' is no index; the array has 0 … 0"),
    "through a value": ("run.name.x=1", "run.name holds a value, no table"),
    "no assignment": ("run.seed", "expected KEY=VALUE"),
}


@pytest.mark.parametrize(("override", "sentence"), WRONG.values(), ids=WRONG)
def test_what_is_wrong_is_named(small: Path, override: str, sentence: str) -> None:
    with pytest.raises(ConfigError) as caught:
        load(str(small), [override])

    assert sentence in str(caught.value)
    assert str(caught.value).startswith((str(small), "--set"))


def test_missing_tables_are_named(tmp_path: Path) -> None:
    file = tmp_path / "empty.toml"
    file.write_text("schema = 1\n")

    with pytest.raises(ConfigError, match=r"run: is missing: expected a table \[run\]"):
        load(str(file))


def test_text_that_is_no_toml(tmp_path: Path) -> None:
    file = tmp_path / "bad.toml"
    file.write_text("schema 1")

    with pytest.raises(ConfigError, match=r"bad.toml: not TOML: .*line 1"):
        load(str(file))


@pytest.mark.parametrize(
    ("name", "hint"),
    [("ofice", "did you mean 'office'?"), ("x.toml", "the presets are city, cold-chain, factory")],
)
def test_what_is_neither_file_nor_preset(name: str, hint: str) -> None:
    with pytest.raises(ConfigError) as caught:
        load(name)

    assert hint in str(caught.value)


@pytest.mark.parametrize(
    ("overrides", "expected"),
    {
        "fewer": (["fleet.0.count=2"], ("r1-1", "r1-2")),
        "the product": ([], ("r1-1", "r1-2", "r1-3", "r2-1", "r2-2", "r2-3")),
        "more": (["fleet.0.count=8"], ("r1-1", "r1-2", "r1-3", "r2-1", "r2-2", "r2-3", "r3-1", "r3-2")),
    }.values(),
    ids=["fewer", "the product", "more"],
)
def test_count_takes_fewer_devices_or_prolongs_the_first_axis(
    tmp_path: Path, overrides: list[str], expected: tuple[str, ...]
) -> None:
    file = tmp_path / "axes.toml"
    file.write_text(
        SMALL.replace("count = 3\n", "axes = { floor = 2, room = 3 }\n").replace("r{n}", "r{floor}-{room}")
    )

    assert load(str(file), overrides).groups[0].ids == expected


def test_two_fleets_must_not_share_a_name(small: Path) -> None:
    small.write_text(SMALL + '[[fleet]]\nprofile = "room"\nsite = "hq"\nid = "r{n}"\n')

    with pytest.raises(ConfigError, match=r"fleet\.1\.id: device 'r1' is in an earlier fleet already"):
        load(str(small))


def test_overrides_are_toml_or_else_text(small: Path) -> None:
    config = load(str(small), ["run.speed=max", "run.name=other", "run.until='2h'", "sink.batch=7"])

    assert (config.run.speed, config.run.name, config.run.until, config.sink.batch) == (
        None,
        "other",
        7_200_000,
        7,
    )


def test_shards_split_the_devices(small: Path) -> None:
    config = load(str(small), ["fleet.0.count=100"])
    shards = [config.shard(number, 3).groups[0].ids for number in (1, 2, 3)]

    assert sorted(sum(shards, ())) == sorted(config.groups[0].ids)
    assert all(20 < len(ids) < 47 for ids in shards)


def test_a_duty_lowers_the_rate(small: Path) -> None:
    profile = load(str(small), ["profile.room.duty={on='150s', cycle='10m'}"]).groups[0].profile

    assert profile.duty == Duty(150_000, 600_000)
    assert profile.rate == pytest.approx(3 / 600)
    assert profile.longest_pause == 480_000


def test_a_fingerprint_is_of_what_is_measured(small: Path) -> None:
    """Neither of where that goes, nor of how fast, from when on, or until when."""
    one = load(str(small)).fingerprint
    elsewhere = ["sink.url='http://b'", "run.speed=9", "run.until='1h'", "run.start=now", "run.name=b"]
    others = ["run.seed=2", "run.backfill='2h'", "fleet.0.count=4", "fault=[]", "profile.room.every='90s'"]

    assert load(str(small), elsewhere).fingerprint == one
    assert len({one, *(load(str(small), [other]).fingerprint for other in others)}) == 6
