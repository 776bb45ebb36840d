"""The captures by name, in the order in which they are begun. Checks have parameters of these names."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Any

from conformance.captures.burst import burst
from conformance.captures.capacity import Capacity, capacity
from conformance.captures.churn import Churn, churn
from conformance.captures.compression import compressed, offered
from conformance.captures.conditions import conditions
from conformance.captures.crossing import compressed_journeys, idle, journeys
from conformance.captures.crowd import crowd
from conformance.captures.cursors import strange
from conformance.captures.cuts import chain, cuts
from conformance.captures.ending import ending
from conformance.captures.exchange import Exchange, exchange
from conformance.captures.fanout import fanout
from conformance.captures.frames import Frames, frames
from conformance.captures.http10 import http10
from conformance.captures.isolation import borrow, isolate
from conformance.captures.large import large
from conformance.captures.lasting import lasting
from conformance.captures.load import Load, load
from conformance.captures.methods import head, others
from conformance.captures.midstream import midstream
from conformance.captures.multiplex import multiplex
from conformance.captures.negotiation import negotiation
from conformance.captures.origins import foreign, origins
from conformance.captures.phases import phases
from conformance.captures.promptness import pairs, promptness
from conformance.captures.quiet import Quiet
from conformance.captures.reflection import reflection
from conformance.captures.refusals import Refusal, bad_requests, strangers
from conformance.captures.release import Release, releases
from conformance.captures.restart import Restart, Shutdown, restart, shutdown
from conformance.captures.resumption import (
    Unknown,
    first,
    queried,
    resume,
    spelled,
    unknown,
)
from conformance.captures.retention import retain
from conformance.captures.seam import Trial, readers, stretch
from conformance.captures.stall import Stall, stall
from conformance.captures.straddle import Straddle, straddle
from conformance.captures.unencodable import unencodable
from conformance.captures.writers import writers
from conformance.checks.bodies import Bodies
from conformance.reading import Reading
from conformance.row import Payload
from conformance.stage import Capture, Stage
from conformance.subject import Subject
from conformance.verdict import Unjudged, Verdict

__all__ = ["CAPTURES"]


def _visiting(take: Callable[[Subject], object]) -> Callable[[Stage], object]:
    """A capture that needs nothing but the server."""

    def visit(stage: Stage) -> object:
        with stage.visit() as subject:
            return take(subject)

    return visit


def _following(name: str, take: Callable[[Subject, Any], object]) -> Callable[[Stage], object]:
    """A capture that goes on where the one of that name has ended."""

    def visit(stage: Stage) -> object:
        before = stage.get(name)
        with stage.visit() as subject:
            return take(subject, before)

    return visit


def _opening(stage: Stage) -> Reading:
    first = stage.quiet.opened()
    if first.head is None or first.head.seconds <= stage.subject.head_seconds:
        return first
    with stage.visit() as subject:
        stream = subject.subscribe("a second quiet subscription", subject.channel())
        stream.wait(lambda reading: reading.head, subject.head_seconds)
        second = Reading.of(stream.transcript)
    return second if second.head else first


def _quiet(stage: Stage) -> Quiet:
    return stage.quiet.watch()


def _exchange(stage: Stage) -> Exchange:
    if not stage.subject.can_publish:
        raise Unjudged(Verdict.NOT_APPLICABLE, "no-publisher")
    if not stage.subject.isolated:
        stage.get("sse_quiet")  # there is one channel only, which must be quiet for that
    with stage.visit() as subject:
        return exchange(subject, _wanted(stage, with_ids=False))


def _named_exchange(stage: Stage) -> Exchange:
    if not stage.subject.isolated:
        stage.get("sse_exchange")  # so that neither writes between the fences of the other
    with stage.visit() as subject:
        return exchange(subject, _wanted(stage, with_ids=True))


def _wanted(stage: Stage, *, with_ids: bool) -> Mapping[str, Sequence[Payload]]:
    """Payloads that bring ids are apart: they may change what a channel is, and what can be resumed on it."""
    return {
        row: many for row, many in stage.wanted.items() if any(one.id is not None for one in many) is with_ids
    }


def _bodies(stage: Stage) -> Bodies:
    """What came so far on the quiet subscription, and on that of the payloads."""
    if not stage.subject.can_publish:
        return Bodies((stage.get("sse_quiet").reading,))  # only time brings bytes
    exchanged: Exchange = stage.get("sse_exchange")
    quiet = Reading.of(stage.quiet.stream.transcript)
    return Bodies((quiet, exchanged.reading), exchanged.texts, exchanged.written)


def _phases(stage: Stage) -> tuple[Trial, ...]:
    with stage.visit() as subject, suppress(Unjudged):  # few trials, or none, are said to be so
        return phases(subject)
    return ()


def _unknown(stage: Stage) -> Unknown:
    before = None
    if stage.subject.can_publish:
        with suppress(Unjudged):
            before = stage.get("sse_resumption")
    with stage.visit() as subject:
        return unknown(subject, before)


def _frames(stage: Stage) -> Frames:
    stage.get("sse_quiet")  # publishing ends the quiet
    with stage.visit() as subject:
        return frames(subject, stage.quiet.channel, stage.quiet.stream)


def _refusals(stage: Stage) -> Mapping[str, Refusal]:
    """Declared ones, and those of nobody."""
    found: dict[str, Refusal] = {}
    if stage.target.auth:
        nobody: Mapping[str, Reading] = stage.get("sse_strangers")
        found = {name: Refusal(reading) for name, reading in nobody.items()}
    with stage.visit() as subject:
        return {**bad_requests(subject), **found}


def _messages(stage: Stage) -> tuple[Reading, ...]:
    """What came so far on the quiet subscription, on that of the payloads, and on one that ends."""
    found = [Reading.of(stage.quiet.stream.transcript)]
    with suppress(Unjudged):
        found = [*stage.get("sse_bodies").readings]
    if stage.target.subscribe.ends:
        found.append(stage.get("sse_ending").reading)
    return tuple(found)


def _errors(stage: Stage) -> Bodies:
    """All bodies in which an error may show: one that ends, and one that fails by a declared fault, too."""
    bodies: Bodies = stage.get("sse_bodies")
    more: list[Reading] = []
    if stage.target.subscribe.ends:
        with suppress(Unjudged):
            more.append(stage.get("sse_ending").reading)
    if stage.target.faults and stage.target.faults.midstream:
        with stage.visit() as subject:
            more.append(midstream(subject))
    return replace(bodies, readings=(*more, *bodies.readings))


def _conditions(stage: Stage) -> Mapping[str, Reading]:
    opening: Reading = stage.get("sse_opening")
    with stage.visit() as subject:
        return conditions(subject, opening)


def _releases(stage: Stage) -> Mapping[str, Release]:
    with stage.visit() as subject:
        return releases(subject, stage.process)


def _churn(stage: Stage) -> Churn:
    with stage.visit() as subject:
        return churn(subject, stage.process)


def _capacity(stage: Stage) -> Capacity:
    cap = stage.target.limits.cap
    assert cap is not None, "its rows need one"
    with stage.visit() as subject:
        return capacity(subject, cap)


def _shutdown(stage: Stage) -> Shutdown:
    assert stage.process is not None, "its rows need one"
    with stage.visit() as subject:
        found = shutdown(subject, stage.process)
    stage.restart()
    return found


def _restart(stage: Stage) -> Restart:
    assert stage.process is not None, "its rows need one"
    stage.get("sse_shutdown")  # so that ids begin anew, where they do
    with stage.visit() as subject:
        return restart(subject, stage.process, stage.restart)


def _load(stage: Stage) -> Load | None:
    """None where nothing can be published, or not beside the silence."""
    if not (stage.subject.can_publish and stage.subject.isolated):
        return None
    with stage.visit() as subject, suppress(Unjudged):
        return load(subject)
    return None


def _idle(stage: Stage) -> object:
    with stage.visit() as subject:
        return idle(subject, slow=stage.slow)


def _straddle(stage: Stage) -> Straddle:
    with stage.visit() as subject:
        return straddle(subject, slow=stage.slow)


def _stall(stage: Stage) -> Stall:
    with stage.visit() as subject:
        return stall(subject, slow=stage.slow)


CAPTURES: Mapping[str, Capture] = {
    "sse_opening": Capture("The head of a subscription on which nothing is published.", _opening),
    "sse_quiet": Capture(
        "A subscription on which nothing is published, watched for some heartbeats.", _quiet
    ),
    "sse_load": Capture("A large event, sent while the quiet subscription is watched.", _load),
    "sse_lasting": Capture("Streams that are held for minutes.", _visiting(lasting)),
    "sse_stall": Capture("Readers that stop reading while others go on.", _stall),
    "sse_head": Capture("The answer to a HEAD request, and whatever came after it.", _visiting(head)),
    "sse_exchange": Capture("The payloads of all checks, published once, and what came of them.", _exchange),
    "sse_named_exchange": Capture(
        "The payloads that bring ids, on a channel of their own, and what came of them.", _named_exchange
    ),
    "sse_writers": Capture("Many publishers of long events at the same moment.", _visiting(writers)),
    "sse_large": Capture("Large events, in one line and in many.", _visiting(large)),
    "sse_burst": Capture("Numbered events, as fast as they can be published.", _visiting(burst)),
    "sse_unencodable": Capture("Payloads that cannot be written as UTF-8.", _visiting(unencodable)),
    "sse_reflections": Capture("Requests whose values would write lines.", _visiting(reflection)),
    "sse_bodies": Capture("Everything that came so far, for whoever judges the grammar.", _bodies),
    "sse_resumption": Capture(
        "A reader that left and came back, and one with the newest id.", _visiting(resume)
    ),
    "sse_spelled": Capture(
        "Readers that write Last-Event-ID in other ways.", _following("sse_resumption", spelled)
    ),
    "sse_queried": Capture("Readers with an id in the query.", _following("sse_resumption", queried)),
    "sse_seam": Capture("A reader whose replay stands still while events are published.", _visiting(stretch)),
    "sse_phases": Capture("Readers that come back at random moments of bursts.", _phases),
    "sse_readers": Capture(
        "Readers that are stalled in replays from different events.", _following("sse_seam", readers)
    ),
    "sse_cuts": Capture("Readers that were cut at exact bytes, and came back.", _visiting(cuts)),
    "sse_chain": Capture("A reader that was cut ten times in a row.", _visiting(chain)),
    "sse_first": Capture("A reader without a cursor, on a channel with a history.", _visiting(first)),
    "sse_retention": Capture(
        "A reader with an id that is retained no more.", _following("sse_resumption", retain), alone=True
    ),
    "sse_isolation": Capture("Readers of two channels, with events on both.", _visiting(isolate)),
    "sse_borrowed": Capture(
        "A reader of one channel with an id of another.", _following("sse_isolation", borrow)
    ),
    "sse_unknown": Capture("A reader with an id that the server never gave.", _unknown),
    "sse_frames": Capture("Ids of blocks that are no events, each tried as a cursor.", _frames),
    "sse_cursors": Capture("The answer to each of a dozen strange cursors.", _visiting(strange)),
    "sse_ending": Capture("A stream that ends by itself, and what comes after its end.", _visiting(ending)),
    "sse_http10": Capture("The answer to a client of HTTP/1.0.", _visiting(http10)),
    "sse_methods": Capture("The answers to methods that a stream has no use for.", _visiting(others)),
    "sse_negotiation": Capture("The answers to clients that accept this or that.", _visiting(negotiation)),
    "sse_strangers": Capture("The answers to clients that may not read.", _visiting(strangers)),
    "sse_refusals": Capture("The answers to all requests that should be refused.", _refusals),
    "sse_messages": Capture("Some messages, for whoever judges how they are sent.", _messages),
    "sse_errors": Capture("All bodies in which an error may show.", _errors),
    "sse_conditions": Capture("The answers to conditional requests, and to one for a range.", _conditions),
    "sse_origins": Capture("What pages of other origins are answered.", _visiting(origins)),
    "sse_foreign": Capture("The answers to a foreign page, and under a foreign name.", _visiting(foreign)),
    "sse_straddle": Capture("Events that are written when a heartbeat is due.", _straddle),
    "sse_promptness": Capture("Single events, each published into silence.", _visiting(promptness)),
    "sse_pairs": Capture(
        "Two events in a row, for a reader that acknowledges late.", _visiting(pairs), alone=True
    ),
    "sse_offered": Capture(
        "The head of a stream for a client that takes compressed bodies.", _visiting(offered)
    ),
    "sse_compressed": Capture(
        "Single events for a client that takes compressed bodies.", _visiting(compressed)
    ),
    "sse_fanout": Capture("Several readers of one channel, and what each of them got.", _visiting(fanout)),
    "sse_crowd": Capture(
        "As many readers as the target takes, and one event for all.", _visiting(crowd), alone=True
    ),
    "sse_journeys": Capture("Single events at both ends of each road.", _visiting(journeys)),
    "sse_compressed_journeys": Capture(
        "The same, compressed where the road likes to.", _visiting(compressed_journeys)
    ),
    "sse_idle": Capture("Both ends of each road while nothing is published.", _idle),
    "sse_multiplex": Capture("Many streams on one connection of HTTP/2.", _visiting(multiplex)),
    "sse_releases": Capture("Streams that were left, and what is held still.", _releases, alone=True),
    "sse_churn": Capture("The server before and after a thousand readers.", _churn, alone=True),
    "sse_shutdown": Capture("The server, told to stop while streams are open.", _shutdown, alone=True),
    "sse_restart": Capture("Readers that come back to a server after its restart.", _restart, alone=True),
    "sse_capacity": Capture("As many streams as there may be, one more, one less.", _capacity, alone=True),
}
