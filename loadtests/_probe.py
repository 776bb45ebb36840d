"""Probes: measurements that say when they were due and when they were sent. Sends nothing."""

import json
from collections.abc import Callable
from typing import NamedTuple

__all__ = ["STAMP", "Compose", "Probe", "find", "source_name", "topic_name", "topic_number"]

STAMP = "_probe"  # an extra key of the measurement, which a server passes on
PAD = ',"pad":""'


class Probe(NamedTuple):
    """Number `seq` of `source`; times are nanoseconds of the wall clock."""

    source: str
    seq: int
    run: str
    intended_ns: int
    sent_ns: int

    def encode(self, least: int = 0) -> bytes:
        """A measurement of its own, of `least` bytes or more."""
        measurement = {
            "device": self.source,
            "seq": self.seq,
            "ts": self.sent_ns // 1_000_000,
            "values": {"n": self.seq},
        }
        text = self.stamped(json.dumps(measurement, separators=(",", ":")))
        missing = least - len(text) - len(PAD)
        return (f'{text[:-1]},"pad":"{"x" * missing}"}}' if missing > 0 else text).encode()

    def stamped(self, measurement: str) -> str:
        """The text of a JSON object, with the stamp put in."""
        stamp = (
            f'{{"run":"{self.run}","source":"{self.source}","seq":{self.seq},'
            f'"intended":{self.intended_ns},"sent":{self.sent_ns}}}'
        )
        return f'{measurement[:-1]},"{STAMP}":{stamp}}}'


Compose = Callable[[Probe, int], bytes]
"""Writes the measurement that a probe travels in; its number is that in the timetable of all publishers."""


def source_name(run: str, publisher: int, topic: int = 0) -> str:
    """What publisher number `publisher` of `run` numbers on its own; also a device's name."""
    return f"probe-{run}-{publisher}" + (f"-{topic}" if topic else "")


def topic_name(run: str, topic: int) -> str:
    """A channel that nobody else uses."""
    return f"load-{run}-{topic}"


def topic_number(name: str) -> int:
    """The number that `topic_name` was given."""
    return int(name.rpartition("-")[2])


def find(data: str) -> Probe | None:
    """The probe in an event's data, or None when this is somebody else's event."""
    if STAMP not in data:
        return None
    try:
        match json.loads(data):
            case {
                "_probe": {
                    "run": str(run),
                    "source": str(source),
                    "seq": int(seq),
                    "intended": int(intended),
                    "sent": int(sent),
                }
            }:
                return Probe(source, seq, run, intended, sent)
    except ValueError:
        return None
    return None
