"""What there is to know of a recording before it is played."""

from pathlib import Path

import pytest

from simulator.replay.survey import survey
from simulator.replay.table import RecordingError

from .recordings import recording

LONG = (
    "time,device,sensor,value\n2026-02-01 00:00,b,T (°C),1.25\n2026-02-01 00:01,a,rh [%],2\n"
    "2026-02-01 00:02,b,T (°C),1.5\n2026-02-01 00:04,b,flow,1e-9\n"
)


def test_a_survey_tells_devices_sensors_and_times(tmp_path: Path) -> None:
    told: list[tuple[int, float]] = []
    found = survey(recording(tmp_path, LONG), lambda rows, share: told.append((rows, share)))

    assert found.devices == ("b", "a")
    assert [(s.name, s.unit, s.step, s.form) for s in found.sensors] == [
        ("T (°C)", "°C", 0.01, "%.2f"),
        ("rh [%]", "%", 1.0, "%.0f"),
        ("flow", "", None, "%.15g"),
    ]
    assert list(map(sorted, found.known)) == [[0, 2], [1]]
    assert (found.readings, found.last - found.first) == (4, 240_000)
    assert told[0][0] == 0


def test_the_period_is_the_mean_between_two_readings_of_a_device(tmp_path: Path) -> None:
    content = "time,device,a\n" + "".join(f"{t},{d},1\n" for t in (0, 10, 20, 30) for d in "xy")

    assert survey(recording(tmp_path, content, time_format="s"), lambda *_: None).period == 10_000


def test_a_recording_of_nothing_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RecordingError, match="has no values below its header"):
        survey(recording(tmp_path, "time,a\n2026-02-01,\n"), lambda *_: None)
