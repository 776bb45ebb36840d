"""Faults injected into a fleet that runs: [[fault]] tables whose `at` is when they were asked for. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from .config import Config, check_fault
from .fault_table import read_fault
from .faults import Fault, matches
from .plan import GroupPlan
from .tables import Table

__all__ = ["befallen", "begin_of", "read_injected", "with_faults"]


def read_injected(config: Config, table: Mapping[str, Any], where: str) -> Fault:
    """The fault of a [[fault]] table that befalls a running fleet; raises ConfigError that names `where`."""
    read = Table(table, where)
    fault = read_fault(read)
    check_fault(read, fault, config.groups)
    if fault.at is None:
        raise read.error("rate", "random faults are part of a configuration; one that is injected begins now")
    if not befallen(config, fault):
        raise read.error("match", f"{fault.match!r} means no device of this fleet, like {_example(config)}")
    return fault


def with_faults(config: Config, tables: Sequence[Mapping[str, Any]], where: str) -> Config:
    """The configuration with all that a run's state file says was injected; raises ConfigError."""
    faults = tuple(read_injected(config, table, where) for table in tables)
    groups = tuple(replace(plan, faults=(*plan.faults, *faults)) for plan in config.groups)
    return replace(config, groups=groups)


def befallen(config: Config, fault: Fault) -> int:
    """How many devices it means."""
    return sum(_means(plan, fault, name) for plan in config.groups for name in plan.ids)


def begin_of(config: Config, position: int, start: int) -> int:
    """The earliest `at`, in ms from `start`, at which a fault changes no sample that was due by `position`.

    A sample is stamped up to two jitters off its place in the schedule, by which faults go.
    """
    margin = 2 * max((plan.profile.jitter for plan in config.groups), default=0)
    return max(0, position + margin + 1 - start)


def _means(plan: GroupPlan, fault: Fault, name: str) -> bool:
    return matches(fault.match, name, plan.site.name, plan.labels)


def _example(config: Config) -> str:
    return next((repr(plan.ids[0]) for plan in config.groups if plan.ids), "which has none")
