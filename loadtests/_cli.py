"""`eventbahn load`: the same as `locust -f loadtests/`, wherever eventbahn is installed. Measures nothing."""

import os
import sys
from importlib.util import find_spec
from pathlib import Path

import click

from loadtests._catalogue import SCENARIOS
from loadtests._options import OPTIONS
from loadtests._scenario import Scenario

__all__ = ["load"]

# Locust puts the working directory first on sys.path, and folders there may have our packages' names: so ours
# are imported before. Locust itself comes first of all, since it patches the standard library.
PROGRAM = """
import sys
import locust
import loadtests._plugin
from locust.main import main
sys.argv[0] = "eventbahn load"
main()
"""


class LoadCommand(click.Command):
    """A command that passes everything on, and knows what to say about it."""

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 - click's
        """Our options, and those of Locust's that one always needs."""
        with formatter.section("Options"):
            formatter.write_dl(
                [
                    ("-H, --host URL", "base URL of the server, like http://127.0.0.1:8000"),
                    ("--headless", "run at once in the terminal, instead of the web interface on :8089"),
                    ("--processes N", "spread subscribers and probes over so many processes; -1: one a core"),
                    ("--master, --worker", "the same over hosts, each of which has its own clock"),
                    *((f"{option.flag} {option.metavar}".rstrip(), option.help) for option in OPTIONS),
                ]
            )
        with formatter.section("Scenarios"):
            formatter.write_dl([(scenario.name, _told(scenario)) for scenario in SCENARIOS.values()])
        with formatter.section("Exit codes"):
            formatter.write_dl(
                [("0", "ok"), ("2", "usage"), ("3", "an objective was missed"), ("4", "the run is invalid")]
            )


def _told(scenario: Scenario) -> str:
    return f"{scenario.question} {scenario.outline()}"


@click.command(cls=LoadCommand, context_settings={"ignore_unknown_options": True})
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED, metavar="[OPTIONS OF LOCUST]")
def load(arguments: tuple[str, ...]) -> None:
    """Measure fan-out latency under many subscribers.

    Subscribers hold GET /events open while probes are posted to /measurements. Every delivery is timed from
    the moment its probe was due, and every one that is missing at the end is counted. This is Locust with our
    scenarios: its own options work as well.
    """
    if find_spec("locust") is None:
        raise click.UsageError("'load' needs 'locust': pip install 'eventbahn[load]'")
    here = str(Path(__file__).parent)
    sys.stdout.flush()
    os.execv(sys.executable, [sys.executable, "-P", "-c", PROGRAM, "-f", here, *arguments])
