"""A scenario as the user wants it: its defaults, with what was typed instead. Parses text; starts nothing."""

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from difflib import get_close_matches
from typing import Any, TypeVar

from loadtests._catalogue import SCENARIOS
from loadtests._reconnect import POLICIES
from loadtests._scenario import Scenario

__all__ = ["OptionError", "number", "scenario_of", "subs_per_user"]

Number = TypeVar("Number", int, float)
WORDS: dict[Any, str] = {int: "a whole number", float: "a number"}
CONSTANT = "constant"
SCHEDULE = re.compile(r"constant|poisson|burst:[1-9]\d{0,5}")
MOST_TOPICS = 1_000
LARGEST_BURST = 250
LARGEST_PAYLOAD = 1_000_000  # bytes; our reader takes blocks of a megabyte
ONLY = {  # options that say nothing elsewhere
    "--slow-pct": "slow",
    "--storm-hook": "storm",
    "--most": "capacity",
}
OF_PROBES = ("--pub-rate", "--schedule", "--payload-bytes")


class OptionError(ValueError):
    """An option that cannot be meant; the message says why."""


def scenario_of(given: Mapping[str, Any]) -> Scenario:
    """The scenario of that name with every option that was given, by flag. Raises OptionError."""
    name = given["--scenario"] or "fanout"
    if name not in SCENARIOS:
        raise OptionError(f"--scenario {name!r}: there are {', '.join(SCENARIOS)}")
    for flag, only in ONLY.items():
        if given[flag] and name != only:
            raise OptionError(f"{flag}: only --scenario {only} has a use for it, not {name}")
    return _checked(_overridden(SCENARIOS[name], given), given)


def _overridden(scenario: Scenario, given: Mapping[str, Any]) -> Scenario:
    return replace(
        scenario,
        levels=_levels(given["--levels"]) or scenario.levels,
        settle=number(given, "--settle", float, scenario.settle, least=0),
        hold=number(given, "--hold", float, scenario.hold, least=1),
        windows=number(given, "--windows", int, scenario.windows, least=1),
        rates=_rates(given["--pub-rate"]) or scenario.rates,
        schedule=_schedule(given["--schedule"]) or scenario.schedule,
        payload=number(given, "--payload-bytes", int, scenario.payload, least=0, most=LARGEST_PAYLOAD),
        reconnect=_policies(given["--reconnect"]) or scenario.reconnect,
        jitter=number(given, "--jitter", float, scenario.jitter, least=0.001),
        slow_pct=number(given, "--slow-pct", float, scenario.slow_pct, least=0.001, most=100),
        lifetime=number(given, "--lifetime", float, scenario.lifetime, least=0),
        topics=number(given, "--topics", int, scenario.topics, least=1, most=MOST_TOPICS),
        zipf=number(given, "--zipf", float, scenario.zipf, least=0, most=10),
        fleet=str(given["--fleet"] or scenario.fleet),
        most=number(given, "--most", int, scenario.most, least=1),
    )


def _checked(scenario: Scenario, given: Mapping[str, Any]) -> Scenario:
    """Some scenarios have but one level, rate or policy. Raises OptionError."""
    one = scenario.storms or scenario.search or bool(scenario.slow_pct) or scenario.open_end
    for flag, values, single in (
        ("--levels", scenario.levels, one),
        ("--pub-rate", scenario.rates, one),
        ("--reconnect", scenario.reconnect, not scenario.storms),
    ):
        if single and len(values) > 1:
            raise OptionError(f"{flag} {given[flag]!r}: {scenario.name} goes by one of them")
    if scenario.windows > 1 and one:
        raise OptionError(f"--windows: {scenario.name} has no use for it")
    if scenario.open_end and (given["--levels"] or given["--hold"] or given["--settle"]):
        raise OptionError("--levels, --settle, --hold: free is as many (-u) for as long (-t) as you say")
    if scenario.fleet:
        _check_fleet(scenario, given)
    if scenario.search:
        _check_search(scenario)
    return scenario


