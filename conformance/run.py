"""One run of the suite inside pytest: which rows run, what each came to, the exit code. Judges no bytes."""

import secrets
import sys
import time
from collections.abc import Generator, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from functools import cached_property
from typing import Any, Protocol

import pytest

from conformance.applies import blocked, undeclared
from conformance.captures.by_name import CAPTURES
from conformance.differential import Portability, compared
from conformance.judging import judged
from conformance.options import Options
from conformance.origin import AT_FAULT, Origin, blamed
from conformance.process import ServerProcess
from conformance.requirements import REQUIREMENTS
from conformance.row import MARKER, Payload
from conformance.score import DESELECTED, Score, score
from conformance.stage import Stage
from conformance.target import Target
from conformance.verdict import BAD, JUDGED, Judgement, Unjudged, Verdict, graded
from conformance.waivers import waived

__all__ = ["Reporter", "Run", "row_of"]

OUR_FAULT, INTERRUPTED = 70, 130
NOT_RUN = Judgement(Verdict.INCONCLUSIVE, "the run was stopped before this row")
LEFT_OUT = Judgement(Verdict.SKIP, DESELECTED)
MOOT = {Verdict.FAIL, Verdict.INCONCLUSIVE}
LETTERS = {
    Verdict.PASS: ".",
    Verdict.FAIL: "F",
    Verdict.WARN: "W",
    Verdict.INFO: "i",
    Verdict.INCONCLUSIVE: "?",
}


class Reporter(Protocol):
    """Whoever shows a run: while it goes on, and at its end."""

    def row(self, row: str) -> None:
        """A row is about to be judged."""

    def end(self, run: "Run") -> None:
        """Everything is known. Raises OSError where it cannot be told."""


def row_of(item: pytest.Item) -> str | None:
    """The id of the row that `item` checks; None for a test that is none of ours."""
    marker = item.get_closest_marker(MARKER)
    return str(marker.args[0]) if marker else None


