"""A result file's figures as a short table for the terminal. Judges and measures nothing."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from rich import box
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from loadtests._telling import sentences

__all__ = ["summarize"]

PERCENTILES = {"p50": "p50_us", "p90": "p90_us", "p99": "p99_us", "p99.9": "p999_us", "max": "max_us"}


def summarize(document: Mapping[str, Any], path: Path | None, console: Console) -> None:
    """A row per phase; objectives; why the run is invalid, if it is; what went wrong; where the file is."""
    run = document["run"]
    console.print(
        escape(f"\n{run['scenario']} against {run['target']}: milliseconds from due time to arrival")
    )
    console.print(_table(document))
    for phase in document["phases"]:
        if phase["metrics"]["deliver_xdom"]["n"]:
            console.print(escape(_across(phase, document["clocks"]["bound_us"])))
    for sentence in sentences(document):
        console.print(f" {escape(sentence)}")
    for row in document["slo"]:
        console.print(_objective(row))
    for reason, times in sorted(document["errors"].items(), key=lambda error: -error[1]):
        console.print(f"[yellow]{times:>8} ×[/] {escape(reason)}")
    for reason in document["invalid"]:
        console.print(f"[bold red] INVALID[/] {escape(reason)}")
    console.print(f"result: {escape(str(path))}" if path else "[bold red]the result file was not written[/]")


def _table(document: Mapping[str, Any]) -> Table:
    table = Table(
        box=box.SIMPLE_HEAD,
        padding=(0, 1),
        collapse_padding=True,  # 80 columns must do
        pad_edge=False,
    )
    table.add_column("subs", no_wrap=True)
    for heading in ("events/s", *PERCENTILES, "last p99", "lost", "of"):
        table.add_column(heading, justify="right", no_wrap=True)
    for phase in document["phases"]:
        deliver, last = phase["metrics"]["deliver"], phase["metrics"]["last_subscriber"]
        lost, rate = phase["loss"]["lost"], phase["deliveries_s"]
        table.add_row(
            escape(_name(phase)),
            "–" if rate is None else f"{rate:,.0f}",
            *(_ms(deliver[key]) for key in PERCENTILES.values()),
            _ms(last["p99_us"]),
            f"[red]{lost:,}[/]" if lost else "0",
            f"{phase['loss']['expected']:,}",
        )
    return table


def _name(phase: Mapping[str, Any]) -> str:
    """Most phases are named after their number of subscribers."""
    subs = f"{phase['subs']:,}"
    return subs if phase["name"] == str(phase["subs"]) else f"{subs} {phase['name']}"


def _across(phase: Mapping[str, Any], bound_us: int) -> str:
    """Deliveries from another clock, which is compared with ours only so well."""
    deliver, last = phase["metrics"]["deliver_xdom"], phase["metrics"]["last_subscriber_xdom"]
    figures = ", ".join(f"{name} {_ms(deliver[key])}" for name, key in PERCENTILES.items())
    bound = f"{bound_us / 1000:,.1f}"
    return f" {phase['name']} across clocks (± {bound} each): {figures}, last p99 {_ms(last['p99_us'])}"


def _ms(us: int | None) -> str:
    return "–" if us is None else f"{us / 1000:,.1f}"


def _objective(row: Mapping[str, Any]) -> str:
    mark = "[green]      ok[/]" if row["ok"] else "[bold red]    FAIL[/]"
    us, count = row.get("value_us"), row.get("value")
    value = f"{_ms(us)} ms" if us is not None else "never measured" if count is None else f"{count:,}"
    return f"{mark} {escape(row['expr'])}: {value}"
