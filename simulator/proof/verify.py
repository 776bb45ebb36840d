"""Whether a receiver holds exactly what a run should have delivered; all of it is computed anew. No I/O."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import chain
from typing import NamedTuple

import numpy as np

from simulator.config import Config
from simulator.encode import Encoder
from simulator.group import Group
from simulator.plan import GroupPlan, Span
from simulator.postponed import Rows
from simulator.proof.audit import Account, Finding, audit
from simulator.proof.expected import Expected
from simulator.state import State
from simulator.stats import Stats

__all__ = ["Parts", "Told", "Verdict", "collect", "expect", "judge", "settled"]

Told = Callable[[int, float], None]  # progress: messages so far, and the share of the work that is done
Parts = list[tuple[Sequence[str], Expected]]  # device ids with what is expected of them


class Verdict(NamedTuple):
    """Of all devices; `first` is the first thing that is wrong, in order of fleet and seq."""

    accounts: dict[str, Account]
    first: Finding | None

    @property
    def expected(self) -> int:
        """Messages that should be there."""
        return sum(account.expected for account in self.accounts.values())

    @property
    def duplicates(self) -> int:
        """Messages that came again, and were not kept."""
        return sum(account.duplicates for account in self.accounts.values())

    def wrong(self) -> Counter[str]:
        """How many messages are missing and extra, and how many devices are bad and different."""
        bad = [account for account in self.accounts.values() if account.finding]
        return Counter(
            devices=len(bad),
            missing=sum(account.missing for account in bad),
            extra=sum(account.extra for account in bad),
            different=sum(1 for account in bad if account.finding and account.finding.what == "different"),
        )


def expect(config: Config, state: State, told: Told) -> Parts:
    """What each group of a run should have delivered by now; takes some 10 µs a message."""
    parts = Parts()
    plans = [plan for plan in config.groups if plan.ids]
    length = max(1, (state.position if state.end is None else state.end) - state.origin)
    for plan in plans:
        share, before = len(parts) / len(plans), sum(expected.messages for _, expected in parts)
        expected, encoder = (
            Expected(plan.ids, state.start),
            Encoder(plan.ids, plan.profile.sensors, state.start),
        )
        for at in collect(expected, encoder, settled(plan, state)):
            passed = min(1.0, (at - state.origin) / length)
            told(before + expected.messages, share + passed / len(plans))
        parts.append((plan.ids, expected))
    return parts


def collect(expected: Expected, encoder: Encoder, found: Iterable[Rows]) -> Iterator[int]:
    """Add these rows as messages; yields how far it has come, in simulated ms UTC."""
    for rows in found:
        messages = encoder.encode(rows)
        expected.add(rows.device, rows.seq, messages)
        if len(rows.at):
            yield int(rows.at[-1])


def judge(parts: Parts, boot: int, stats: Stats, *, over: bool) -> Verdict:
    """Hold what is expected against a receiver's books."""
    accounts = {
        name: audit(name, boot, expected.of(index), stats.devices.get(name), over=over)
        for ids, expected in parts
        for index, name in enumerate(ids)
    }
    return Verdict(accounts, next((each.finding for each in accounts.values() if each.finding), None))


def settled(plan: GroupPlan, state: State) -> Iterator[Rows]:
    """The messages whose fate the state file knows: all of a complete run, or those until its watermarks."""
    group = Group(plan, Span(state.start, state.origin, state.end))
    if state.complete:
        return chain(group.rest(), group.release())
    return chain(group.due(state.position), _beyond(group, state.watermarks))


def _beyond(group: Group, watermarks: Mapping[str, int]) -> Iterator[Rows]:
    """The next messages of each device, as many as its watermark says."""
    left = np.array([watermarks.get(name, 0) for name in group.plan.ids], dtype=np.int64)
    while left.any():
        more = group.due(group.next()) if group.running else group.release()
        last = not group.running
        for rows in more:
            keep = left[rows.device] > 0
            left[rows.device[keep]] -= 1
            yield rows.take(np.flatnonzero(keep))
        if last:
            return
