"""All faults by name, in the order of the sections."""

from reference_server.faults import (
    beat,
    cache,
    conn,
    cors,
    data,
    flow,
    frame,
    http,
    id,  # noqa: A004 - a section's name
    inj,
    replay,
    retry,
    sec,
    slow_reader,
)
from reference_server.faults.fault import Fault

__all__ = ["FAULTS"]

SECTIONS = (http, frame, data, inj, id, replay, beat, retry, flow, slow_reader, conn, cors, cache, sec)
FAULTS: dict[str, Fault] = {name: fault for section in SECTIONS for name, fault in section.FAULTS.items()}
