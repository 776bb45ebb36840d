"""The tables at the end of a run. Does no I/O but for the console it is given."""

from collections.abc import Mapping, Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

from tests.bench.records import Records
from tests.bench.scenarios import SCENARIOS
from tests.bench.targets import OURS, PACKED, Target

__all__ = ["show"]

BUSY = 0.85  # of its core: from here on the generator may be what is measured
COLUMNS: dict[
    str, dict[str, tuple[str, str]]
] = {  # of each scenario: a title, the figure's name and its form
    "start": {"seconds": ("seconds", "{:.2f}"), "of them CPU": ("cpu_seconds", "{:.2f}")},
    "cost": {
        "µs CPU per delivery": ("microseconds", "{:.1f}"),
        "p50 ms": ("p50_ms", "{:.1f}"),
        "p99 ms": ("p99_ms", "{:.1f}"),
        "lost": ("lost", "{:,.0f}"),
    },
    "saturation": {
        "deliveries/s": ("deliveries_per_second", "{:,.0f}"),
        "µs CPU per delivery": ("microseconds", "{:.2f}"),
        "p99 ms": ("p99_ms", "{:.0f}"),
    },
    "crowd": {
        "held": ("held", "{:,.0f}"),
        "KiB RSS each": ("kib", "{:.1f}"),
        "µs CPU per delivery": ("microseconds", "{:.1f}"),
        "p99 ms": ("p99_ms", "{:.0f}"),
        "lost": ("lost", "{:,.0f}"),
    },
    "ingest": {
        "measurements/s": ("measurements_per_second", "{:,.0f}"),
        "µs CPU each": ("microseconds", "{:.1f}"),
        "% of its core": ("share", "{:.0f}"),
        "p50 ms": ("p50_ms", "{:.1f}"),
        "p99 ms": ("p99_ms", "{:.1f}"),
    },
    "dashboard": {
        "events/s taken in": ("events_per_second", "{:,.0f}"),
        "% of a core": ("share", "{:.0f}"),
        "ms behind": ("behind_ms", "{:.0f}"),
        "gaps": ("gaps", "{:,.0f}"),
        "heap MB": ("heap_mb", "{:.0f}"),
    },
    "readers": {"µs CPU per event": ("microseconds", "{:.1f}"), "KiB RSS each": ("kib", "{:.2f}")},
    "generator": {
        "µs CPU per delivery": ("microseconds", "{:.1f}"),
        "KiB RSS each": ("kib", "{:.2f}"),
        "p99 ms": ("p99_ms", "{:.0f}"),
        "lost": ("lost", "{:,.0f}"),
        "reasons to call it invalid": ("invalid", "{:.0f}"),
    },
}
RATIOS = {  # to whom, of the first column that costs
    "cost": OURS,
    "saturation": OURS,
    "crowd": OURS,
    "readers": PACKED,
}


def show(console: Console, records: Records, targets: Sequence[Target], names: Mapping[str, str]) -> None:
    """A table for each scenario that ran, and one of the targets."""
    for scenario in SCENARIOS:
        if subjects := records.subjects(scenario):
            console.print(table(scenario, subjects, records, names))
    busy = Table(title="targets")
    for column in ("reference server", "wanted", "reached", ""):
        busy.add_column(column)
    marks = {True: Text("met", "green"), False: Text("missed", "red"), None: Text("not measured", "dim")}
    for each in targets:
        busy.add_row(each.what, each.wanted, each.found if each.met is not None else "", marks[each.met])
    console.print(busy)


def table(scenario: str, subjects: Sequence[str], records: Records, names: Mapping[str, str]) -> Table:
    """A row for each subject: medians, and the least and the most of the first figure."""
    found = Table(title=SCENARIOS[scenario], title_justify="left", caption_justify="left")
    found.add_column("", no_wrap=True)
    for title in COLUMNS[scenario]:
        found.add_column(title, justify="right")
    if scenario in RATIOS:
        found.add_column("to ours", justify="right")
    noted = False
    for subject in subjects:
        busy = max(records.figures(scenario, subject, "generator"), default=0) > BUSY
        noted |= busy
        found.add_row(names[subject] + (" †" if busy else ""), *cells(scenario, subject, records))
    if noted:
        found.caption = (
            f"† the generator was busy for more than {BUSY:.0%} of its core: may be better than shown"
        )
    return found


def cells(scenario: str, subject: str, records: Records) -> list[str]:
    shown: list[str] = []
    for number, (name, form) in enumerate(COLUMNS[scenario].values()):
        rounds = records.figures(scenario, subject, name)
        middle = records.median(scenario, subject, name)
        if middle is None:
            return [*shown, f"failed: {records.failure(scenario, subject)}"]
        spread = f" ({form.format(min(rounds))}–{form.format(max(rounds))})" if len(rounds) > 1 else ""
        shown.append(form.format(middle) + (spread if number == 0 else ""))
    if scenario in RATIOS:
        shown.append(ratio(scenario, subject, records))
    return shown


def ratio(scenario: str, subject: str, records: Records) -> str:
    name = "deliveries_per_second" if scenario == "saturation" else "microseconds"
    ours, theirs = records.median(scenario, RATIOS[scenario], name), records.median(scenario, subject, name)
    return f"{theirs / ours:.2f} ×" if ours and theirs is not None else ""