class Run:
    """The part of the pytest plugin that is registered only where checks were collected."""

    def __init__(
        self,
        options: Options,
        target: Target | Unjudged,
        process: ServerProcess | None,
        items: Sequence[pytest.Item],
        reporters: Sequence[Reporter],
        *,
        silent: bool,
    ) -> None:
        self.options = options
        self.target = target if isinstance(target, Target) else None
        self._unable = target.judgement if isinstance(target, Unjudged) else None
        self.process = process
        self.started = datetime.now(UTC)
        self.exit_code = 0
        self.seed = secrets.token_hex(6)  # marks whatever this run publishes
        self.seconds: dict[str, float] = {}
        self._wanted = {row: item for item in items if (row := row_of(item))}
        self._judgements: dict[str, Judgement] = {}
        self._reporters = reporters
        self._silent = silent  # pytest itself shows no progress
        self._begun = 0.0
        self._crashed = False
        self._stage: Stage | None = None
        self._origin: Origin | None = None
        self._payloads: dict[str, Sequence[Payload]] = {}
        if self.target is not None and self.target.target.origin is not None:
            self._origin = Origin(self.target, self._staged)

    @property
    def judgements(self) -> dict[str, Judgement]:
        """Every row of the requirements, in their order, with what it came to so far."""
        return {
            row: self._judgements.get(row, NOT_RUN if row in self._wanted else LEFT_OUT)
            for row in REQUIREMENTS
        }

    @property
    def score(self) -> Score:
        """The judgements counted."""
        return score(self.judgements.values())

    def stage(self) -> Stage:
        """The connections of this run, with the payloads of all the checks that this target may be given."""
        assert self.target is not None, "without a target every row is left out before its fixtures"
        payloads = {
            row: mark.args[1] for row, item in self._judgeable() if (mark := item.get_closest_marker(MARKER))
        }
        self._payloads = {row: many for row, many in payloads.items() if many}
        self._stage = self._staged(self.target)
        return self._stage

    def _staged(self, target: Target) -> Stage:
        slow, process = self.options.slow, self.process
        return Stage(target, CAPTURES, self._payloads, self.seed, slow=slow, process=process)

    @cached_property
    def portability(self) -> list[Portability]:
        """What deployed clients make of the streams that were captured."""
        return compared(self._stage.transcripts if self._stage else ())

    @property
    def captures(self) -> set[str]:
        """The names of those that this run's checks ask for."""
        return {
            name for _, item in self._judgeable() for name in getattr(item, "fixturenames", ())
        } & CAPTURES.keys()

    def _judgeable(self) -> Iterator[tuple[str, pytest.Item]]:
        """The rows that this target can be judged by, as far as it says itself."""
        for row, item in self._wanted.items():
            if self.target is not None and not self._blocked(row, {}):
                yield row, item

    def _blocked(self, row: str, judged: Mapping[str, Judgement]) -> Judgement | None:
        assert self.target is not None, "without a target every row is left out"
        return blocked(REQUIREMENTS[row], self.target, judged, slow=self.options.slow)

    def pytest_runtest_logstart(self) -> None:
        """Begin the clock of a row."""
        self._begun = time.monotonic()

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_setup(self, item: pytest.Item) -> None:
        """Leave out a row that cannot be judged, before anything is opened for it."""
        row = row_of(item)
        if row is None:
            return
        for reporter in self._reporters:
            reporter.row(row)
        found = self._unable
        if self.target is not None:
            found = self._blocked(row, self._judgements)
        if found is not None:
            self._conclude(item, row, found)

    @pytest.hookimpl(tryfirst=True)
    def pytest_pyfunc_call(self, pyfuncitem: pytest.Function) -> bool | None:
        """Run a check, and take what it returns for the row's judgement."""
        row = row_of(pyfuncitem)
        if row is None:
            return None
        given = {name: pyfuncitem.funcargs[name] for name in pyfuncitem._fixtureinfo.argnames}
        judgement = judged(row, pyfuncitem.obj, given, self._stage)
        self._conclude(pyfuncitem, row, self._blamed(pyfuncitem, row, judgement))
        return True

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item, call: pytest.CallInfo[None]
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """Turn what a capture or a check raised into a judgement, and tell the report of it."""
        report = yield
        row = row_of(item)
        if row is None:
            return report
        if call.excinfo is not None and row not in self._judgements:
            match call.excinfo.value:
                case Unjudged() as unjudged:
                    found = self._record(item, row, self._blamed(item, row, unjudged.judgement))
                    report.outcome = "skipped"
                    report.longrepr = (str(item.path), item.location[1] or 0, found.reason)
                case Exception() as error:
                    self._crashed = True
                    reason = f"the check itself broke: {type(error).__name__}: {error}"
                    self._record(item, row, Judgement(Verdict.INCONCLUSIVE, reason))
        setattr(report, MARKER, self._judgements.get(row, NOT_RUN).verdict)
        return report

    @pytest.hookimpl(tryfirst=True)
    def pytest_report_teststatus(self, report: Any) -> tuple[str, str, str] | None:
        """Count verdicts, not outcomes; a crash stays what pytest makes of it."""
        verdict: Verdict | None = getattr(report, MARKER, None)
        if verdict is None or (self._crashed and report.failed) or report.when == "teardown":
            return None
        if report.when == "setup" and report.passed:
            return "", "", ""
        letter = LETTERS.get(verdict, verdict[0].lower())
        return ("", "", "") if self._silent else (str(verdict), letter, str(verdict))

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self, session: pytest.Session, exitstatus: int) -> None:
        """Set the exit code where pytest has nothing of its own to say."""
        if self._origin is not None:
            self._origin.close()
        own = self.score.exit_code(strict=self.options.strict)
        match exitstatus:
            case _ if self._crashed or exitstatus == pytest.ExitCode.INTERNAL_ERROR:
                self.exit_code = OUR_FAULT
            case pytest.ExitCode.INTERRUPTED:
                self.exit_code = INTERRUPTED
            case pytest.ExitCode.OK:
                self.exit_code = own
            case _:
                self.exit_code = int(exitstatus)
        if exitstatus != pytest.ExitCode.INTERRUPTED:
            session.exitstatus = self.exit_code
        try:
            for reporter in self._reporters:
                reporter.end(self)
        except OSError as error:
            sys.stderr.write(f"{error.filename or 'the result'}: {error.strerror or error}\n")
            session.exitstatus = pytest.ExitCode.USAGE_ERROR

    def _conclude(self, item: pytest.Item, row: str, judgement: Judgement) -> None:
        """Record, and speak in pytest's own words. Raises what pytest takes for a failure or a skip."""
        found = self._record(item, row, judgement)
        bad = BAD | {Verdict.WARN} if self.options.strict else BAD
        if found.verdict in bad:
            pytest.fail(f"{row} {found.verdict}: expected {found.expected}; {found.observed}", pytrace=False)
        if found.verdict not in JUDGED:
            pytest.skip(f"{found.verdict}: {found.reason}")

    def _blamed(self, item: Any, row: str, judgement: Judgement) -> Judgement:
        """`judgement`, with whether the server or the road is at fault where something is wrong.

        Rows that need a road look at both ends themselves.
        """
        unclear = judgement.verdict in AT_FAULT and "road" not in REQUIREMENTS[row].needs
        if self._origin is None or not unclear or self._died:
            return judgement
        return blamed(judgement, self._origin.judged(item, row), self._origin.address)

    def _excused(self, judgement: Judgement) -> Judgement:
        """`judgement`, unless the server has died: then nothing that is wrong is a matter of this row."""
        moot = self._died and judgement.verdict in MOOT
        return Judgement(Verdict.INCONCLUSIVE, self._died) if moot else judgement

    @property
    def _died(self) -> str:
        return self.process.died if self.process else ""

    def _record(self, item: pytest.Item, row: str, judgement: Judgement) -> Judgement:
        requirement = REQUIREMENTS[row]
        found = graded(self._excused(judgement), requirement.level)
        if self.target is not None:
            waivers = {waiver.id: waiver for waiver in self.target.waive}
            found = undeclared(requirement, self.target, found)
            found = waived(row, found, waivers, self.started.date())
        self._judgements[row] = found
        self.seconds[row] = time.monotonic() - self._begun
        item.user_properties += [
            ("id", row),
            ("level", requirement.level),
            ("clause", requirement.clause),
            ("verdict", str(found.verdict)),
        ]
        return found
