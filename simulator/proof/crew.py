"""What should be there, computed on all cores: each process has a shard's devices. Small runs need none."""

import multiprocessing
import os
import signal
import time
from concurrent.futures import ProcessPoolExecutor
from multiprocessing.queues import SimpleQueue

from simulator.config import Config
from simulator.proof.verify import Parts, Told, expect
from simulator.state import State

__all__ = ["expect_together"]

WORTH = 500_000  # messages a process; with fewer, it takes longer to start it than it saves
EVERY = 0.2  # seconds between two looks at how far they are
Report = tuple[int, int, float]  # which process, its messages so far, and its share that is done

_reports: "SimpleQueue[Report] | None" = None  # of a process of the crew


def expect_together(config: Config, state: State, told: Told) -> Parts:
    """The same as `expect`, by as many processes as there are cores and work for."""
    jobs = _jobs(config, state)
    if jobs < 2:
        return expect(config, state, told)
    context = multiprocessing.get_context("spawn")
    reports: SimpleQueue[Report] = context.SimpleQueue()
    with ProcessPoolExecutor(jobs, context, _begin, (reports,)) as crew:
        work = [crew.submit(_work, job, config.shard(job + 1, jobs), state) for job in range(jobs)]
        done = [(0, 0.0)] * jobs
        try:
            while not all(each.done() for each in work):
                time.sleep(EVERY)
                while not reports.empty():
                    job, messages, share = reports.get()
                    done[job] = messages, share
                told(sum(messages for messages, _ in done), sum(share for _, share in done) / jobs)
            return [part for each in work for part in each.result()]
        except BaseException:
            for process in multiprocessing.active_children():
                process.terminate()
            raise


def _jobs(config: Config, state: State) -> int:
    length = (state.position if state.end is None else state.end) - state.origin
    messages = sum(len(plan.ids) * plan.profile.rate * length / 1000 for plan in config.groups)
    return min(len(os.sched_getaffinity(0)), int(messages / WORTH))


def _begin(reports: "SimpleQueue[Report]") -> None:
    global _reports  # noqa: PLW0603 - a queue reaches a process of a pool only this way
    _reports = reports
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the one who began it ends it


def _work(job: int, config: Config, state: State) -> Parts:
    last = 0.0

    def told(messages: int, share: float) -> None:
        nonlocal last
        if _reports is not None and (now := time.monotonic()) - last > EVERY:
            last = now
            _reports.put((job, messages, share))

    return expect(config, state, told)
