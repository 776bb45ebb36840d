"""What of a result may be shown around: what could hurt the users of a server is told its makers first.

Rows about injection and access, and three about payloads that can forge an event or end a stream, keep their
titles and lose everything that was found; no other row quotes it.
"""

from typing import Any

import msgspec

from conformance.score import DESELECTED, score
from conformance.verdict import Judgement, Verdict

__all__ = ["published", "withheld"]

SECTIONS = {"INJ", "SEC"}
ROWS = {"SSE-DATA-002", "SSE-DATA-008", "SSE-DATA-010"}
SHARED = {"DATA", "FRAME", "INJ"}  # their payloads are published on one stream
WITHHELD = f"{DESELECTED}: not published"
NOTHING = {"expected": "", "observed": "", "evidence": "", "reproduce": "", "arrivals": [], "seconds": 0.0}

Document = dict[str, Any]


def withheld(row: str) -> bool:
    """Whether nobody is told what was found about a row."""
    return _section(row) in SECTIONS or row in ROWS


def published(content: bytes) -> bytes:
    """A result file without what is withheld. Counts, coverage and exit code are those of the rows shown."""
    document: Document = msgspec.json.decode(content)
    rows = [_shown(row) for row in document["rows"]]
    judged = score(_judgement(row) for row in rows)
    document |= {
        "rows": rows,
        "portability": [],  # it quotes the payloads of the rows that are withheld
        "summary": {
            "counts": {str(name): n for name, n in judged.counts.items()},
            "coverage": judged.coverage,
        },
        "exit_code": judged.exit_code(strict=False),
    }
    return msgspec.json.format(msgspec.json.encode(document), indent=1) + b"\n"


def _shown(row: Document) -> Document:
    if withheld(row["id"]):
        return {**row, **NOTHING, "verdict": str(Verdict.SKIP), "reason": WITHHELD}
    if row["verdict"] == Verdict.DEPENDENCY and withheld(row["reason"].partition(" ")[0].rstrip(":")):
        return {**row, "reason": "it requires a row that is not published"}
    # Where one payload ends the stream, all rows that share it quote that payload, and it may be a withheld
    # one's. Nothing in the row tells whose it is, so none is quoted.
    if _section(row["id"]) in SHARED and '"' in row["reason"]:
        unjudged = {"observed": "", "evidence": ""} if row["verdict"] == Verdict.INCONCLUSIVE else {}
        return {**row, **unjudged, "reason": "it quotes a payload, which is not published"}
    return row


def _section(row: str) -> str:
    return row.split("-")[1]


def _judgement(row: Document) -> Judgement:
    reason = DESELECTED if row["reason"] == WITHHELD else row["reason"]
    return Judgement(Verdict(row["verdict"]), reason)
