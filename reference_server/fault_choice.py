"""The choice of a fault by its name. Faults are loaded only when one is chosen, or a list is asked for."""

from difflib import get_close_matches
from inspect import getdoc
from typing import Any

import click

__all__ = ["FaultChoice"]


class FaultChoice(click.ParamType[str]):
    """The name of a fault; `help` lists them all, and ends the command."""

    name = "fault"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        from reference_server.faults import FAULTS

        if value == "help" and ctx:
            click.echo(listed())
            ctx.exit()
        if value not in FAULTS:
            near = get_close_matches(value, FAULTS, n=1)
            hint = f"did you mean '{near[0]}'?" if near else "--fault help lists them."
            self.fail(f"'{value}' is no fault: {hint}", param, ctx)
        return str(value)


def listed() -> str:
    """A line for each fault, by section: its name, what it does, and the rows that have to fail."""
    from reference_server.faults import FAULTS
    from reference_server.faults.catalogue import SECTIONS

    width = max(map(len, FAULTS))
    lines: list[str] = []
    for section in SECTIONS:
        name = section.__name__.rpartition(".")[2].upper().replace("_", " ")
        lines += ["", f"{name}: {(getdoc(section) or '').partition(chr(10))[0]}"]
        lines += [
            f"  {name:{width}}  {fault.help} [{', '.join(fault.caught_by)}]"
            for name, fault in section.FAULTS.items()
        ]
    return "\n".join(lines[1:])
