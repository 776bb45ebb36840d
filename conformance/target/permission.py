"""What a target file may make the suite do: nothing beyond its stream, unless the user allows it. Pure."""

from collections.abc import Iterator

from conformance.target import Target, commands
from conformance.visible import visible

__all__ = ["announced", "refusal"]


def refusal(target: Target, *, allow_exec: bool) -> str:
    """Why this target may not be run, or ""."""
    if allow_exec or not (listed := "; ".join(announced(target))):
        return ""
    return f"the target acts on its own account, which needs --allow-exec: {listed}"


def announced(target: Target) -> Iterator[str]:
    """A line for each thing that the target makes the suite do, to be shown before it is done."""
    for command in commands(target):
        yield f"{command.key}: {visible(command.line)}"
