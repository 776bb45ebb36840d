"""A verdict as people and programs read it: PASS or the first thing that is wrong, a table, and a file."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from simulator.proof.audit import Account, Finding
from simulator.proof.verify import Verdict

__all__ = ["as_result", "refusal", "sentences"]

SCHEMA = "eventbahn-fleet/1"
MOST_NAMED = 10  # devices


def sentences(verdict: Verdict) -> Iterator[str]:
    """PASS, or the first (device, seq) that is wrong, and how much else is."""
    count = len(verdict.accounts)
    if verdict.first is None:
        again = f"; {verdict.duplicates:,} came again and were not kept" if verdict.duplicates else ""
        messages = _counted(verdict.expected, "message")
        yield f"PASS: {_counted(count, 'device')}, {messages}, each there once and as sent{again}"
        return
    yield f"FAIL: {_named(verdict.first)}"
    wrong = verdict.wrong()
    missing, different = _counted(wrong["missing"], "message"), _counted(wrong["different"], "device")
    yield (
        f"{wrong['devices']:,} of {_counted(count, 'device')}: {missing} missing, {wrong['extra']:,} extra; "
        f"{different} with other data"
    )
    bad = [(name, account) for name, account in verdict.accounts.items() if account.finding]
    for name, account in bad[:MOST_NAMED]:
        yield f"  {name}: {_told(account)}"
    if len(bad) > MOST_NAMED:
        yield f"  … and {len(bad) - MOST_NAMED:,} more"


def refusal(path: Path, finding: Finding, boot: int) -> str:
    """Why the receiver refused that message, if it did and the run has kept it; raises OSError."""
    if not path.is_file():
        return ""
    key = (finding.device, boot, finding.seq)
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            try:
                told = json.loads(line)
                message = told["message"]
                if (message["device"], message["boot"], message["seq"]) == key:
                    return f"the receiver refused it: {told['reason']}"
            except (ValueError, KeyError, TypeError):
                continue  # half a line, of a run that was killed
    return ""


def as_result(verdict: Verdict, *, start: int, url: str, truth: Path, exit_code: int) -> dict[str, Any]:
    """A verdict as `eventbahn-fleet/1`, which `eventbahn report` reads."""
    started = datetime.fromtimestamp(start / 1000, UTC).isoformat(timespec="milliseconds")
    return {
        "schema": SCHEMA,
        "started": started.replace("+00:00", "Z"),
        "url": url,
        "truth": str(truth) if truth.is_file() else None,
        "devices": {
            name: {
                "expected": account.expected,
                "seen": account.seen,
                "missing": account.missing,
                "duplicates": account.duplicates,
                "ok": account.finding is None,
            }
            for name, account in verdict.accounts.items()
        },
        "exit_code": exit_code,
    }


def _counted(number: int, noun: str) -> str:
    return f"{number:,} {noun}" + ("s" if number != 1 else "")


def _named(finding: Finding) -> str:
    seq = "a seq that the books don't name" if finding.seq is None else finding.seq
    return f"({finding.device}, {seq}) is {finding.what}" + (finding.note and f": {finding.note}")


def _told(account: Account) -> str:
    assert account.finding is not None
    held = f"{account.seen:,} of {account.expected:,}"
    match account.finding.what:
        case "different":
            return f"{held}, with other data"
        case "extra":
            return f"{held}, {account.extra:,} extra{_since(account.finding)}"
    return f"{held}, {account.missing:,} missing{_since(account.finding)}"


def _since(finding: Finding) -> str:
    return "" if finding.seq is None else f", the first is seq {finding.seq}"
