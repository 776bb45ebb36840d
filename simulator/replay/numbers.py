"""Cells of a recording as numbers: either decimal mark, but one a file; empty cells and the like are gaps."""

import math
import re
from collections.abc import Iterable

__all__ = ["MISSING", "Numbers"]

MISSING = frozenset({"", "nan", "na", "n/a", "null", "none", "-", "?"})  # case-folded
NUMBER = re.compile(r"[+-]?(\d*)([.,]?)(\d*)([eE][+-]?\d+)?", re.ASCII).fullmatch
ANY = 99  # decimals of a number with an exponent


class Numbers:
    """One for a file: the first decimal mark that is met, or `mark`, is that of all of it."""

    def __init__(self, mark: str | None, delimiter: str, missing: Iterable[str] = ()) -> None:
        self._mark, self._delimiter = mark, delimiter
        self._missing = MISSING | {word.strip().casefold() for word in missing}

    def read(self, cell: str) -> tuple[float, int | None]:
        """Value and decimals, which are None for a gap; raises ValueError with a sentence."""
        text = cell.strip()
        if text.casefold() in self._missing:
            return math.nan, None
        found = NUMBER(text)
        whole, mark, fraction, exponent = found.groups() if found else ("", "", "", None)
        if not (whole or fraction):
            raise ValueError(f"expected a number, got {cell!r}; --missing makes such words gaps")
        if mark:
            if mark != self._mark:
                self._check(mark, cell)
            text = text.replace(",", ".")
        value = float(text)
        if math.isinf(value):
            raise ValueError(f"expected a number that JSON readers hold, got {cell!r}")
        return value, ANY if exponent else len(fraction)

    def _check(self, mark: str, cell: str) -> None:
        if self._mark is None and (mark == "." or self._delimiter != ","):
            self._mark = mark
        if mark != self._mark:
            kind = f"decimal mark {self._mark!r} as before" if self._mark else "decimal point"
            raise ValueError(f"expected a number with {kind}, got {cell!r}; --decimal says which it is")
