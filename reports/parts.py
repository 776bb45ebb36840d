"""One result made ready for its part of the page: anchors, sections, facts. Knows no HTML, opens no file."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

from reports.facts import facts
from reports.findings import Table, findings
from reports.load_schema import Load, Series
from reports.metrics import Limit, PhaseMetrics, limit
from reports.metrics import contradictions as load_contradictions
from reports.metrics import headline as load_headline
from reports.outcome import Outcome, of_conformance, of_fleet, of_load
from reports.schemas import Conformance, Delivery, Fleet, Row
from reports.shapes import tone
from reports.sides import Loaded, target
from reports.tally import Tally, headline, sections, tally, unjudged
from reports.tally import contradictions as conformance_contradictions
from reports.titles import title
from reports.units import count

__all__ = ["ConformancePart", "Entry", "FleetPart", "LoadPart", "Part", "Section", "parts"]


@dataclass(frozen=True, slots=True)
class Entry:
    """A row and the anchor that links to it."""

    anchor: str
    row: Row


@dataclass(frozen=True, slots=True)
class Section:
    """The rows of one section and their score."""

    name: str
    anchor: str
    entries: Sequence[Entry]
    tally: Tally


@dataclass(frozen=True, slots=True)
class ConformancePart:
    """One target against the catalogue."""

    anchor: str
    name: str
    result: Conformance
    outcome: Outcome
    headline: str
    facts: Mapping[str, str]
    details: Mapping[str, str]
    sections: Sequence[Section]
    findings: Sequence[Entry]
    unjudged: Mapping[tuple[str, str], Sequence[Entry]]
    contradictions: Sequence[str]
    version: str
    kind: str = "conformance"


@dataclass(frozen=True, slots=True)
class LoadPart:
    """One load run, with the distributions that its figures are drawn from."""

    anchor: str
    name: str
    result: Load
    outcome: Outcome
    headline: str
    facts: Mapping[str, str]
    environment: Mapping[str, str]
    arguments: Mapping[str, str]
    phases: Sequence[PhaseMetrics]
    limits: Sequence[Limit]
    series: Series | None
    one_machine: bool
    contradictions: Sequence[str]
    tables: Sequence[Table]
    kind: str = "load"


@dataclass(frozen=True, slots=True)
class FleetPart:
    """What a fleet sent and what the server holds."""

    anchor: str
    name: str
    result: Fleet
    outcome: Outcome
    headline: str
    facts: Mapping[str, str]
    failed: Mapping[str, Delivery]
    delivered: Mapping[str, Delivery]
    kind: str = "fleet"


Part = ConformancePart | LoadPart | FleetPart


def parts(loaded: Sequence[Loaded]) -> list[Part]:
    """A part for each result, in the order given."""
    made: list[Part] = []
    for number, each in enumerate(loaded, 1):
        match each.result:
            case Conformance() as result:
                made.append(conformance(result, f"c{number}"))
            case Load() as result:
                made.append(load(result, f"l{number}", each))
            case Fleet() as result:
                made.append(fleet(result, f"f{number}"))
    return made


def conformance(result: Conformance, anchor: str) -> ConformancePart:
    entries = anchored(result.rows, anchor)
    by_row = {id(entry.row): entry for entry in entries}
    described = {key: value for key, value in result.target.items() if key != "name"}
    head = {key: described.pop(key, None) for key in ("url", "version")}
    return ConformancePart(
        anchor=anchor,
        name=target(result),
        result=result,
        outcome=of_conformance(result),
        headline=headline(tally(result.rows)),
        facts=facts(
            {**head, "started": result.started, "seed": result.seed, "versions": versions(result.versions)}
        ),
        details=facts(described),
        sections=[
            Section(title(name), f"{anchor}s{n}", [by_row[id(row)] for row in rows], tally(rows))
            for n, (name, rows) in enumerate(sections(result.rows).items(), 1)
        ],
        findings=[entry for entry in entries if tone(entry.row.verdict) in ("bad", "warn")],
        unjudged={why: [by_row[id(row)] for row in rows] for why, rows in unjudged(result.rows).items()},
        contradictions=conformance_contradictions(result),
        version="" if head["version"] is None else str(head["version"]),
    )


def load(result: Load, anchor: str, source: Loaded) -> LoadPart:
    run, found = result.run, source.phases
    reported = sum(worker.get("reported") is not False for worker in result.workers)
    workers = f"{reported} of {len(result.workers)} reported" if result.workers else None
    return LoadPart(
        anchor=anchor,
        name=f"{run.scenario} against {target(result)}",
        result=result,
        outcome=of_load(result),
        headline=load_headline(found),
        facts=facts(
            {
                "target": run.target,
                "scenario": run.scenario,
                "started": run.started,
                "duration": None if run.duration_s is None else f"{run.duration_s:.0f} s",
                "seed": run.seed,
                "run": run.id,
                "file": source.name,
                "revision": run.git,
                "workers": workers,
            }
        ),
        environment=facts(result.env),
        arguments=facts(run.args),
        phases=found,
        limits=[bound for slo in result.slo if (bound := limit(slo)) is not None],
        series=result.series,
        one_machine=loopback(run.target),
        contradictions=load_contradictions(result, found),
        tables=findings(result),
    )


def fleet(result: Fleet, anchor: str) -> FleetPart:
    found = facts({"server": result.url, "started": result.started, "truth": result.truth})
    return FleetPart(
        anchor=anchor,
        name=result.url,
        result=result,
        outcome=of_fleet(result),
        headline=fleet_headline(result.devices.values()),
        facts=found,
        failed={name: device for name, device in result.devices.items() if not device.ok},
        delivered={name: device for name, device in result.devices.items() if device.ok},
    )


def fleet_headline(devices: Collection[Delivery]) -> str:
    """`12 000 messages of 60 devices expected, 12 000 seen; none missing, 14 came again.`"""
    expected, seen, missing, again = (
        sum(getattr(device, name) for device in devices)
        for name in ("expected", "seen", "missing", "duplicates")
    )
    return (
        f"{count(expected)} messages of {count(len(devices))} device{'s' * (len(devices) != 1)} expected, "
        f"{count(seen)} seen; {count(missing) if missing else 'none'} missing, "
        f"{count(again) if again else 'none'} came again."
    )


def anchored(rows: Sequence[Row], prefix: str) -> list[Entry]:
    """Anchors after the rows' own ids, so that a link outlives the next run; a repeated id gets a number."""
    used: set[str] = set()
    entries = []
    for number, row in enumerate(rows, 1):
        anchor = f"{prefix}-{re.sub('[^A-Za-z0-9]+', '-', row.id)[:60].strip('-')}"
        if anchor in used or anchor == f"{prefix}-":
            anchor = f"{prefix}-row-{number}"
        while anchor in used:
            anchor += "-again"
        used.add(anchor)
        entries.append(Entry(anchor, row))
    return entries


def versions(found: Mapping[str, Any]) -> str:
    """What the run was made with: `eventbahn 0.1.0, python 3.11.7`."""
    return ", ".join(f"{name} {version}" for name, version in found.items())


def loopback(target: str) -> bool:
    """Whether a URL points at the machine itself."""
    try:
        host = urlsplit(target).hostname or ""
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False
