"""Whether the generator, not the server, was what a run measured. Judges figures; measures nothing."""

from collections.abc import Sequence
from dataclasses import dataclass

__all__ = [
    "ACHIEVED",
    "CPU_PERCENT",
    "SUBSCRIBERS",
    "Evidence",
    "PhaseEvidence",
    "WorkerEvidence",
    "generator_reasons",
    "percentile",
    "reasons",
]

CPU_PERCENT = 80
ACHIEVED = 0.99
SUBSCRIBERS = 0.99
NEGATIVE = 0.001
CLOCK_STEP_US = 1_000
LAG_FLOOR_US, LAG_SHARE, LAG_WITH_KERNEL_STAMPS_US = 5_000, 0.25, 250_000
LATE_FLOOR_US, LATE_SHARE = 10_000, 0.10  # a hiccup is not a bottleneck
SEND_US = 2_000  # of a burst, one leaves after the other


@dataclass(frozen=True, slots=True)
class PhaseEvidence:
    """The judged part of one phase: counts, and the 99th percentiles of three latencies."""

    name: str
    subscribers: int
    reached: int | None  # the most that were connected at once; None when nobody looked
    offered: int
    achieved: int
    deliver_us: int
    lag_us: int
    late_us: int
    at_once: int = 1  # probes that are due at one instant


@dataclass(frozen=True, slots=True)
class WorkerEvidence:
    """One process. `cpu_percent` are one-second samples of judged seconds.

    `drained` is false when it did not hand in its account; of what it sent, `lost` are the reports and
    `unheard` the samples that never came.
    """

    name: str
    cpu_percent: Sequence[float]
    drained: bool
    lost: int
    unheard: int
    clock_step_us: int
    pump_errors: int


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a whole run says about its generators."""

    phases: Sequence[PhaseEvidence]
    workers: Sequence[WorkerEvidence]
    kernel_stamps: bool
    negative: int
    deliveries: int
    stopped_early: bool


def reasons(evidence: Evidence) -> list[str]:
    """Why the run is invalid; empty when it is not."""
    found = [reason for phase in evidence.phases for reason in _phase(phase, evidence.kernel_stamps)]
    found += [reason for worker in evidence.workers for reason in _worker(worker)]
    if evidence.negative > NEGATIVE * evidence.deliveries:
        found.append(f"{evidence.negative} deliveries arrived before they were sent: the clock is not steady")
    if not evidence.deliveries:
        found.append("no probe came back: is this the server, and does it push what is posted to it?")
    if evidence.stopped_early:
        found.append("stopped before the plan was through")
    return found


def percentile(samples: Sequence[float], percent: int) -> float:
    """By nearest rank; 0 without samples."""
    ranked = sorted(samples)
    return ranked[max(0, -(-percent * len(ranked) // 100) - 1)] if ranked else 0.0


def _worker(worker: WorkerEvidence) -> list[str]:
    name, found = worker.name, []
    if (cpu := percentile(worker.cpu_percent, 95)) > CPU_PERCENT:
        found.append(
            f"{name}: generator CPU at {cpu:.0f} % (limit {CPU_PERCENT} %): "
            "use fewer subscribers or probes, or more --processes"
        )
    if not worker.drained:
        found.append(f"{name}: gone before the end; what its subscribers missed is not known")
    if worker.lost or worker.unheard:
        found.append(f"{name}: {worker.lost} reports were lost on their way, with {worker.unheard} samples")
    if worker.clock_step_us > CLOCK_STEP_US:
        found.append(f"{name}: the wall clock stepped by {worker.clock_step_us} µs during the run")
    if worker.pump_errors:
        found.append(f"{name}: {worker.pump_errors} errors inside the generator's pump (see the log)")
    return found


def _phase(phase: PhaseEvidence, kernel_stamps: bool) -> list[str]:
    name, found = phase.name, []
    if phase.achieved < ACHIEVED * phase.offered:
        found.append(
            f"phase {name}: the server took {phase.achieved} of {phase.offered} probes (limit {ACHIEVED:.0%})"
        )
    if phase.reached is not None and phase.reached < SUBSCRIBERS * phase.subscribers:
        found.append(f"phase {name}: only {phase.reached} of {phase.subscribers} subscribers were connected")
    return found + generator_reasons(phase, kernel_stamps)


def generator_reasons(phase: PhaseEvidence, kernel_stamps: bool) -> list[str]:
    """Why figures of this phase are the generator's own, whatever the server did."""
    name, found = phase.name, []
    share = max(LAG_FLOOR_US, LAG_SHARE * phase.deliver_us)
    if phase.lag_us > (LAG_WITH_KERNEL_STAMPS_US if kernel_stamps else share):
        found.append(
            f"phase {name}: events waited {phase.lag_us / 1000:.1f} ms (p99) before the generator read them"
        )
    if phase.late_us > max(LATE_FLOOR_US, LATE_SHARE * phase.deliver_us, SEND_US * (phase.at_once - 1)):
        found.append(
            f"phase {name}: probes left {phase.late_us / 1000:.1f} ms late (p99): the machine is busy"
        )
    return found
