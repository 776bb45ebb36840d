"""Spans of time as people type them: `90s`, `15m`, `24h`, `7d`."""

import re
from typing import Any

import click

__all__ = ["Duration"]

SECONDS = {"": 1, "s": 1, "m": 60, "h": 3_600, "d": 86_400}
FORM = re.compile(r"(\d{1,12}(?:\.\d{1,3})?)([smhd]?)", re.ASCII)


class Duration(click.ParamType[float]):
    """Seconds, from a number and a unit."""

    name = "duration"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        match = FORM.fullmatch(str(value))
        if match is None:
            self.fail(f"'{value}' is no span of time: write 90s, 15m, 24h or 7d", param, ctx)
        return float(match[1]) * SECONDS[match[2]]
