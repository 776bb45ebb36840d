"""All faults by name, in the order of the sections."""

from reference_server.faults import beat, conn, data, flow, frame, http, id, inj, replay, retry  # noqa: A004 - a section's name
from reference_server.faults.fault import Fault

__all__ = ["FAULTS"]

SECTIONS = (http, frame, data, inj, id, replay, beat, retry, flow, conn)
FAULTS: dict[str, Fault] = {name: fault for section in SECTIONS for name, fault in section.FAULTS.items()}
