"""The faults by name: what each breaks, and which rows of the suite have to see it."""

from typing import NamedTuple

from reference_server.faults import cursors, encoders, heads, heartbeats, publications
from reference_server.parts import Parts

__all__ = ["FAULTS", "Fault"]


class Fault(NamedTuple):
    """One point done wrong: in a line, the parts that do it, and the ids of the rows that must fail."""

    help: str
    parts: Parts
    caught_by: tuple[str, ...]


FAULTS = {
    "status-202": Fault(
        "Accepts a subscription with status 202.", Parts(stream_head=heads.status_202), ("SSE-HTTP-001",)
    ),
    "text-plain": Fault(
        "Calls the stream text/plain.", Parts(stream_head=heads.text_plain), ("SSE-HTTP-002",)
    ),
    "late-head": Fault(
        "Holds the head back until the first event.",
        Parts(stream_head=heads.late_head, outlet=heads.LateOutlet),
        ("SSE-HTTP-004",),
    ),
    "content-length": Fault(
        "Announces a length for a stream without end.",
        Parts(stream_head=heads.content_length),
        ("SSE-HTTP-005",),
    ),
    "head-streams": Fault("Answers HEAD with a stream.", Parts(routes=heads.head_streams), ("SSE-HTTP-009",)),
    "unknown-field": Fault(
        "Adds a field of its own to each event.", Parts(encode=encoders.unknown_field), ("SSE-FRAME-004",)
    ),
    "never-closed": Fault(
        "Closes no event with a blank line.", Parts(encode=encoders.never_closed), ("SSE-FRAME-001",)
    ),
    "blank-before-event": Fault(
        "Sends an event's closing blank line with the next event.",
        Parts(encode=encoders.blank_before_event),
        ("SSE-FRAME-003",),
    ),
    "latin1": Fault("Writes Latin-1 instead of UTF-8.", Parts(encode=encoders.latin1), ("SSE-FRAME-006",)),
    "empty-data-dropped": Fault(
        "Writes no data line for an empty payload.",
        Parts(encode=encoders.empty_data_dropped),
        ("SSE-FRAME-008",),
    ),
    "lf-in-data": Fault(
        "Gives only the first line of a payload its field name.",
        Parts(encode=encoders.lf_in_data),
        ("SSE-DATA-001",),
    ),
    "cr-in-data": Fault(
        "Writes a CR in a payload as it is.",
        Parts(encode=encoders.cr_in_data),
        ("SSE-DATA-002", "SSE-INJ-003"),
    ),
    "no-space": Fault(
        "Leaves out the space after 'data:', so a payload's own first space is lost.",
        Parts(encode=encoders.no_space),
        ("SSE-DATA-004",),
    ),
    "splitlines-data": Fault(
        "Breaks payloads at all that str.splitlines takes for a line end.",
        Parts(encode=encoders.splitlines_data),
        ("SSE-DATA-006",),
    ),
    "lf-in-event": Fault(
        "Accepts line ends in an event name, and writes them.",
        Parts(encode=encoders.lf_in_event, read_publication=publications.read_any_event_name),
        ("SSE-INJ-001",),
    ),
    "no-ids": Fault("Gives events no id.", Parts(encode=encoders.no_ids), ("SSE-ID-001",)),
    "replay-inclusive": Fault(
        "Sends the last event that the client saw again.",
        Parts(locate=cursors.replay_inclusive),
        ("SSE-REPLAY-001", "SSE-REPLAY-009"),
    ),
    "replay-skips-first": Fault(
        "Leaves out the first event that the client missed.",
        Parts(locate=cursors.replay_skips_first),
        ("SSE-REPLAY-002",),
    ),
    "unknown-silent": Fault(
        "Goes live for a cursor that it does not know, without a word.",
        Parts(locate=cursors.unknown_silent),
        ("SSE-REPLAY-007",),
    ),
    "cursor-500": Fault(
        "Fails with 500 on a cursor that is long or not ASCII.",
        Parts(locate=cursors.cursor_500),
        ("SSE-ID-006",),
    ),
    "no-heartbeat": Fault("Sends no heartbeat.", Parts(heartbeat=heartbeats.none), ("SSE-BEAT-001",)),
    "heartbeat-as-data": Fault(
        "Sends its heartbeat as an event.", Parts(heartbeat=heartbeats.as_data), ("SSE-BEAT-002",)
    ),
    "heartbeat-with-id": Fault(
        "Sends an id with its heartbeat that is no cursor.",
        Parts(heartbeat=heartbeats.with_id),
        ("SSE-BEAT-004", "SSE-ID-005"),
    ),
}
