"""What ties a run to Locust: options, the shape, the end of a run, and the exit code. Registers once."""

import logging
import signal
import sys
from pathlib import Path
from typing import Any, NoReturn

from locust import events, stats
from locust.argument_parser import LocustArgumentParser
from locust.env import Environment
from locust.exception import StopTest
from locust.runners import Runner
from rich.console import Console

from loadtests._admission import USAGE, RefusalError, arrange
from loadtests._archive import save
from loadtests._options import OPTIONS
from loadtests._run import Run
from loadtests._shape import PlanShape
from loadtests._summary import summarize
from loadtests._verdict import INVALID

__all__ = ["current_run"]

log = logging.getLogger(__name__)

DISTRIBUTED = ("--processes", "--master", "--worker")
IGNORED = {"num_users": "--users", "spawn_rate": "--spawn-rate", "run_time": "--run-time"}
WIDTH = 120  # of the summary, where it does not go to a terminal

stats.PERCENTILES_TO_CHART = [0.5, 0.95, 0.99, 0.999]


def current_run(environment: Environment) -> Run:
    """The run that a user of Locust's belongs to. Raises StopTest when there is none."""
    shape = PlanShape.of(environment)
    if shape is None or shape.run is None:
        raise StopTest("these users run under a --scenario only")
    return shape.run


def add_options(parser: LocustArgumentParser, **_: Any) -> None:
    """Ours beside Locust's."""
    for option in OPTIONS:
        parser.add_argument(
            option.flag,
            include_in_web_ui=option.in_form,
            help=option.help,
            **option.keywords,
        )
    parse = parser.parse_args

    def parse_for_one_process(*args: Any, **keywords: Any) -> Any:
        options = parse(*args, **keywords)
        for flag in DISTRIBUTED:
            if getattr(options, flag[2:]):  # refused here, since Locust forks before it asks anyone else
                parser.error(f"{flag}: a run is measured by one process, and cannot be distributed")
        return options

    parser.parse_args = parse_for_one_process


def choose_shape(environment: Environment, runner: Runner | None, **_: Any) -> None:
    """One shape for every scenario; an option that cannot be meant ends a headless run before it begins."""
    options = environment.parsed_options
    if runner is None or options is None:
        return  # a single user in a debugger
    if options.class_picker:
        refuse("--class-picker: --scenario chooses the users")
    for name in (flag for field, flag in IGNORED.items() if getattr(options, field) is not None):
        log.warning("%s is ignored: --levels, --settle and --hold say how many, and for how long", name)
    shape = PlanShape(environment)
    shape.runner = runner
    environment.shape_class = shape
    # Levels are reached evenly by each subscriber's own jitter, so this one warning of Locust's misleads
    logging.getLogger("locust.runners").addFilter(lambda record: "spawn rate is very high" not in record.msg)
    if options.headless or options.autostart:
        try:
            arrange(vars(options), environment.host or "")
        except RefusalError as error:
            refuse(str(error))
    if options.headless:
        # Locust listens for SIGTERM only once a headless run is through: until then it is another Ctrl-C
        signal.signal(signal.SIGTERM, signal.default_int_handler)


def refuse(message: str) -> NoReturn:
    sys.stderr.write(f"{Path(sys.argv[0]).name}: error: {message}\n")
    sys.exit(USAGE)


def end_run(environment: Environment, **_: Any) -> None:
    """However a run ends, it drains before its users are stopped, and its result is written."""
    shape = PlanShape.of(environment)
    run = shape.run if shape else None
    if run is None or run.over:
        return
    log.info("Draining: waiting for what is still on its way")
    try:
        document = run.finish()
    except KeyboardInterrupt:  # a second Ctrl-C
        run.hurry()
        document = run.finish()
    if document is None:
        return  # somebody else ended it meanwhile: Ctrl-C while the plan was just through
    run.feed.close()
    for phase in document["phases"]:
        if phase["loss"]["lost"]:
            run.feed.fail("SSE", "deliver", f"lost at {phase['name']} subscribers", phase["loss"]["lost"])
    environment.process_exit_code = document["exit_code"]
    path: Path | None = run.settings.path(run.id)
    try:
        save(document, run.settings.path(run.id))
    except OSError as error:
        log.error("The result could not be written: %s", error)
        environment.process_exit_code = INVALID
        path = None
    announce(environment, document, path)


def announce(environment: Environment, document: dict[str, Any], path: Path | None) -> None:
    """Print the summary: at once beside the web interface, else below Locust's own last words."""

    def show(**_: Any) -> None:
        console = Console()
        if not console.is_terminal:
            console.width = WIDTH
        summarize(document, path, console)

    if environment.web_ui is not None:
        show()
    else:
        environment.events.quit.add_listener(show)


events.init_command_line_parser.add_listener(add_options)
events.init.add_listener(choose_shape)
events.test_stopping.add_listener(end_run)
events.quitting.add_listener(end_run)  # SIGTERM, and Ctrl-C beside the web interface, come here first
