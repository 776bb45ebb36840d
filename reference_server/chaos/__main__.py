"""The demo's server as a command. Exit code 75 asks whoever started it to start it again on the same port."""

import sys

import click

from reference_server.chaos.control import Control
from reference_server.demo import AGAIN
from reference_server.parts import Parts
from reference_server.process import run
from reference_server.settings import Settings


@click.command()
@click.option("--port", type=int, required=True)
@click.option("--log", required=True)
def main(port: int, log: str) -> None:
    """`eventbahn serve` on loopback, with the demo's control; its base URL is the first line on stdout."""
    control = Control()
    parts = Parts(routes=control.routes, stream_head=control.stream_head)
    code = run(Settings(port=port, log=log, parts=parts))
    sys.exit(AGAIN if control.again and not code else code)


if __name__ == "__main__":
    main()
