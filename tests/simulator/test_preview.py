"""Previews: as blocks, as CSV, as a picture; and what they refuse."""

import csv
import io
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner, Result

from simulator.cli import fleet
from simulator.trace import sparkline

MONDAY_NINE = "run.start=2026-03-02T09:00:00+01:00"


def preview(*arguments: str) -> Result:
    return CliRunner().invoke(fleet, ["preview", "office", "--set", MONDAY_NINE, "--days", "0.1", *arguments])


def test_blocks_show_the_course() -> None:
    assert sparkline(np.arange(8.0), 8) == "▁▂▃▄▅▆▇█"
    assert sparkline(np.array([1.0, np.nan, 1.0]), 3) == "▁ ▁"
    assert sparkline(np.full(4, np.nan), 2) == "  "


def test_each_sensor_and_fault_is_a_line() -> None:
    result = preview("--device", "room-107")
    lines = result.stdout.splitlines()

    assert result.exit_code == 0
    assert [line.split()[1] for line in lines[:4]] == ["temp", "rh", "co2", "lux"]
    assert lines[0].endswith(" Cel")
    assert any("stuck of co2 from 2026-03-02 08:20:00Z, 120 min" in line for line in lines[4:])


def test_csv_is_what_would_be_sent() -> None:
    rows = list(csv.DictReader(io.StringIO(preview("--csv").stdout)))

    assert {row["device"] for row in rows} == {"room-101"}
    assert len(rows) == pytest.approx(4 * 144, abs=20)
    assert all(len(row["value"].partition(".")[2]) == 1 for row in rows if row["sensor"] == "temp")


@pytest.mark.parametrize("name", ["p.png", "p.svg"])
def test_a_picture_is_written(tmp_path: Path, name: str) -> None:
    file = tmp_path / name
    result = preview("--device", "room-10[17]", "-o", str(file), "--stats")

    assert result.exit_code == 0
    assert result.stdout == f"{file}: 2 devices\n"
    assert file.read_bytes()[:5] in {b"\x89PNG\r", b"<?xml"}


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    {
        "nobody": (["--device", "x*"], "--device x*: no device has such a name"),
        "too many": (["--device", "*"], "60 devices; at most 12 can be shown"),
        "statistics without a picture": (["--stats"], "give it a file with -o"),
        "no such folder": (["-o", "/nowhere/p.png"], "-o /nowhere/p.png: cannot be written"),
        "no such format": (["-o", "/tmp/p.tiger"], "cannot be written: Format 'tiger' is not supported"),
    }.values(),
    ids=["nobody", "too many", "statistics without a picture", "no such folder", "no such format"],
)
def test_what_it_refuses(arguments: list[str], sentence: str) -> None:
    result = preview(*arguments)

    assert result.exit_code == 2
    assert sentence in result.stderr
