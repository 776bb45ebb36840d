"""The kill matrix as a page: `python -m tests.kill_matrix` writes docs/kill-matrix.md anew."""

from collections.abc import Iterator, Mapping
from pathlib import Path

from conformance.requirements import REQUIREMENTS, SECTIONS
from reference_server.faults import FAULTS
from reference_server.faults.fault import Fault
from tests.proxies.fault_proxy import FAULTS as OF_PROXIES
from tests.proxies.fault_proxy import Mischief
from tests.proxies.h2_server import H2_FAULTS, H2Fault

__all__ = ["OF_THE_ROAD", "PAGE", "page"]

OF_THE_ROAD: dict[str, Mischief | H2Fault] = dict(OF_PROXIES)
OF_THE_ROAD.update({str(name): fault for name, fault in H2_FAULTS.items()})

PAGE = Path(__file__).parent.parent / "docs" / "kill-matrix.md"
HEAD = """\
# The kill matrix

Who tests the tests? The reference server does, by going wrong on purpose: `eventbahn serve --fault NAME`
breaks one point and does all else right. `make test` runs the suite against each fault: the rows named here
have to fail, and nothing else that is run beside them. `make soak` runs every row against every fault. A
check that no fault fails is not released. What lies between server and client goes wrong in a proxy and in a
server for HTTP/2 of the tests' own (`tests/proxies`).
"""


def page() -> str:
    """All of docs/kill-matrix.md."""
    road = f"{len(OF_THE_ROAD)} faults of the road"
    return "\n".join(
        [HEAD, *_faults(f"{len(FAULTS)} faults", FAULTS), *_faults(road, OF_THE_ROAD), *_rows(), ""]
    )


def _faults(heading: str, faults: Mapping[str, Fault | Mischief | H2Fault]) -> Iterator[str]:
    yield f"{'' if faults is FAULTS else chr(10)}## {heading}, and the rows that they fail\n"
    yield "| fault | what it does wrong | has to fail |\n|---|---|---|"
    for name, fault in faults.items():
        rows = ", ".join(row.removeprefix("SSE-") for row in fault.caught_by)
        yield f"| `{name}` | {fault.help.replace('|', chr(92) + '|')} | {rows} |"


def _rows() -> Iterator[str]:
    yield f"\n## {len(REQUIREMENTS)} rows, and the faults that fail them\n"
    yield "| row | requirement | level | faults |\n|---|---|---|---|"
    for section in SECTIONS:
        for row in REQUIREMENTS.values():
            if row.section == section:
                caught = {name: fault.caught_by for name, fault in (FAULTS | OF_THE_ROAD).items()}
                faults = ", ".join(f"`{name}`" for name, rows in caught.items() if row.id in rows)
                title = row.title.replace("|", "\\|")
                yield f"| {row.id.removeprefix('SSE-')} | {title} | {row.level} {row.priority} | {faults} |"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
