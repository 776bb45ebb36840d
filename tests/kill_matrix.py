"""The kill matrix as a page: `python -m tests.kill_matrix` writes docs/kill-matrix.md anew."""

from collections.abc import Iterator
from pathlib import Path

from conformance.requirements import REQUIREMENTS, SECTIONS
from reference_server.faults import FAULTS

__all__ = ["PAGE", "page"]

PAGE = Path(__file__).parent.parent / "docs" / "kill-matrix.md"
HEAD = """\
# The kill matrix

Who tests the tests? The reference server does, by going wrong on purpose: `eventbahn serve --fault NAME`
breaks one point and does all else right. `make test` runs the suite against each fault: the rows named here
have to fail, and nothing else that is run beside them. `make soak` runs every row against every fault. A
check that no fault fails is not released.
"""


def page() -> str:
    """All of docs/kill-matrix.md."""
    return "\n".join([HEAD, *_faults(), *_rows(), ""])


def _faults() -> Iterator[str]:
    yield f"## {len(FAULTS)} faults, and the rows that they fail\n"
    yield "| fault | what it does wrong | has to fail |\n|---|---|---|"
    for name, fault in FAULTS.items():
        rows = ", ".join(row.removeprefix("SSE-") for row in fault.caught_by)
        yield f"| `{name}` | {fault.help.replace('|', chr(92) + '|')} | {rows} |"


def _rows() -> Iterator[str]:
    yield f"\n## {len(REQUIREMENTS)} rows, and the faults that fail them\n"
    yield "| row | requirement | level | faults |\n|---|---|---|---|"
    for section in SECTIONS:
        for row in REQUIREMENTS.values():
            if row.section == section:
                faults = ", ".join(f"`{name}`" for name, fault in FAULTS.items() if row.id in fault.caught_by)
                title = row.title.replace("|", "\\|")
                yield f"| {row.id.removeprefix('SSE-')} | {title} | {row.level} {row.priority} | {faults} |"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
