"""A CSV file as rows of cells, read as a stream: its encoding, delimiter and header. Reads no values."""

import codecs
import csv
from collections.abc import Iterator
from pathlib import Path
from typing import IO, NamedTuple

__all__ = ["CsvTable", "RecordingError", "Row"]

DELIMITERS = ";\t|,"
LONGEST_LINE = 1_000_000  # bytes; what is longer is no CSV file, and would fill the memory
UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


class RecordingError(ValueError):
    """What cannot be replayed; says file, line and column, what was expected and what was found."""


class Row(NamedTuple):
    """The cells of a line, its number, and the share of the file that is read."""

    line: int
    cells: list[str]
    share: float


class CsvTable:
    """The dialect is looked at once; `rows` reads from the beginning, as often as it is called.

    Raises RecordingError and OSError.
    """

    def __init__(self, path: Path, encoding: str = "utf-8", delimiter: str | None = None) -> None:
        self.path = path
        if not path.is_file():
            raise RecordingError(f"{path}: is no file on a disk, and a replay reads it more than once")
        self._size = max(1, path.stat().st_size)
        self._encoding = _known(encoding)
        self._bytes = 0  # that are read
        with path.open("rb") as file:
            first = next(self._lines(file), "")
            self.delimiter = delimiter or max(DELIMITERS, key=first.count)
            file.seek(0)
            cells = next(csv.reader(self._lines(file), delimiter=self.delimiter, strict=True), [])
        self.header = [name.strip() for name in cells]
        self._check_header()

    def error(self, line: int, sentence: str, column: int | None = None) -> RecordingError:
        """An error about a line, or about a cell in it; columns count from 0."""
        where = f"{self.path}, line {line:,}"
        if column is not None:
            name = self.header[column] if column < len(self.header) else ""
            where += f", column {column + 1}" + (f" ({name})" if name else "")
        return RecordingError(f"{where}: {sentence}")

    def rows(self) -> Iterator[Row]:
        """All rows but the header and empty ones."""
        width = len(self.header)
        with self.path.open("rb") as file:
            reader = csv.reader(self._lines(file), delimiter=self.delimiter)
            try:
                next(reader)
                for cells in reader:
                    if not any(cells):
                        continue
                    if len(cells) != width:
                        sentence = f"expected {width} cells as in the header, got {len(cells)}"
                        raise self.error(reader.line_num, sentence)
                    yield Row(reader.line_num, cells, self._bytes / self._size)
            except csv.Error as error:
                raise self.error(reader.line_num, f"not CSV: {error}") from error

    def _lines(self, file: IO[bytes]) -> Iterator[str]:
        self._bytes = number = 0
        while raw := file.readline(LONGEST_LINE):
            self._bytes += len(raw)
            number += 1
            if number == 1:
                if raw.startswith(UTF16):
                    raise self.error(1, f"is UTF-16; convert it: iconv -f utf-16 -t utf-8 {self.path}")
                raw = raw.removeprefix(codecs.BOM_UTF8)
            if len(raw) == LONGEST_LINE:
                raise self.error(number, f"is longer than {LONGEST_LINE:,} bytes; is this a CSV file?")
            try:
                yield raw.decode(self._encoding)
            except UnicodeDecodeError as error:
                byte = f"not {self._encoding} (byte 0x{error.object[error.start]:02x})"
                hint = "did you mean --encoding latin-1, or cp1252?"
                raise self.error(number, f"{byte}; {hint}") from error

    def _check_header(self) -> None:
        if not any(self.header):
            raise self.error(1, "expected the names of the columns, like time,temp,rh; there are none")
        for column, name in enumerate(self.header):
            if name and name in self.header[:column]:
                first = self.header.index(name) + 1
                raise self.error(1, f"there is a column {name!r} already, column {first}", column)
            if _is_number(name):
                raise self.error(1, f"expected the name of a column, got {name!r}; is the header missing?")


def _known(encoding: str) -> str:
    try:
        return codecs.lookup(encoding).name
    except LookupError as error:
        raise RecordingError(f"--encoding {encoding}: expected one like utf-8, latin-1 or cp1252") from error


def _is_number(text: str) -> bool:
    try:
        float(text.replace(",", "."))
    except ValueError:
        return False
    return True