def _check_fleet(scenario: Scenario, given: Mapping[str, Any]) -> None:
    if any(given[flag] for flag in OF_PROBES):
        raise OptionError(f"{', '.join(OF_PROBES)}: a fleet has a rhythm and messages of its own")
    if len(scenario.rates) > 1 or scenario.schedule != CONSTANT or scenario.payload:
        raise OptionError(
            f"--fleet: {scenario.name} asks by probes of its own, and a fleet has its own rhythm and messages"
        )
    if scenario.open_end:
        raise OptionError("--fleet: its messages are made beforehand, and free has no end; use fleet --hold")


def _check_search(scenario: Scenario) -> None:
    """While it lasts, loss is what of each probe has not reached every subscriber of the level."""
    for flag, means in (("--topics", scenario.topics > 1), ("--lifetime", scenario.lifetime > 0)):
        if means:
            raise OptionError(f"{flag}: {scenario.name} expects each probe at all subscribers; leave it out")


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


def _rates(text: str) -> tuple[float, ...] | None:
    if not text:
        return None
    rates = tuple(
        number({"--pub-rate": rate}, "--pub-rate", float, 0.0, least=0.001, most=100_000)
        for rate in text.split(",")
    )
    if not all(rates):
        raise OptionError(f"--pub-rate {text!r}: write numbers, like 10,50,100")
    if list(rates) != sorted(set(rates)):
        raise OptionError(f"--pub-rate {text!r}: several rates rise, like 10,50,100")
    return rates


def _schedule(text: str) -> str | None:
    if text and not SCHEDULE.fullmatch(text):
        raise OptionError(f"--schedule {text!r}: write constant, poisson or burst:N, like burst:200")
    if text.startswith("burst:") and int(text.removeprefix("burst:")) > LARGEST_BURST:
        raise OptionError(f"--schedule {text!r}: write {LARGEST_BURST} or less at once")
    return text or None


def _policies(text: str) -> tuple[str, ...] | None:
    if not text:
        return None
    policies = tuple(policy.strip() for policy in text.split(","))
    for policy in policies:
        if policy not in POLICIES:
            near = get_close_matches(policy, POLICIES, n=1)
            hint = f"; did you mean {near[0]!r}?" if near else ""
            raise OptionError(f"--reconnect {text!r}: there are {', '.join(POLICIES)}{hint}")
    if len(set(policies)) < len(policies):
        raise OptionError(f"--reconnect {text!r}: each policy once")
    return policies


def subs_per_user(given: Mapping[str, Any], scenario: Scenario) -> int:
    """How many subscribers go with one user. Raises OptionError where they could not be counted like that."""
    pack = number(given, "--subs-per-user", int, 1, least=1)
    if pack > 1 and (scenario.search or scenario.open_end or scenario.slow_pct):
        raise OptionError(f"--subs-per-user: {scenario.name} counts its subscribers one by one; leave it out")
    if odd := [level for level in scenario.levels if level % pack]:
        raise OptionError(f"--subs-per-user {pack}: {odd[0]} subscribers are not a whole number of users")
    return pack


def number(
    given: Mapping[str, Any],
    flag: str,
    kind: Callable[[str], Number],
    default: Number,
    *,
    least: float,
    most: float = math.inf,
) -> Number:
    """What was typed for `flag`, or the default. Raises OptionError outside of [least, most]."""
    text = str(given[flag] or "").strip()
    if not text:
        return default
    try:
        value = kind(text)
    except ValueError as error:
        raise OptionError(f"{flag} {text!r}: write {WORDS[kind]}") from error
    if not least <= value <= most or value == math.inf:
        bound = f"{least:g} or more" if most == math.inf else f"{least:g} to {most:.0f}"
        raise OptionError(f"{flag} {text!r}: write {bound}")
    return value
