"""The faults that there are, and what each kind needs to be told. Pure; `timeline` says when they happen."""

import math
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Literal, NamedTuple

from .models.catalogue import MODELS

__all__ = ["KINDS", "MESSAGE_KINDS", "Fault", "Kind", "matches"]

STEEP = 5.0  # e-folds of a fault that grows exponentially


class Kind(NamedTuple):
    """Whom a kind of fault befalls; whether it lasts for a time that must be given; its parameters."""

    level: Literal["sensor", "device", "message", "process"]
    lasts: bool
    params: tuple[str, ...]
    about: str


UPSETS = {
    kind: f"{name}: {about}" for name, model in MODELS.items() for kind, about in model.upset_by.items()
}
KINDS = {
    "stuck": Kind("sensor", True, ("value",), "repeats its last reading, or `value`"),
    "spike": Kind(
        "sensor", False, ("gain", "add"), "one reading times `gain`, or plus `add` ([lo, hi] each)"
    ),
    "drift": Kind("sensor", True, ("per_day",), "runs away by `per_day`, until it is calibrated at the end"),
    "burst": Kind("sensor", True, ("gain",), "noise `gain` times as large ([lo, hi])"),
    "sentinel": Kind("sensor", False, ("value",), "shows a `value` that means an error, like 85 or -127"),
    "dropout": Kind("sensor", True, (), "no reading: the key is absent from the message"),
    "battery_low": Kind("device", True, (), "noise and bias grow; in the last fifth it restarts on and on"),
    "reboot": Kind("device", True, (), "restarts: nothing is measured meanwhile, `seq` goes on"),
    "offline": Kind(
        "device", True, ("deliver",), "the network is away; `backlog` sends it all later, `lost` never"
    ),
    "loss": Kind("message", True, ("p",), "each message is lost with probability `p`"),
    "duplicate": Kind("message", True, ("p", "by"), "is sent again `by` later, with probability `p`"),
    "delay": Kind("message", True, ("p", "by"), "arrives about `by` later, with probability `p`"),
    "reorder": Kind("message", True, ("p",), "arrives after one to three later ones, with probability `p`"),
    **{kind: Kind("process", True, ("severity", "growth"), about) for kind, about in UPSETS.items()},
}
MESSAGE_KINDS = tuple(name for name, kind in KINDS.items() if kind.level == "message")


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
    per_day: float = 0.0
    p: float = 1.0
    by: int = 0
    severity: float = 1.0
    growth: Literal["step", "linear", "exponential"] = "step"

    def size(self, mark: float) -> tuple[str, float]:
        """The parameter of a spike or burst and its value for this mark, uniform in [0, 1)."""
        name, (low, high) = ("add", self.add) if self.add else ("gain", self.gain or (2.0, 5.0))
        return name, low + (high - low) * mark

    def grown(self, share: float) -> float:
        """How severe an upset is when that share of its time is over."""
        match self.growth:
            case "linear":
                return self.severity * share
            case "exponential":
                return self.severity * math.expm1(STEEP * share) / math.expm1(STEEP)
        return self.severity


def matches(pattern: str, device: str, site: str, labels: dict[str, str]) -> bool:
    """Whether a `match` means this device: a glob on its id, `site:NAME` or `label=VALUE`."""
    if pattern.startswith("site:"):
        return fnmatchcase(site, pattern.removeprefix("site:"))
    label, equals, value = pattern.partition("=")
    if equals:
        return label in labels and fnmatchcase(labels[label], value)
    return fnmatchcase(device, pattern)
