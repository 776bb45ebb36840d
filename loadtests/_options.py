"""The options of a load test, once for Locust, its web form and our own help. Parses text; starts nothing."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeVar

from loadtests._plan import SCENARIOS, Scenario
from loadtests._slo import Objective, SloError

__all__ = ["OPTIONS", "Option", "OptionError", "Settings"]

Number = TypeVar("Number", int, float)
WORDS: dict[Any, str] = {int: "a whole number", float: "a number"}


class OptionError(ValueError):
    """An option that cannot be meant; the message says why."""


@dataclass(frozen=True, slots=True)
class Option:
    """One option: `keywords` go to argparse; only what is `in_form` can be changed in the web form."""

    flag: str
    metavar: str
    help: str
    keywords: Mapping[str, Any]
    in_form: bool = True


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
    _text("--pub-rate", "PER_SECOND", "probes published per second, in an open loop"),
    Option(
        "--slo",
        "EXPR",
        "an objective such as 'deliver.p99<=250ms' or 'phase[2000].loss.lost==0'; may be repeated",
        {"metavar": "EXPR", "action": "append", "default": []},
        in_form=False,
    ),
    _text(
        "--out",
        "FILE",
        "result file, {run_id} standing for the run's id (default: results/{run_id}.json)",
        default="results/{run_id}.json",
        in_form=False,
    ),
    _text("--seed", "N", "seeds what is left to chance: the jitter of connecting", default="1"),
    _text("--server-pid", "PID", "also record CPU and memory of this process", in_form=False),
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
    allow_remote: bool
    given: Mapping[str, Any]  # as they were typed, for the result file

    @classmethod
    def of(cls, options: Mapping[str, Any]) -> "Settings":
        """From Locust's parsed options. Raises OptionError."""
        given = {option.flag: options[option.flag[2:].replace("-", "_")] for option in OPTIONS}
        scenario = _scenario(given)
        out = given["--out"] or "results/{run_id}.json"
        if not Path(out).name:
            raise OptionError(f"--out {out!r}: write the name of a file")
        return cls(
            scenario,
            _objectives(given["--slo"], scenario),
            out,
            _number(given, "--seed", int, 1, least=0),
            _number(given, "--server-pid", int, 0, least=1) or None,
            bool(given["--allow-remote"]),
            {flag: value for flag, value in given.items() if value},
        )

    def path(self, run: str) -> Path:
        """Where the result of `run` goes."""
        return Path(self.out.replace("{run_id}", run))


def _scenario(given: Mapping[str, Any]) -> Scenario:
    name = given["--scenario"] or "fanout"
    if name not in SCENARIOS:
        raise OptionError(f"--scenario {name!r}: there are {', '.join(SCENARIOS)}")
    scenario = SCENARIOS[name]
    return replace(
        scenario,
        levels=_levels(given["--levels"]) or scenario.levels,
        settle=_number(given, "--settle", float, scenario.settle, least=0),
        hold=_number(given, "--hold", float, scenario.hold, least=1),
        pub_rate=_number(given, "--pub-rate", float, scenario.pub_rate, least=0.001),
    )


def _levels(text: str) -> tuple[int, ...] | None:
    if not text:
        return None
    try:
        levels = tuple(int(level) for level in text.split(","))
    except ValueError as error:
        raise OptionError(f"--levels {text!r}: write whole numbers, like 100,250,500") from error
    if levels[0] < 1 or list(levels) != sorted(set(levels)):
        raise OptionError(f"--levels {text!r}: levels begin at 1 or more and rise")
    return levels


def _number(
    given: Mapping[str, Any], flag: str, kind: Callable[[str], Number], default: Number, *, least: float
) -> Number:
    text = str(given[flag] or "").strip()
    if not text:
        return default
    try:
        value = kind(text)
    except ValueError as error:
        raise OptionError(f"{flag} {text!r}: write {WORDS[kind]}") from error
    if not least <= value < math.inf:
        raise OptionError(f"{flag} {text!r}: write {least:g} or more")
    return value


def _objectives(texts: list[str], scenario: Scenario) -> tuple[Objective, ...]:
    """Those of the scenario and those given; a given bound on the same metric replaces ours."""
    names = [str(level) for level in scenario.levels]
    try:
        ours, given = ([Objective.parse(text, names) for text in each] for each in (scenario.slo, texts))
    except SloError as error:
        raise OptionError(str(error)) from error
    bounds = {(objective.phase, objective.metric) for objective in given}
    kept = [objective for objective in ours if (objective.phase, objective.metric) not in bounds]
    return (*kept, *given)
