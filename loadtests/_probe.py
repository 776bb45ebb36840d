"""Probes: measurements that say when they were due and when they were sent. Sends nothing."""

import json
from typing import NamedTuple

__all__ = ["STAMP", "Probe", "find", "source_name"]

STAMP = "_probe"  # an extra key of the measurement, which a server passes on


class Probe(NamedTuple):
    """Number `seq` of `source`; times are nanoseconds of the wall clock."""

    source: str
    seq: int
    run: str
    intended_ns: int
    sent_ns: int

    def encode(self) -> bytes:
        """The measurement to POST."""
        stamp = {"run": self.run, "intended": self.intended_ns, "sent": self.sent_ns}
        measurement = {
            "device": self.source,
            "seq": self.seq,
            "ts": self.sent_ns // 1_000_000,
            "values": {"n": self.seq},
            STAMP: stamp,
        }
        return json.dumps(measurement, separators=(",", ":")).encode()


def source_name(run: str, worker: int) -> str:
    """The device that publisher `worker` of `run` speaks for."""
    return f"probe-{run}-{worker}"


def find(data: str) -> Probe | None:
    """The probe in an event's data, or None when this is somebody else's event."""
    if STAMP not in data:
        return None
    try:
        match json.loads(data):
            case {
                "device": str(source),
                "seq": int(seq),
                "_probe": {"run": str(run), "intended": int(intended), "sent": int(sent)},
            }:
                return Probe(source, seq, run, intended, sent)
    except ValueError:
        return None
    return None
