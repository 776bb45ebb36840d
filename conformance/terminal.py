"""A run in a terminal: a line while it goes on, then a table, what is wrong and why, and the headline."""

import sys
from collections.abc import Iterable

from rich.console import Console, Group
from rich.padding import Padding
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from conformance.evidence import counted
from conformance.report import result_of
from conformance.requirements import REQUIREMENTS, SECTIONS
from conformance.results import PortabilityRow, Result, ResultRow
from conformance.run import Run
from conformance.score import DESELECTED
from conformance.verdict import JUDGED, Verdict

__all__ = ["Terminal", "show"]

STYLES = {
    Verdict.PASS: "green",
    Verdict.FAIL: "bold red",
    Verdict.FLAKY: "bold red",
    Verdict.STALE_WAIVER: "bold red",
    Verdict.WARN: "yellow",
    Verdict.WAIVED: "cyan",
    Verdict.INFO: "blue",
}
EXPLAINED = {Verdict.FAIL, Verdict.FLAKY, Verdict.STALE_WAIVER, Verdict.WARN}
EVIDENCE_CHARACTERS = 400
PAPER_COLUMNS = 120


class Terminal:
    """Shows one run. With `progress` also while it goes on, where there is a terminal to show it in."""

    def __init__(self, rows: int, *, progress: bool) -> None:
        self._console = Console(highlight=False)
        if not self._console.is_terminal:
            self._console.width = PAPER_COLUMNS
        watched = Console(stderr=True)
        columns = (TextColumn("{task.description}"), BarColumn(20), MofNCompleteColumn(), TimeElapsedColumn())
        silent = not (progress and watched.is_terminal)
        self._notice = (
            f"checking {counted(rows, 'row')}: about half a minute where no heartbeat is declared"
            if progress and silent
            else ""
        )
        self._progress = Progress(*columns, console=watched, transient=True, disable=silent)
        self._task = self._progress.add_task("connecting", total=rows)
        self._done = -1

    def row(self, row: str) -> None:
        """`row` is about to be judged."""
        if self._notice:  # a log gets a line, so that nobody takes the wait for a hang
            sys.stderr.write(f"{self._notice}\n")
            self._notice = ""
        self._progress.start()
        self._done += 1
        self._progress.update(
            self._task, completed=self._done, description=f"{row} {REQUIREMENTS[row].title[:60]}"
        )

    def end(self, run: Run) -> None:
        """Show everything."""
        self._progress.stop()
        show(result_of(run), run.score.headline, self._console)


def show(result: Result, headline: str, console: Console) -> None:
    """Table, explanations, headline, and what was not judged."""
    rows = [row for row in result.rows if row.reason != DESELECTED]
    name, url = result.target["name"], result.target["url"]
    console.print(Text(f"\n{name} at {url}" if name != url else f"\n{name}", style="bold"), soft_wrap=True)
    unable = [row.reason for row in rows if row.verdict == Verdict.INCONCLUSIVE]
    if unable and not any(row.verdict in JUDGED for row in rows):
        console.print(Text(f"nothing could be judged: {unable[0]}", style="bold red"), soft_wrap=True)
        console.print(headline, soft_wrap=True)
        return
    for section, title in SECTIONS.items():
        _section(title, [row for row in rows if row.section == section], console)
    for row in rows:
        if row.verdict in EXPLAINED:
            console.print(_explained(row))
            _again(row.reproduce, console)
    _portability(result.portability, console)
    console.print(Text(f"\n{headline}", style="bold"), soft_wrap=True)
    for reason, ids in _unjudged(rows).items():
        console.print(Text(f"  not judged, {reason}: {', '.join(ids)}"), soft_wrap=True)


def _section(title: str, rows: Iterable[ResultRow], console: Console) -> None:
    table = Table(box=None, show_header=False, pad_edge=False, padding=(0, 1))
    table.add_column(width=max(map(len, Verdict)), no_wrap=True)
    table.add_column(no_wrap=True)
    table.add_column()
    for row in rows:
        table.add_row(Text(row.verdict, style=_style(row)), row.id, Text(_line(row)))
    if table.row_count:
        console.print(f"\n[bold]{title}[/]")
        console.print(Padding(table, (0, 0, 0, 2)))


def _portability(clients: Iterable[PortabilityRow], console: Console) -> None:
    """Which clients read a legal stream differently; nothing where all read it as the standard does."""
    table = Table(box=None, show_header=False, pad_edge=False, padding=(0, 1))
    table.add_column(no_wrap=True, style="blue")
    table.add_column(overflow="fold")
    for one in clients:
        if one.differing:
            table.add_row(f"{one.client} {one.version}", _misread(one))
    if table.row_count:
        console.print("\n[bold]Legal, but read differently by[/]")
        console.print(Padding(table, (0, 0, 0, 2)))


def _misread(one: PortabilityRow) -> Text:
    told = f"{one.differing} of {one.streams} streams: {one.heard}, where the standard has {one.standard}"
    return Text.assemble(told, (f"  {one.evidence}", "dim"))


def _line(row: ResultRow) -> str:
    quiet = row.verdict in EXPLAINED | {Verdict.PASS} or not row.reason
    return row.title if quiet else f"{row.title} ({row.reason})"


def _style(row: ResultRow) -> str:
    return STYLES.get(Verdict(row.verdict), "dim")


def _explained(row: ResultRow) -> Group:
    """What a maintainer needs to believe it, and to mend it."""
    told = Table(box=None, show_header=False, pad_edge=False, padding=(0, 1))
    told.add_column(style="dim", no_wrap=True)
    told.add_column(overflow="fold")
    parts = {
        "clause": f"{row.clause}  {row.url}",
        "reason": row.reason,
        "expected": row.expected,
        "observed": row.observed,
        "bytes": _shortened(row.evidence if isinstance(row.evidence, str) else "  then  ".join(row.evidence)),
        "why": row.why,
        "fix": row.fix,
    }
    for name, text in parts.items():
        if text:
            told.add_row(name, Text(text))
    head = Text.assemble(
        "\n", (row.verdict, _style(row)), f" {row.id}  ", (row.title, "bold"), f"  [{row.level}]"
    )
    return Group(head, Padding(told, (0, 0, 0, 2)))


def _shortened(evidence: str) -> str:
    return evidence[:EVIDENCE_CHARACTERS] + "…" * (len(evidence) > EVIDENCE_CHARACTERS)


def _again(command: str, console: Console) -> None:
    """In one line, however long: it is there to be copied."""
    if command:
        console.print(Text.assemble(("  again     ", "dim"), command), soft_wrap=True)


def _unjudged(rows: Iterable[ResultRow]) -> dict[str, list[str]]:
    """Rows by verdict and reason."""
    found: dict[str, list[str]] = {}
    for row in rows:
        if row.verdict not in JUDGED:
            found.setdefault(f"{row.verdict} ({row.reason})", []).append(row.id)
    return found
