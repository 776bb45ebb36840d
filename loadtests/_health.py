"""Whether the generator, not the server, was what a run measured. Judges figures; measures nothing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

__all__ = ["Evidence", "reasons"]

CPU_PERCENT = 80
ACHIEVED = 0.99
SUBSCRIBERS = 0.99
NEGATIVE = 0.001
CLOCK_STEP_US = 1_000
LAG_FLOOR_US, LAG_SHARE, LAG_WITH_KERNEL_STAMPS_US = 5_000, 0.25, 250_000
LATE_FLOOR_US, LATE_SHARE = 5_000, 0.10


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a whole run says about its generator. `cpu_percent` are one-second samples of judged seconds."""

    phases: Sequence[Mapping[str, Any]]  # as in the result file
    kernel_stamps: bool
    cpu_percent: Sequence[float]
    clock_step_us: int
    negative: int
    deliveries: int
    pump_errors: int
    stopped_early: bool
    reported: bool = True


def reasons(evidence: Evidence) -> list[str]:
    """Why the run is invalid; empty when it is not."""
    found = [reason for phase in evidence.phases for reason in _phase(phase, evidence.kernel_stamps)]
    cpu = sorted(evidence.cpu_percent)
    if cpu and (p95 := cpu[min(len(cpu) - 1, len(cpu) * 95 // 100)]) > CPU_PERCENT:
        found.append(f"generator CPU at {p95:.0f} % (limit {CPU_PERCENT} %): use fewer subscribers or probes")
    if evidence.clock_step_us > CLOCK_STEP_US:
        found.append(f"the wall clock stepped by {evidence.clock_step_us} µs during the run")
    if evidence.negative > NEGATIVE * evidence.deliveries:
        found.append(f"{evidence.negative} deliveries arrived before they were sent: the clocks differ")
    if evidence.pump_errors:
        found.append(f"{evidence.pump_errors} errors inside the generator's pump (see the log)")
    if not evidence.deliveries:
        found.append("no probe came back: is this the server, and does it push what is posted to it?")
    if evidence.stopped_early:
        found.append("stopped before the plan was through")
    if not evidence.reported:
        found.append("a worker's report is missing")
    return found


def _phase(phase: Mapping[str, Any], kernel_stamps: bool) -> list[str]:
    name, metrics = phase["name"], phase["metrics"]
    found = []
    offered, achieved = phase["offered"], phase["achieved"]
    if achieved < ACHIEVED * offered:
        found.append(f"phase {name}: published {achieved} of {offered} probes (limit {ACHIEVED:.0%})")
    live = phase["subs_min"]
    if live is not None and live < SUBSCRIBERS * phase["subs"]:
        found.append(f"phase {name}: only {live} of {phase['subs']} subscribers were connected")
    typical = metrics["deliver"]["p99_us"] or 0
    lag = metrics["client_lag"]["p99_us"] or 0
    if lag > (LAG_WITH_KERNEL_STAMPS_US if kernel_stamps else max(LAG_FLOOR_US, LAG_SHARE * typical)):
        found.append(
            f"phase {name}: events waited {lag / 1000:.1f} ms (p99) in the generator before it read them"
        )
    late = metrics["publisher_late"]["p99_us"] or 0
    if late > max(LATE_FLOOR_US, LATE_SHARE * typical):
        found.append(f"phase {name}: probes were sent {late / 1000:.1f} ms late (p99)")
    return found
