"""What became of published payloads: judged by value, or by structure against a harmless one. Pure."""

import re
from collections import Counter
from collections.abc import Callable, Sequence

from conformance.captures.exchange import Trial, Trials
from conformance.captures.plan import HARMLESS
from conformance.checks.judge import broken, inconclusive, met
from conformance.eventstream import Block, Field
from conformance.evidence import counted, quoted
from conformance.verdict import Judgement

__all__ = ["EVIL", "HARMLESS", "exact", "intact", "loud", "normalised", "structure", "without"]

SERVER_ERROR = re.compile("5[0-9][0-9] ")  # of a receipt
EVIL = "evil"  # what every attack tries to write


def exact(data: str) -> set[str]:
    """A payload may arrive as it was published, and no other way."""
    return {data}


def normalised(data: str) -> set[str]:
    """CR and CRLF are line breaks, and every line break is an LF to a reader (9.2.6)."""
    return {data, data.replace("\r\n", "\n").replace("\r", "\n")}


def intact(
    trials: Trials, *, accept: Callable[[str], set[str]] = exact, may_refuse: bool = False
) -> Judgement:
    """Whether each payload came as an event with one of the values that `accept` gives for it."""
    refused = [trial for trial in trials.trials if not trial.receipt.accepted]
    for trial in trials.trials:
        wanted = accept(trial.payload.data)
        if trial.fenced and trial.receipt.accepted and not wanted & set(trial.payloads):
            came = ", ".join(
                quoted(one) if one is not None else "an unreadable one" for one in trial.payloads
            )
            observed = (
                f"{quoted(trial.payload.data)} came as {came}"
                if came
                else f"no event came for {quoted(trial.payload.data)}"
            )
            expected = " or ".join(quoted(value) for value in sorted(wanted))
            return _broken(trials, trial, f"an event with the payload {expected}", observed)
    if refused and not may_refuse:
        told = ", ".join(quoted(trial.payload.data) for trial in refused)
        return inconclusive(f"the publisher's interface refused {told}: {refused[0].receipt.text}")
    return _judged(trials, refused, "arrived as published")


def structure(trials: Trials, *, lines_of: str = "") -> Judgement:
    """Whether each attack came as one block with the fields of a harmless one; more `lines_of` do no harm."""
    for trial in trials.trials:
        carriers, harmless = _carriers(trial), _carriers(trials.controls[trial.payload.fields])
        if carriers and not harmless:
            return inconclusive("a harmless event with the same fields did not come", trials.reading)
        extra = _shape(carriers, lines_of) - _shape(harmless, lines_of)
        if extra or len(carriers) > len(harmless):
            told = " and ".join(f"{name or 'comment'!r}" for name in sorted(extra)) or "another block"
            wrote = f"{quoted(trial.payload.told)} wrote {told}"
            return _broken(trials, trial, "the fields of a harmless event", wrote)
    refused = [trial for trial in trials.trials if not trial.receipt.accepted]
    return _judged(trials, refused, "wrote no line of their own")


def without(trials: Trials, wrong: Callable[[Field], bool], expected: str) -> Judgement:
    """Whether no payload made a line that is `wrong`."""
    for trial in trials.trials:
        for field in (field for block in trial.blocks for field in block.fields):
            if wrong(field):
                observed = f"{quoted(trial.payload.told)} came as {quoted(f'{field.name}: {field.value}')}"
                return _broken(trials, trial, expected, observed)
    refused = [trial for trial in trials.trials if not trial.receipt.accepted]
    return _judged(trials, refused, "came without")


def loud(trials: Trials) -> Judgement:
    """Whether each event name was refused by a 4xx, or came as it was published."""
    for trial in trials.trials:
        name, told = quoted(trial.payload.event or ""), trial.receipt.text
        types = [event.type for event in trial.events]
        if trial.fenced and trial.receipt.accepted and trial.payload.event not in types:
            came = f"came as {' and '.join(map(quoted, types))}" if types else "did not come"
            observed = f"{name} was accepted ({told}) and {came}"
            return _broken(trials, trial, f"an event named {name}, or a 4xx", observed)
        if SERVER_ERROR.match(told):
            return _broken(trials, trial, "a 4xx to the publisher", f"{name} was answered {told}")
    refused = [trial for trial in trials.trials if not trial.receipt.accepted]
    return _judged(trials, refused, "arrived under their names")


def _carriers(trial: Trial) -> Sequence[Block]:
    """The blocks that hold something of the payload, comments left aside."""
    return [
        block
        for block in trial.blocks
        if any(word in field.value for field in block.fields if field.name for word in (HARMLESS, EVIL))
    ]


def _shape(blocks: Sequence[Block], lines_of: str) -> Counter[str]:
    return Counter(field.name for block in blocks for field in block.fields if field.name != lines_of)


def _broken(trials: Trials, trial: Trial, expected: str, observed: str) -> Judgement:
    at = trial.blocks[0].begin if trial.blocks else trial.at
    if trial.ended:
        observed += ", and the subscriber's stream was ended, twice"
    return broken(expected, observed, trial.reading or trials.reading, at=at, reproduce=trials.again(trial))


def _judged(trials: Trials, refused: Sequence[Trial], what: str) -> Judgement:
    lost = sum(not trial.fenced for trial in trials.trials)
    if lost:
        told = f"{lost} of {len(trials.trials)} payloads had no harmless event on both sides"
        return inconclusive(trials.lost or told, trials.reading)
    ended = sum(trial.ended for trial in trials.trials)
    count = len(trials.trials) - len(refused) - ended
    told = f"{counted(count, 'payload')} {what}" if count else ""
    end = f"at {ended} the subscriber's stream was ended" if ended else ""
    no = f"{len(refused)} refused ({refused[0].receipt.text})" if refused else ""
    return met("; ".join(filter(None, [told, end, no])), trials.reading)
