"""INJ: what is published cannot write lines of its own. Judged by structure, not by words."""

from collections.abc import Sequence

from conformance.captures.exchange import Trials
from conformance.captures.reflection import Reflection, reflected
from conformance.checks.judge import broken, head_of, met
from conformance.checks.payloads import HARMLESS, loud, structure, without
from conformance.eventstream import Field
from conformance.row import Payload, row
from conformance.verdict import Judgement, Verdict


@row(
    "SSE-INJ-001",
    *(
        Payload(HARMLESS, event)
        for event in ("a\ndata: evil\n\n", "a\rdata: evil\r\r", "a\r\ndata: evil\r\n\r\n", "a\nid: evil")
    ),
)
def test_event_name(sse_trials: Trials) -> Judgement:
    """Publish under event names that hold lines."""
    return structure(sse_trials)


@row(
    "SSE-INJ-002",
    *(
        Payload(HARMLESS, id=id_)
        for id_ in ("a\ndata: evil\n\n", "a\rdata: evil\r\r", "a\r\ndata: evil\r\n\r\n", "a\nevent: evil")
    ),
)
def test_id(sse_named_trials: Trials) -> Judgement:
    """Publish under ids that hold lines, on a channel of their own."""
    return structure(sse_named_trials)


@row(
    "SSE-INJ-003",
    *(Payload(HARMLESS + attack) for attack in ("\revent: evil\r\r", "\rid: evil", "\r\rdata: evil")),
)
def test_carriage_return_in_data(sse_trials: Trials) -> Judgement:
    """Publish payloads that write fields where CR is left as it is."""
    return structure(sse_trials, lines_of="data")


@row(
    "SSE-INJ-004",
    *(
        Payload(HARMLESS, comment=comment)
        for comment in ("a\ndata: evil\n\n", "a\rdata: evil\r\r", "a\r\ndata: evil\r\n\r\n", "a\nid: evil")
    ),
)
def test_comment(sse_trials: Trials) -> Judgement:
    """Publish with comments that hold lines; more lines of comment do no harm."""
    return structure(sse_trials)


@row(
    "SSE-INJ-005",
    *(Payload(HARMLESS, retry=retry) for retry in ("1\ndata: evil", "1\rdata: evil", -1, 1.5, True)),
)
def test_retry(sse_trials: Trials) -> Judgement:
    """Publish with what is no whole number of milliseconds, or holds lines."""
    found = without(sse_trials, _odd_retry, "retry in ASCII digits, or none")
    return structure(sse_trials) if found.verdict is Verdict.PASS else found


@row("SSE-INJ-006", Payload(HARMLESS, id="a\0b"), Payload(HARMLESS, id="\0"))
def test_null_in_id(sse_named_trials: Trials) -> Judgement:
    """Publish under ids that hold U+0000."""
    return without(sse_named_trials, _null_id, "no id with U+0000")


@row("SSE-INJ-007")
def test_reflection(sse_reflections: Sequence[Reflection]) -> Judgement:
    """Ask for a channel, and with a cursor, that hold lines; and with a cursor that is no UTF-8."""
    expected = "nothing of the request as a line of its own, in head or body"
    for one in sse_reflections:
        found = reflected(one)
        if found:
            observed, at = found
            return broken(expected, f"{one.label}: {observed}", one.reading, at=at)
    answers = ", ".join(f"{one.label}: {head_of(one.reading).status}" for one in sse_reflections)
    return met(answers, sse_reflections[0].reading)


@row(
    "SSE-INJ-008",
    *(Payload(HARMLESS, event) for event in ("plain", "two words", "é€😀", "a\nb", "a\rb", "a\r\nb")),
)
def test_event_name_as_published(sse_trials: Trials) -> Judgement:
    """Publish under ordinary and under impossible names, and compare the answer with what arrives."""
    return loud(sse_trials)


def _odd_retry(field: Field) -> bool:
    return field.name == "retry" and not (field.value.isascii() and field.value.isdigit())


def _null_id(field: Field) -> bool:
    return field.name == "id" and "\0" in field.value
