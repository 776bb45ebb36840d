"""The requirements in print: the list of all, and the explanation of one. Judges nothing."""

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from conformance.complaint import did_you_mean
from conformance.requirements import REQUIREMENTS, SECTIONS, Requirement

__all__ = ["UnknownRowError", "print_explanation", "print_list", "requirement"]

NEEDS = {
    "publish": "a way to publish",
    "publish.event": "a publisher that sets the event type",
    "publish.id": "a publisher that sets the id",
    "publish.retry": "a publisher that sets retry",
    "publish.comment": "a publisher that sets comments",
    "cursor": "a cursor",
    "cursor.header": "a cursor in the header",
    "cursor.query": "a cursor in the query",
    "cursor.lossless": "a delivery that loses nothing",
    "cursor.unrepeated": "a delivery that repeats nothing",
    "cursor.retention": "a declared number of events that are retained",
    "heartbeat": "heartbeats",
    "open-ended": "a stream without an end",
    "finite": "a stream that ends by itself",
    "server-framing": "framing by the server itself",
    "http-1.0": "HTTP/1.0 among the versions that it is asked in",
    "http-2": "HTTP/2 among the versions that it is asked in",
    "road": "an origin beside the address that leads there through others, or [[paths]]",
    "local": "a service meant for one machine",
    "auth": "credentials that a subscriber needs",
    "process": "a [process] that the suite may start and stop",
    "cap": "a declared limits.cap",
    "cors": "an origin whose pages may read",
}


class UnknownRowError(LookupError):
    """An id that no row has; the message proposes one."""


def requirement(id_: str) -> Requirement:
    """The row of that id, in any case and with or without `SSE-`. Raises UnknownRowError."""
    name = id_.strip().upper()
    for spelling in (name, f"SSE-{name}"):
        if spelling in REQUIREMENTS:
            return REQUIREMENTS[spelling]
    near = did_you_mean(name if name.startswith("SSE-") else f"SSE-{name}", REQUIREMENTS)
    hint = near if "did you mean" in near else "; `eventbahn check --list` shows all"
    raise UnknownRowError(f"there is no requirement {id_!r}{hint}")


def print_list(console: Console) -> None:
    """All rows by section, with level, priority and clause."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    for heading in ("id", "level", "", "requirement", "clause"):
        table.add_column(heading, no_wrap=heading != "requirement")
    for section, title in SECTIONS.items():
        rows = [row for row in REQUIREMENTS.values() if row.section == section]
        if table.row_count:
            table.add_row()
        table.add_row(Text(section, style="bold"), "", "", Text(title, style="bold"))
        for row in rows:
            table.add_row(row.id, row.level, row.priority, row.title, row.clause)
    console.print(table, highlight=False)
    console.print(
        f"\n{len(REQUIREMENTS)} requirements; `eventbahn check --explain ID` says why and what to do.",
        highlight=False,
    )


def print_explanation(console: Console, id_: str) -> None:
    """One row in full: what, why, how to mend it, where it says so. Raises UnknownRowError."""
    row = requirement(id_)
    console.print(Text.assemble((row.id, "bold"), "  ", row.title), highlight=False)
    console.print(f"{row.level}, {row.priority}, {row.clause}", highlight=False)
    parts = {"Why": row.why, "What to do": row.fix}
    if row.needs:
        parts["Applies to"] = f"targets with {', '.join(NEEDS[need] for need in row.needs)}"
    if row.slow:
        parts["How long"] = "It takes minutes, and is judged with --sse-slow"
    if row.requires:
        parts["Judged only if"] = f"{', '.join(row.requires)} hold"
    for heading, text in parts.items():
        console.print(Text(f"\n{heading}", style="bold"))
        console.print(Padding(Text(text), (0, 0, 0, 2), expand=False))
    console.print(Text("\nSource", style="bold"))
    console.print(Text(f"  {row.url}"), soft_wrap=True)  # so that an address can be clicked and copied
