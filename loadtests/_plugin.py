"""What ties runs to Locust: options, the shape, and who asks whom. Registers its listeners once."""

import logging
import signal
import sys
from argparse import Namespace
from pathlib import Path
from typing import Any, NoReturn

import gevent
from locust import events, html, runners, stats
from locust.argument_parser import LocustArgumentParser
from locust.env import Environment
from locust.exception import StopTest
from locust.runners import MasterRunner, Runner, WorkerRunner
from locust.web import WebUI

from loadtests._admission import USAGE, RefusalError, arrange, provide
from loadtests._crew import Crew, LocalPeer
from loadtests._ending import conclude, linger
from loadtests._generator import Generator
from loadtests._interrupt import interrupt_between_turns
from loadtests._link import MasterLink, RemotePeer, WorkerLink
from loadtests._options import OPTIONS
from loadtests._progress import follow, is_live
from loadtests._shape import PlanShape
from loadtests._tab import show
from loadtests._wire import Report
from loadtests._worker import Worker

__all__ = ["current_generator"]

log = logging.getLogger(__name__)

ANSWER_SECONDS = 5.0  # for the last answers of a worker that leaves
IGNORED = {"num_users": "--users", "spawn_rate": "--spawn-rate"}

stats.PERCENTILES_TO_CHART = stats.PERCENTILES_TO_STATISTICS = [0.5, 0.95, 0.99, 0.999]
# Seconds without a sign of life; a worker that lets ten thousand subscribers go is silent for some
runners.HEARTBEAT_LIVENESS = max(runners.HEARTBEAT_LIVENESS, 10)
html.PERCENTILES_FOR_HTML_REPORT = [0.5, 0.75, 0.9, 0.95, 0.99, 0.999, 1.0]


def current_generator(environment: Environment) -> Generator:
    """What a user of Locust's belongs to. Raises StopTest when there is no run."""
    worker = Worker.of(environment)
    generator = worker.current() if worker else None
    if generator is None:
        raise StopTest("these users run under a --scenario only")
    return generator


def add_options(parser: LocustArgumentParser, **_: Any) -> None:
    """Ours beside Locust's."""
    for option in OPTIONS:
        parser.add_argument(
            option.flag,
            env_var=option.environment,
            include_in_web_ui=option.in_form,
            help=option.help,
            **option.keywords,
        )
    parse = parser.parse_args

    def parse_and_check(*args: Any, **keywords: Any) -> Any:
        options = parse(*args, **keywords)
        if options.processes and options.headless and not options.worker:
            check(options)  # here, since Locust forks before it asks anybody
        return options

    parser.parse_args = parse_and_check


def take_part(environment: Environment, runner: Runner | None, web_ui: WebUI | None, **_: Any) -> None:
    """Each process plays its role: master, worker, or both in one."""
    options = environment.parsed_options
    if runner is None or options is None:
        return  # a single user in a debugger
    interrupt_between_turns(signal.SIGINT)
    # Levels are reached evenly by each subscriber's own jitter, so this one warning of Locust's misleads
    logging.getLogger("locust.runners").addFilter(lambda record: "spawn rate is very high" not in record.msg)
    match runner:
        case WorkerRunner():
            work(environment, runner)
            return
        case MasterRunner():
            shape = master(environment, runner)
        case _:
            worker = Worker.seat(environment)
            crew = Crew([LocalPeer(worker.answer, worker.report)])
            shape = PlanShape(environment, lambda: crew)
    shape.runner = runner
    environment.shape_class = shape
    if web_ui is not None:
        show(web_ui, options.web_base_path.rstrip("/"), shape.shown)
        environment.events.reset_stats.add_listener(shape.clear)
    check(options)
    ignored = {} if options.scenario == "free" else IGNORED
    for name in (flag for field, flag in ignored.items() if getattr(options, field) is not None):
        log.warning("%s is ignored: --levels, --settle and --hold say how many, and for how long", name)
    if options.headless:
        to_the_terminal(environment, shape, options)


def to_the_terminal(environment: Environment, shape: PlanShape, options: Namespace) -> None:
    """Show progress there, and listen to it."""
    environment.events.test_start.add_listener(lambda **_: shape.run and gevent.spawn(follow, shape.run))
    if is_live() and not options.print_stats:
        options.only_summary = True  # Locust's table every 2 s, for which there is no room beside a bar
    # Locust listens for SIGTERM only once a headless run is through: until then it is another Ctrl-C
    interrupt_between_turns(signal.SIGTERM)


def work(environment: Environment, runner: WorkerRunner) -> None:
    """Do what the master asks."""
    worker = Worker.seat(environment)
    link = WorkerLink(runner, worker.answer, worker.report)

    def leave(**_: Any) -> None:
        linger(worker)
        link.finish(ANSWER_SECONDS)

    # The listener that is added last is called first: before Locust's own, which tells the master we are gone
    environment.events.quitting.add_listener(leave)
    environment.events.test_stopping.add_listener(lambda **_: worker.abandon())


def master(environment: Environment, runner: MasterRunner) -> PlanShape:
    """Ask whoever is there when a run begins; a worker that comes later joins it."""

    def hear(worker: str, report: Report) -> None:
        if shape.run is not None:
            shape.run.hear(worker, report)

    link = MasterLink(runner, hear)
    shape = PlanShape(environment, lambda: Crew(RemotePeer(link, id_) for id_ in link.workers()))

    def welcome(client_id: str, **_: Any) -> None:
        if shape.run is not None and shape.run.begun:
            link.soon(shape.run.join, client_id)

    environment.events.worker_connect.add_listener(welcome)
    return shape


def check(options: Namespace) -> None:
    """An option that cannot be meant ends a headless run before it begins."""
    if options.class_picker:
        refuse("--class-picker: --scenario chooses the users")
    if options.headless or options.autostart:
        try:
            settings, _site = arrange(vars(options), options.host or "")
            provide(settings)
        except RefusalError as error:
            refuse(str(error))


def refuse(message: str) -> NoReturn:
    sys.stderr.write(f"{Path(sys.argv[0]).name}: error: {message}\n")
    sys.exit(USAGE)


events.init_command_line_parser.add_listener(add_options)
events.init.add_listener(take_part)
events.test_stopping.add_listener(conclude)
events.quitting.add_listener(conclude)  # SIGTERM, and Ctrl-C beside the web interface, come here first
