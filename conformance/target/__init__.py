"""A target: what the server under test promises, in a file or as a bare URL."""

from conformance.target.loading import (
    TARGETS,
    Command,
    Target,
    TargetError,
    commands,
    is_loopback,
    load,
    loads,
)

__all__ = ["TARGETS", "Command", "Target", "TargetError", "commands", "is_loopback", "load", "loads"]
