"""The options of a load test, once for Locust, its web form and our own help. Parses text; starts nothing."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from loadtests._catalogue import SCENARIOS
from loadtests._origin import OriginError, addresses
from loadtests._overrides import OptionError, number, scenario_of, subs_per_user
from loadtests._scenario import Scenario
from loadtests._slo import WHOLE_RUN, Objective, SloError

__all__ = ["OPTIONS", "Option", "OptionError", "Settings"]


@dataclass(frozen=True, slots=True)
class Option:
    """One option: `keywords` go to argparse; only what is `in_form` can be changed in the web form."""

    flag: str
    metavar: str
    help: str
    keywords: Mapping[str, Any]
    in_form: bool = True

    @property
    def field(self) -> str:
        """Its name among parsed options."""
        return self.flag[2:].replace("-", "_")

    @property
    def environment(self) -> str:
        """The environment variable that may hold it instead."""
        return f"SSE_{self.field.upper()}"


def _text(flag: str, metavar: str, help_: str, *, default: str = "", in_form: bool = True) -> Option:
    # Text, whatever it means: an empty field of the form and an absent option are the same thing then.
    return Option(flag, metavar, help_, {"metavar": metavar, "default": default}, in_form)


OPTIONS = (
    Option(
        "--scenario",
        "|".join(SCENARIOS),
        "what to measure (default: fanout)",
        {"choices": list(SCENARIOS), "default": "fanout"},
    ),
    _text("--levels", "N,…", "subscribers, level by level, rising (default: those of the scenario)"),
    _text("--settle", "SECONDS", "time at each level that is recorded but not judged"),
    _text("--hold", "SECONDS", "time at each level that is judged"),
    _text("--windows", "N", "hold each level so many times, each with its own figures"),
    _text("--pub-rate", "PER_SECOND,…", "probes published per second, in an open loop"),
    _text(
        "--schedule", "WHEN", "constant, poisson, or burst:N, which sends N at once, on average at --pub-rate"
    ),
    _text("--payload-bytes", "N", "least length of a probe"),
    _text("--reconnect", "POLICY,…", "immediate, jitter or retry; a storm does one after the other"),
    _text("--jitter", "SECONDS", "what the policy jitter spreads reconnects over (default: 5)"),
    _text("--slow-pct", "PERCENT", "readers that stall, and as many that trickle, per hundred (slow)"),
    _text("--lifetime", "SECONDS", "mean length of a subscription; 0: as long as the run"),
    _text("--topics", "N", "channels to spread probes over; each subscriber has one of them"),
    _text("--zipf", "S", "topic k has a share of subscribers proportional to 1/k^S (default: 1)"),
    _text("--most", "N", "subscribers that a search goes up to (capacity; default: 10000)"),
    _text("--fleet", "CONFIG", "publish what this fleet of devices sends: a preset or a file of `fleet`"),
    _text("--target", "FILE", "how to subscribe and publish: a target file of the suite", in_form=False),
    _text(
        "--storm-hook",
        "URL|COMMAND",
        "cut streams by this, instead of closing them: a URL to POST to, or a command (storm)",
        in_form=False,
    ),
    Option(
        "--slo",
        "EXPR",
        "an objective such as 'deliver.p99<=250ms' or 'phase[2000].loss.lost==0'; may be repeated",
        {"metavar": "EXPR", "action": "append", "default": []},
        in_form=False,
    ),
    Option(
        "--abort-on-slo",
        "",
        "end the run after the first phase that misses an objective; loss.*, catchup.* and resume.gap are "
        "counted at its end, and what compares phases comes last, so those end none",
        {"action": "store_true"},
    ),
    _text(
        "--out",
        "FILE",
        "result file, {run_id} standing for the run's id (default: results/{run_id}.json)",
        default="results/{run_id}.json",
        in_form=False,
    ),
    _text("--seed", "N", "seeds what is left to chance: jitter, lifetimes, poisson, fleet", default="1"),
    _text("--server-pid", "PID", "also record CPU and memory of this process", in_form=False),
    _text("--server-metrics", "URL", "also record what the server exports for Prometheus", in_form=False),
    _text(
        "--source-ips",
        "ADDR,…",
        "addresses or networks to connect from in turn, like 127.0.1.0/28: each has some 28,000 ports",
        in_form=False,
    ),
    _text(
        "--subs-per-user",
        "N",
        "subscribers that one user of Locust's holds: ten thousand in a process take a fifth of the memory "
        "(default: 1)",
        in_form=False,
    ),
    Option(
        "--kts",
        "auto|on|off",
        "take the time of an arrival from the kernel (default: auto, where it says so)",
        {"choices": ["auto", "on", "off"], "default": "auto"},
        in_form=False,
    ),
    Option(
        "--allow-remote",
        "",
        "permit a --host that is not this machine",
        {"action": "store_true"},
        in_form=False,
    ),
)


@dataclass(frozen=True, slots=True)
class Settings:
    """Options that make sense together."""

    scenario: Scenario
    objectives: tuple[Objective, ...]
    out: str
    seed: int
    server_pid: int | None
    server_metrics: str
    source_ips: tuple[str, ...]
    subs_per_user: int
    kts: str
    allow_remote: bool
    target: str
    storm_hook: str
    abort_on_slo: bool
    given: Mapping[str, Any]  # as they were typed, for the result file

    @classmethod
    def of(cls, options: Mapping[str, Any]) -> "Settings":
        """From Locust's parsed options. Raises OptionError."""
        given = {option.flag: options[option.field] for option in OPTIONS}
        scenario = scenario_of(given)
        objectives = _objectives(given["--slo"], scenario)
        if given["--abort-on-slo"]:
            _check_abort(scenario, objectives)
        out = given["--out"] or "results/{run_id}.json"
        if not Path(out).name:
            raise OptionError(f"--out {out!r}: write the name of a file")
        return cls(
            scenario,
            objectives,
            out,
            number(given, "--seed", int, 1, least=0),
            number(given, "--server-pid", int, 0, least=1) or None,
            str(given["--server-metrics"] or ""),
            _addresses(given["--source-ips"]),
            subs_per_user(given, scenario),
            str(given["--kts"] or "auto"),
            bool(given["--allow-remote"]),
            str(given["--target"] or ""),
            str(given["--storm-hook"] or ""),
            bool(given["--abort-on-slo"]),
            {flag: value for flag, value in given.items() if value},
        )

    def path(self, run: str) -> Path:
        """Where the result of `run` goes."""
        return Path(self.out.replace("{run_id}", run))


