"""The front door: `eventbahn COMMAND …` finds the package that has the command, and imports only that one."""

import sys
from difflib import get_close_matches
from importlib import import_module
from typing import Any, NamedTuple

import click

__all__ = ["main"]

USAGE, OUR_FAULT, INTERRUPTED = 2, 70, 130


class Door(NamedTuple):
    """Where a command lives: module and attribute, the extra that it needs, and its line in `--help`."""

    module: str
    command: str
    extra: str
    help: str


DOORS = {
    "demo": Door(
        "reference_server.demo", "demo", "server,fleet", "Server, fleet and live dashboard on one port."
    ),
    "serve": Door("reference_server.cli", "serve", "server", "Run the reference server."),
    "fleet": Door("simulator.cli", "fleet", "fleet", "Run a fleet of simulated devices."),
    "check": Door("conformance.cli", "check", "", "Check any SSE server against the requirements."),
    "lint": Door("conformance.lint", "lint", "", "Judge a recorded event stream."),
    "target": Door("conformance.target_cli", "target", "", "Write a first target file for a server."),
    "load": Door("loadtests._cli", "load", "load", "Measure fan-out latency under many subscribers."),
    "report": Door("reports.cli", "report", "report", "Turn result files into one HTML page."),
}


class Front(click.Group):
    """A group whose commands are imported when they are asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        return list(DOORS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        door = DOORS.get(cmd_name)
        if door is None:
            near = get_close_matches(cmd_name, DOORS, n=1)
            hint = f" Did you mean '{near[0]}'?" if near else ""
            raise click.UsageError(f"No such command '{cmd_name}'.{hint}", ctx)
        try:
            command = getattr(import_module(door.module), door.command)
        except ModuleNotFoundError as missing:
            if not door.extra or (missing.name or "").partition(".")[0] == door.module.partition(".")[0]:
                raise
            raise click.UsageError(
                f"'{cmd_name}' needs '{missing.name}': pip install 'eventbahn[{door.extra}]'", ctx
            ) from missing
        assert isinstance(command, click.Command), f"{door.module}.{door.command} is not a command"
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 - as above
        """List the commands without importing any, so that `--help` works whatever extras are installed."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, door.help) for name, door in DOORS.items()])


@click.group(cls=Front, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="eventbahn", prog_name="eventbahn")
def cli() -> None:
    """The test track for Server-Sent Events."""


def main(args: list[str] | None = None) -> None:
    """Run one command and leave with its own exit code, or: 2 usage, 70 a fault of ours, 130 interrupted."""
    try:
        result: Any = cli.main(args, prog_name="eventbahn", standalone_mode=False)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except (click.Abort, KeyboardInterrupt):
        sys.exit(INTERRUPTED)
    except Exception:  # noqa: BLE001 - the last line of defence: whatever comes here is our own fault
        sys.excepthook(*sys.exc_info())
        print("eventbahn: this is a fault of ours, please report it with the lines above", file=sys.stderr)
        sys.exit(OUR_FAULT)
    sys.exit(result if isinstance(result, int) else 0)


if __name__ == "__main__":
    main()
