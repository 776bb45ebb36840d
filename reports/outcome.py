"""A result in one verdict and one sentence, as the top of its page says it. Judges no rows itself."""

from typing import NamedTuple

from reports.load_schema import Load
from reports.schemas import Conformance, Fleet, Verdict
from reports.tally import BAD, tally
from reports.units import count

__all__ = ["Outcome", "of_conformance", "of_fleet", "of_load"]

LENIENT: tuple[Verdict, ...] = ("WARN", "WAIVED")
ALL_MET = "Every requirement that was judged is met."
UNFINISHED = {2: "wrongly configured", 70: "stopped by a fault of eventbahn itself", 130: "interrupted"}


class Outcome(NamedTuple):
    """The verdict whose shape and colour stand at the top, and what it means here."""

    verdict: Verdict
    sentence: str


def of_conformance(result: Conformance) -> Outcome:
    """Good only where something was judged, nothing was bad, and the suite itself says so."""
    counts = tally(result.rows).counts
    bad = [f"{counts[verdict]} {verdict}" for verdict in BAD if verdict in counts]
    match result.exit_code:
        case 0 | 1 if bad:
            return Outcome("FAIL", f"Requirements are not met: {', '.join(bad)}.")
        case 1 if "WARN" in counts:
            return Outcome("FAIL", f"Advice is not followed, and the run was strict: {counts['WARN']} WARN.")
        case 0 if any(verdict in counts for verdict in ("PASS", *LENIENT)):
            rest = [f"{counts[verdict]} {verdict}" for verdict in LENIENT if verdict in counts]
            met = f"No binding requirement is broken: {', '.join(rest)}." if rest else ALL_MET
            return Outcome("PASS", met)
        case code if code in UNFINISHED:
            return Outcome("INCONCLUSIVE", f"The run was {UNFINISHED[code]}, so its result is partial.")
    return Outcome("INCONCLUSIVE", "Too little was judged to say whether the target conforms.")


def of_load(result: Load) -> Outcome:
    """An invalid run judges nothing, whatever its promises say."""
    broken = sum(slo.ok is False for slo in result.slo)
    kept = sum(slo.ok is True for slo in result.slo)
    promises = f"{len(result.slo)} SLO{'s' * (len(result.slo) != 1)}"
    if result.invalid:
        return Outcome("INCONCLUSIVE", "The run is invalid: its figures can't be held against the server.")
    if broken:
        return Outcome("FAIL", f"{broken} of {promises} broken.")
    if not result.slo:
        return Outcome("INFO", "Measured, not judged: the run had no SLO.")
    if kept < len(result.slo):
        return Outcome("INCONCLUSIVE", f"{kept} of {promises} kept, the others could not be measured.")
    return Outcome("PASS", f"{promises} kept.")


def of_fleet(result: Fleet) -> Outcome:
    """Delivered means: every device's data is there, once."""
    failed = sum(not delivery.ok for delivery in result.devices.values())
    devices = f"{count(len(result.devices))} device{'s' * (len(result.devices) != 1)}"
    if not result.devices:
        return Outcome("INCONCLUSIVE", "No device was compared.")
    if failed:
        return Outcome("FAIL", f"{count(failed)} of {devices} not delivered in full.")
    if result.exit_code:
        return Outcome("INCONCLUSIVE", f"{devices} compared, but the comparison did not finish.")
    return Outcome("PASS", f"{devices}: everything that was sent is there.")
