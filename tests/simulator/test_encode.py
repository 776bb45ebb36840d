"""The bytes of a message."""

import json

import numpy as np

from simulator.encode import Encoder
from simulator.postponed import Rows
from simulator.sensors import Sensor

SENSORS = [
    Sensor("temp", "t_air", "Cel", step=0.1),
    Sensor("co2", "co2", "ppm", step=1),
    Sensor("p", "p", "hPa"),
]


def encode(values: list[list[float]], *, late: bool = False) -> list[bytes]:
    rows = np.arange(len(values))
    table = np.array(values).T
    return Encoder(["a", "b"], SENSORS, 1700).encode(Rows(rows % 2, rows + 7, rows + 1000, rows, table, late))


def test_a_message_is_spelt_like_this() -> None:
    assert encode([[21.300000000000004, 612.0, 1013.25]]) == [
        b'{"device":"a","boot":1700,"seq":7,"ts":1000,"values":{"temp":21.3,"co2":612,"p":1013.25}}'
    ]


def test_what_is_absent_has_no_key() -> None:
    messages = encode([[20.0, np.nan, np.nan], [np.nan, np.nan, np.nan]])

    assert messages[0].endswith(b'"values":{"temp":20.0}}')
    assert messages[1] == b'{"device":"b","boot":1700,"seq":8,"ts":1001,"values":{}}'


def test_a_backlog_is_marked_late() -> None:
    assert json.loads(encode([[20.0, 400.0, np.inf]], late=True)[0]) == {
        "device": "a",
        "boot": 1700,
        "seq": 7,
        "ts": 1000,
        "values": {"temp": 20.0, "co2": 400},
        "late": True,
    }
