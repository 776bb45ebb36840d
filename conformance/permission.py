"""What a target file may make the suite do, and what it may not. Pure."""

from conformance.target import Target, commands

__all__ = ["refusal"]

UNABLE = ("target.version", "process.start", "publish.command", "publish.python")


def refusal(target: Target, *, allow_exec: bool) -> str:
    """Why this target may not be run, or ""."""
    wanted = commands(target)
    unable = [command for command in wanted if command.key in UNABLE]
    if unable:
        return f"{unable[0].key}: this version of the suite runs no programs: start the server yourself"
    if wanted and not allow_exec:
        listed = "; ".join(f"{command.key}: {command.line}" for command in wanted)
        return f"the target acts on its own account, which needs --allow-exec: {listed}"
    return ""
