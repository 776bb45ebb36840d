"""The faults that there are, and what each kind needs to be told. Pure; `timeline` says when they happen."""

from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Literal, NamedTuple

__all__ = ["KINDS", "Fault", "Kind", "matches"]


class Kind(NamedTuple):
    """A kind of fault: of a sensor or of the whole device; whether it lasts for a time that must be given."""

    level: Literal["sensor", "device"]
    lasts: bool
    params: tuple[str, ...]
    about: str


KINDS = {
    "stuck": Kind("sensor", True, ("value",), "repeats its last reading, or `value`"),
    "spike": Kind(
        "sensor", False, ("gain", "add"), "one reading times `gain`, or plus `add` ([lo, hi] each)"
    ),
    "dropout": Kind("sensor", True, (), "no reading: the key is absent from the message"),
    "offline": Kind(
        "device", True, ("deliver",), "the network is away; `backlog` sends it all later, `lost` never"
    ),
}


@dataclass(frozen=True, slots=True)
class Fault:
    """One [[fault]] table. Times in ms, `at` from the run's start; `rate` in events a day and target."""

    match: str
    sensor: str | None
    kind: str
    at: int | None
    rate: float
    duration: int | None  # None: one sample
    value: float | None = None
    gain: tuple[float, float] | None = None
    add: tuple[float, float] | None = None
    deliver: Literal["backlog", "lost"] = "backlog"

    def size(self, mark: float) -> tuple[str, float]:
        """The parameter of a spike and its value for this mark, uniform in [0, 1)."""
        name, (low, high) = ("add", self.add) if self.add else ("gain", self.gain or (2.0, 5.0))
        return name, low + (high - low) * mark


def matches(pattern: str, device: str, site: str, labels: dict[str, str]) -> bool:
    """Whether a `match` means this device: a glob on its id, `site:NAME` or `label=VALUE`."""
    if pattern.startswith("site:"):
        return fnmatchcase(site, pattern.removeprefix("site:"))
    label, equals, value = pattern.partition("=")
    if equals:
        return label in labels and fnmatchcase(labels[label], value)
    return fnmatchcase(device, pattern)
