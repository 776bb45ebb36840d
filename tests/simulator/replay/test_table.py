"""A CSV file as rows, whatever program wrote it; and what is no CSV file."""

from pathlib import Path

import pytest

from simulator.replay.table import LONGEST_LINE, CsvTable, RecordingError

READ: dict[str, tuple[bytes, list[str], list[list[str]]]] = {
    "commas": (b"time,a\n1,2\n", ["time", "a"], [["1", "2"]]),
    "semicolons": (b"time;a,b;c\n1;2,5;3\n", ["time", "a,b", "c"], [["1", "2,5", "3"]]),
    "tabs": (b"time\ta\n1\t2\n", ["time", "a"], [["1", "2"]]),
    "bars": (b"time|a\n1|2\n", ["time", "a"], [["1", "2"]]),
    "CRLF": (b"time,a\r\n1,2\r\n", ["time", "a"], [["1", "2"]]),
    "a BOM": (b"\xef\xbb\xbftime,a\n1,2\n", ["time", "a"], [["1", "2"]]),
    "no last end of line": (b"time,a\n1,2", ["time", "a"], [["1", "2"]]),
    "empty rows": (b"time,a\n\n1,2\n,\n\n3,4\n", ["time", "a"], [["1", "2"], ["3", "4"]]),
    "quotes": (b'"time","a ""x"""\n"1","2,5"\n', ["time", 'a "x"'], [["1", "2,5"]]),
    "blanks in the header": (b"time , a\n1,2\n", ["time", "a"], [["1", "2"]]),
    "only a header": (b"time,a\n", ["time", "a"], []),
}


def table(folder: Path, content: bytes, *arguments: str) -> CsvTable:
    (folder / "d.csv").write_bytes(content)
    return CsvTable(folder / "d.csv", *arguments)


@pytest.mark.parametrize(("content", "header", "rows"), READ.values(), ids=READ)
def test_rows_are_read(tmp_path: Path, content: bytes, header: list[str], rows: list[list[str]]) -> None:
    found = table(tmp_path, content)

    assert found.header == header
    assert [row.cells for row in found.rows()] == rows
    assert [row.cells for row in found.rows()] == rows


def test_a_row_knows_its_line_and_how_far_it_is(tmp_path: Path) -> None:
    rows = list(table(tmp_path, b'time,a\n1,"x\ny"\n3,4\n').rows())

    assert [row.line for row in rows] == [3, 4]
    assert 0 < rows[0].share < rows[1].share == 1.0


def test_latin_1_is_read_when_it_is_said(tmp_path: Path) -> None:
    content = "time,T (°C)\n1,2\n".encode("latin-1")

    assert table(tmp_path, content, "latin-1").header == ["time", "T (°C)"]


BAD: dict[str, tuple[bytes, str]] = {
    "empty": (b"", "line 1: expected the names of the columns, like time,temp,rh; there are none"),
    "no header": (
        b"2026-01-01,21.5\n",
        "line 1: expected the name of a column, got '21.5'; is the header missing?",
    ),
    "no header, decimal comma": (b"2026-01-01;21,5\n", "got '21,5'; is the header missing?"),
    "a column twice": (b"time,a,b,a\n", "line 1, column 4 (a): there is a column 'a' already, column 2"),
    "Latin-1 in the header": (
        b"time,\xb0C\n",
        "line 1: not utf-8 (byte 0xb0); did you mean --encoding latin-1",
    ),
    "Latin-1 in a row": (b"time,a\n1,2\n1,\xb5\n", "line 3: not utf-8 (byte 0xb5)"),
    "UTF-16": ("time,a\n1,2\n".encode("utf-16"), "line 1: is UTF-16; convert it: iconv -f utf-16 -t utf-8"),
    "too few cells": (b"time,a\n1,2\n3\n", "line 3: expected 2 cells as in the header, got 1"),
    "too many cells": (b"time,a\n1,2,3\n", "line 2: expected 2 cells as in the header, got 3"),
    "an endless line": (b"time,a\n" + b"x" * LONGEST_LINE, "line 2: is longer than 1,000,000 bytes"),
    "an endless quote": (b'time,a\n1,"' + b"x" * 140_000, "not CSV: field larger than field limit"),
}


@pytest.mark.parametrize(("content", "sentence"), BAD.values(), ids=BAD)
def test_what_is_no_table_is_said_with_its_line(tmp_path: Path, content: bytes, sentence: str) -> None:
    with pytest.raises(RecordingError) as caught:
        list(table(tmp_path, content).rows())

    assert str(caught.value).startswith(f"{tmp_path / 'd.csv'}, line ")
    assert sentence in str(caught.value)


def test_what_is_no_file_is_said(tmp_path: Path) -> None:
    with pytest.raises(RecordingError, match="is no file on a disk, and a replay reads it more than once"):
        CsvTable(Path("/dev/null"))
    with pytest.raises(
        RecordingError, match="--encoding utf8000: expected one like utf-8, latin-1 or cp1252"
    ):
        table(tmp_path, b"time,a\n", "utf8000")
