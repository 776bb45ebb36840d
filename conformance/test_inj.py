"""INJ: what is published cannot write lines of its own. Judged by structure, not by words."""

from conformance.exchange import Trials
from conformance.payloads import HARMLESS, structure
from conformance.row import Payload, row
from conformance.verdict import Judgement


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
    "SSE-INJ-003",
    *(Payload(HARMLESS + attack) for attack in ("\revent: evil\r\r", "\rid: evil", "\r\rdata: evil")),
)
def test_carriage_return_in_data(sse_trials: Trials) -> Judgement:
    """Publish payloads that write fields where CR is left as it is."""
    return structure(sse_trials, lines_of="data")
