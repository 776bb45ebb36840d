"""A run as a result: text only, the bytes of the target escaped, its secrets taken out."""

import platform
from importlib.metadata import version as version_of
from pathlib import Path

import msgspec

from conformance.differential import Difference, Portability
from conformance.requirements import REQUIREMENTS
from conformance.results import PortabilityRow, Result, ResultRow, Summary, write
from conformance.run import Run
from conformance.target import Target
from conformance.verdict import Judgement
from conformance.visible import visible

__all__ = ["ResultFile", "redacted", "result_of", "secrets_of"]

LIBRARIES = ("eventbahn", "pytest", "h11", "httpx")
SHORTEST_SECRET = 4  # characters; anything shorter would take words apart


def result_of(run: Run) -> Result:
    """Everything that is worth keeping of `run`."""
    scored = run.score
    return Result(
        target=_named(run.target),
        started=run.started.isoformat(timespec="seconds"),
        seed=run.seed,
        versions={"python": platform.python_version(), **{name: version_of(name) for name in LIBRARIES}},
        rows=tuple(_row(run, row, judgement) for row, judgement in run.judgements.items()),
        portability=tuple(_portability(run, one) for one in run.portability),
        summary=Summary({str(key): count for key, count in scored.counts.items()}, scored.coverage),
        exit_code=run.exit_code,
    )


class ResultFile:
    """Keeps a run in a file."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def row(self, row: str) -> None:
        """Nothing is known yet."""

    def end(self, run: Run) -> None:
        """Write it. Raises OSError."""
        write(result_of(run), self._path)


def secrets_of(target: Target) -> list[str]:
    """The values of credentials, with and without the scheme in front of them, longest first."""
    values = [value for one in target.auth.values() for value in one.headers.values()]
    parts = {part for value in values for part in (value, value.rpartition(" ")[2])}
    return sorted((part for part in parts if len(part) >= SHORTEST_SECRET), key=len, reverse=True)


def redacted(text: str, secrets: list[str]) -> str:
    """`text` without the secrets."""
    for secret in secrets:
        text = text.replace(secret, "***")
    return text


def _named(target: Target | None) -> dict[str, str | None]:
    if target is None:
        return {"name": "the reference server", "version": None, "url": None}
    version = target.target.version if isinstance(target.target.version, str) else None
    address = target.subscribe.url or target.target.base_url + (target.subscribe.path or "")
    return {"name": target.target.name, "version": version, "url": address}


def _row(run: Run, row: str, judgement: Judgement) -> ResultRow:
    requirement = REQUIREMENTS[row]
    secrets = secrets_of(run.target) if run.target else []
    return ResultRow(
        id=row,
        section=requirement.section,
        title=requirement.title,
        level=requirement.level,
        priority=requirement.priority,
        verdict=str(judgement.verdict),
        reason=_text(judgement.reason, secrets),
        clause=requirement.clause,
        url=requirement.url,
        why=requirement.why,
        fix=requirement.fix,
        expected=_text(judgement.expected, secrets),
        observed=_text(judgement.observed, secrets),
        evidence=_evidence(judgement, secrets),
        reproduce=redacted(judgement.reproduce, secrets),
        arrivals=judgement.arrivals,
        seconds=round(run.seconds.get(row, 0.0), 3),
    )


def _portability(run: Run, one: Portability) -> PortabilityRow:
    counts = PortabilityRow(
        client=one.client,
        version=one.version,
        streams=one.streams,
        events=one.events,
        differing=one.differing,
    )
    if one.first is None:
        return counts
    secrets = secrets_of(run.target) if run.target else []
    return msgspec.structs.replace(
        counts,
        stream=one.first.stream,
        standard=_text(one.first.wanted, secrets),
        heard=_text(one.first.got, secrets),
        evidence=redacted(_marked(one.first), secrets),
    )


def _evidence(judgement: Judgement, secrets: list[str]) -> str | list[str]:
    first = redacted(_marked(judgement), secrets)
    return first if judgement.other is None else [first, redacted(_marked(judgement.other), secrets)]


def _marked(shown: Judgement | Difference) -> str:
    """The evidence; an ellipsis, which no escaped byte looks like, stands where it was cut."""
    before, behind = shown.cut
    return f"{'…' if before else ''}{visible(shown.evidence)}{'…' if behind else ''}"


def _text(text: str, secrets: list[str]) -> str:
    """Text that may quote the target: what was escaped already stays as it is."""
    return redacted("".join(one if one.isprintable() else visible(one) for one in text), secrets)
