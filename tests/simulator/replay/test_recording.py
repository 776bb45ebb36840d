"""What devices said, as recordings of every shape have it, and rows that cannot be read."""

from pathlib import Path
from typing import Any

import pytest

from simulator.replay.table import RecordingError
from simulator.replay.times import zone_of

from .recordings import readings, recording

BERLIN = zone_of("Europe/Berlin")
FEBRUARY = 1_769_904_000_000  # 2026-02-01T00:00:00Z
MINUTE, HOUR = 60_000, 3_600_000
LONG = "time,device,sensor,value\n"
Said = list[tuple[int, str, dict[str, float]]]
READ: dict[str, tuple[str, dict[str, Any], Said]] = {
    "wide": (
        "time,temp,rh\n2026-02-01 00:00,20.5,50\n2026-02-01 00:01,20.6,51\n",
        {},
        [(FEBRUARY, "it", {"temp": 20.5, "rh": 50.0}), (FEBRUARY + MINUTE, "it", {"temp": 20.6, "rh": 51.0})],
    ),
    "gaps": (
        "time,temp,rh\n2026-02-01 00:00,,50\n2026-02-01 00:01,NaN,NA\n2026-02-01 00:02,null,51\n",
        {},
        [(FEBRUARY, "it", {"rh": 50.0}), (FEBRUARY + 2 * MINUTE, "it", {"rh": 51.0})],
    ),
    "a word for gaps": (
        "time,temp,rh\n2026-02-01,-9999,50\n",
        {"missing": ("-9999",)},
        [(FEBRUARY, "it", {"rh": 50.0})],
    ),
    "wide with devices": (
        "time,device,temp\n2026-02-01,b,1\n2026-02-01,a,2\n2026-02-02,b,3\n",
        {},
        [
            (FEBRUARY, "b", {"temp": 1.0}),
            (FEBRUARY, "a", {"temp": 2.0}),
            (FEBRUARY + 24 * HOUR, "b", {"temp": 3.0}),
        ],
    ),
    "long": (
        f"{LONG}2026-02-01,b,temp,1\n2026-02-01,a,temp,2\n2026-02-01,b,rh,3\n2026-02-02,a,rh,4\n",
        {},
        [
            (FEBRUARY, "b", {"temp": 1.0, "rh": 3.0}),
            (FEBRUARY, "a", {"temp": 2.0}),
            (FEBRUARY + 24 * HOUR, "a", {"rh": 4.0}),
        ],
    ),
    "long, a sensor twice in a moment": (
        f"{LONG}2026-02-01,a,temp,1\n2026-02-01,a,rh,2\n2026-02-01,a,temp,3\n",
        {},
        [(FEBRUARY, "a", {"temp": 1.0, "rh": 2.0}), (FEBRUARY, "a", {"temp": 3.0})],
    ),
    "names that are given": (
        "when;who;what;how much\n2026-02-01;a;temp;1,5\n",
        {"time": ("when",), "device": "who", "sensor": "what", "value": "how much"},
        [(FEBRUARY, "a", {"temp": 1.5})],
    ),
    "columns that are wanted": (
        "time,status,temp\n2026-02-01,OK,1\n",
        {"values": ("temp",)},
        [(FEBRUARY, "it", {"temp": 1.0})],
    ),
    "date and time apart": (
        "Date;Time;P\n1/2/2026;00:01:00;1.5\n",
        {"time_format": "%d/%m/%Y %H:%M:%S"},
        [(FEBRUARY + MINUTE, "it", {"P": 1.5})],
    ),
    "an index of pandas": (",temp\n2026-02-01,1\n", {}, [(FEBRUARY, "it", {"temp": 1.0})]),
    "a decimal comma": (
        "time;a;b\n2026-02-01;21,5;-,5\n",
        {},
        [(FEBRUARY, "it", {"a": 21.5, "b": -0.5})],
    ),
    "a decimal comma in quotes": (
        'time,a\n2026-02-01,"21,5"\n',
        {"decimal": ","},
        [(FEBRUARY, "it", {"a": 21.5})],
    ),
    "numbers of all kinds": (
        "time,a,b,c,d\n2026-02-01,-1e-3,+7,3.,.5\n",
        {},
        [(FEBRUARY, "it", {"a": -0.001, "b": 7.0, "c": 3.0, "d": 0.5})],
    ),
    "two rows of one moment that don't overlap": (
        "time,a,b\n2026-02-01,1,\n2026-02-01,,2\n",
        {},
        [(FEBRUARY, "it", {"a": 1.0, "b": 2.0})],
    ),
    "two rows of one moment that do": (
        "time,a\n2026-02-01,1\n2026-02-01,2\n",
        {},
        [(FEBRUARY, "it", {"a": 1.0}), (FEBRUARY, "it", {"a": 2.0})],
    ),
}