def _addresses(text: str | None) -> tuple[str, ...]:
    try:
        return addresses(text or "")
    except OriginError as error:
        raise OptionError(str(error)) from error


def _check_abort(scenario: Scenario, objectives: tuple[Objective, ...]) -> None:
    if scenario.search or scenario.open_end:
        why = "goes on by what each level did" if scenario.search else "lasts as long as you say"
        raise OptionError(f"--abort-on-slo: {scenario.name} {why}; leave it out")
    if not any(objective.ends_runs for objective in objectives):
        known = ", ".join(objective.text for objective in objectives)
        raise OptionError(
            f"--abort-on-slo: {known} can be judged at the end only; "
            "add one that ends a run, such as --slo 'deliver.p99<=250ms'"
        )


def _objectives(texts: list[str], scenario: Scenario) -> tuple[Objective, ...]:
    """Those of the scenario and those given; a given bound on the same metric replaces ours."""
    names = [] if scenario.search else [step.name for step in scenario.steps()]
    try:
        ours, given = ([Objective.parse(text, names) for text in each] for each in (scenario.slo, texts))
    except SloError as error:
        raise OptionError(str(error)) from error
    for objective in given:
        group = objective.metric.partition(".")[0]
        if group in WHOLE_RUN and group not in scenario.finds:
            why = f"{scenario.name} does not find out {objective.metric}"
            raise OptionError(f"--slo {objective.text!r}: {why}")
    bounds = {(objective.phase, objective.metric) for objective in given}
    kept = [objective for objective in ours if (objective.phase, objective.metric) not in bounds]
    return (*kept, *given)
