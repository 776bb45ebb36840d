"""Recordings for the tests of this folder, written by hand."""

from pathlib import Path
from typing import Any

from simulator.replay.columns import Columns
from simulator.replay.recording import Reading, Recording, Wording
from simulator.replay.table import CsvTable

__all__ = ["readings", "recording"]


def recording(folder: Path, content: bytes | str, **options: Any) -> Recording:
    """A recording of these bytes; options are those of Columns, Wording and CsvTable."""
    path = folder / "data.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    table = CsvTable(path, **{key: options.pop(key) for key in ("encoding", "delimiter") if key in options})
    of_columns = {"time", "device", "sensor", "value", "values"}
    columns = Columns(**{key: value for key, value in options.items() if key in of_columns})
    wording = Wording(**{key: value for key, value in options.items() if key not in of_columns})
    return Recording(table, columns, wording, "it")


def readings(made: Recording) -> list[tuple[int, str, dict[str, float]]]:
    """All of it, with names instead of numbers."""
    found: list[Reading] = list(made.readings())
    devices, sensors = list(made.devices), list(made.sensors)
    return [
        (t, devices[device], {sensors[sensor]: value for sensor, value in values.items()})
        for t, device, values in found
    ]