@pytest.mark.parametrize(("content", "options", "said"), READ.values(), ids=READ)
def test_readings(tmp_path: Path, content: str, options: dict[str, Any], said: Said) -> None:
    made = recording(tmp_path, content, **options)

    assert readings(made) == said
    assert readings(made) == said


AUTUMN = 1_792_886_400_000  # 2026-10-25T00:00:00Z, two o'clock in Berlin; an hour later it is two again
TWICE: dict[str, tuple[str, list[int]]] = {
    "every half an hour": ("02:00,x 02:30,x 02:00,x 02:30,x 03:00,x", [0, 30, 60, 90, 120]),
    "every hour": ("01:00,x 02:00,x 02:00,x", [-60, 0, 60]),
    "two devices": ("02:00,x 02:00,y 02:00,x 02:00,y", [0, 0, 60, 60]),
}


@pytest.mark.parametrize(("rows", "minutes"), TWICE.values(), ids=TWICE)
def test_the_hour_that_comes_twice_is_told_by_the_order(
    tmp_path: Path, rows: str, minutes: list[int]
) -> None:
    content = "time,device,a\n" + "".join(f"2026-10-25 {row},1\n" for row in rows.split())
    found = readings(recording(tmp_path, content, zone=BERLIN))

    assert [t for t, _, _ in found] == [AUTUMN + minute * MINUTE for minute in minutes]


BAD: dict[str, tuple[str, dict[str, Any], str]] = {
    "no column of time": ("a,b\n1,2\n", {}, "line 1: there is no column 'time'"),
    "a time column that is not there": (
        "time,a\n",
        {"time": ("tme",)},
        "'tme': no such column; did you mean 'time'?",
    ),
    "a value column that is not there": (
        "time,temp\n",
        {"values": ("tmp",)},
        "'tmp': no such column; did you mean 'temp'?",
    ),
    "half a long recording": ("time,s,v\n", {"sensor": "s"}, "give both --sensor-column and --value-column"),
    "no values": ("time,device\n", {}, "line 1: there is no column of values beside 'time', 'device'"),
    "text": ("time,a\n2026-02-01,OK\n", {}, "line 2, column 2 (a): expected a number, got 'OK'"),
    "infinity": (
        "time,a\n2026-02-01,inf\n",
        {},
        "expected a number, got 'inf'; --missing makes such words gaps",
    ),
    "too large": ("time,a\n2026-02-01,1e999\n", {}, "expected a number that JSON readers hold, got '1e999'"),
    "underscores": ("time,a\n2026-02-01,1_000\n", {}, "expected a number, got '1_000'"),
    "thousands": ("time;a\n2026-02-01;1.234,5\n", {}, "expected a number, got '1.234,5'"),
    "a comma that may be anything": (
        'time,a\n2026-02-01,"1,234"\n',
        {},
        "a number with decimal point, got '1,234'; --decimal says which",
    ),
    "both decimal marks": (
        "time;a\n2026-02-01;1.5\n2026-02-02;1,5\n",
        {},
        "line 3, column 2 (a): expected a number with decimal mark '.'",
    ),
    "a row without a time": (
        "time,a\n2026-02-01,1\n,2\n",
        {},
        "line 3, column 1 (time): expected an ISO 8601 time",
    ),
    "not in order": (
        "time,a\n2026-02-02,1\n2026-02-01,2\n",
        {},
        "2026-02-01 00:00:00Z comes after 2026-02-02 00:00:00Z; sort the rows",
    ),
    "an hour that never was": (
        "time,a\n2026-03-29 02:30,1\n",
        {"zone": BERLIN},
        "column 1 (time): 2026-03-29 02:30:00 did not exist in Europe/Berlin",
    ),
    "a device without a name": (
        "time,device,a\n2026-02-01,room 1,1\n",
        {},
        "line 2, column 2 (device): expected 1 to 128 of A-Z",
    ),
    "a sensor without a name": (
        "time,device,sensor,value\n2026-02-01,a,,1\n",
        {},
        "line 2, column 3 (sensor): expected the name of a sensor",
    ),
    "a value without a column": (
        "time,a,\n2026-02-01,1,2\n",
        {},
        "line 2, column 3: '2' is in a column without a name",
    ),
}


@pytest.mark.parametrize(("content", "options", "sentence"), BAD.values(), ids=BAD)
def test_what_cannot_be_read_is_said(
    tmp_path: Path, content: str, options: dict[str, Any], sentence: str
) -> None:
    with pytest.raises(RecordingError) as caught:
        readings(recording(tmp_path, content, **options))

    assert str(tmp_path / "data.csv") in str(caught.value)
    assert sentence in str(caught.value)
