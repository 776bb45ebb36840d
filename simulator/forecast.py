"""What a run would be like, told before anything is sent: its size and pace, and its faults."""

import math
import time
from collections.abc import Iterator
from datetime import timedelta

from .config import Config
from .encode import Encoder
from .group import Group
from .plan import GroupPlan, Span
from .timeline import DAY_MS, timeline_of
from .truth import told

__all__ = ["fault_rows", "size_rows"]


def size_rows(config: Config, span: Span) -> list[tuple[str, str]]:
    """Name and value of what there is to know about the size of a run."""
    plans = [plan for plan in config.groups if plan.ids]
    rows = [(f"fleet {number}", _describe(plan)) for number, plan in enumerate(plans)]
    rate = sum(len(plan.ids) * plan.profile.rate for plan in plans)
    count, size, seconds = _tried(plans, span)
    each = size / max(count, 1)
    rows.append(("devices", f"{sum(len(plan.ids) for plan in plans):,}"))
    rows.append(("messages", f"{rate:,.4g}/s of simulated time, {each:.0f} bytes each"))
    possible = max(count, 1) / max(seconds, 1e-9)
    pace = possible if config.run.speed is None else rate * config.run.speed
    if config.run.speed is None:
        rows.append(("pace", f"as fast as it is taken; this machine makes about {possible:,.0f}/s"))
    else:
        share = 100 * pace / possible
        rows.append(("pace", f"{pace:,.4g}/s at {config.run.speed:g}×, {share:.1f} % of a core"))
    rows.append(("bytes", _bytes(each * pace) + "/s"))
    if span.end is not None:
        total = rate * (span.end - span.origin) / 1000
        took = total / possible + (span.end - span.start) / 1000 / (config.run.speed or math.inf)
        hours, length = (span.end - span.origin) / 3_600_000, timedelta(seconds=math.ceil(took))
        sent = f"{total:,.0f} messages, {_bytes(total * each)}"
        rows.append(("run", f"{hours:g} h simulated, {sent}, in about {length}"))
    return rows


def fault_rows(config: Config, span: Span, end: int) -> Iterator[tuple[str | int, ...]]:
    """The rows of the truth file of a run until `end` (ms UTC), also of faults too short to meet a sample."""
    for plan in config.groups:
        timeline = timeline_of(plan, span)
        begin, seen = span.origin, set()
        while begin < end:
            until = min(end, begin + DAY_MS)
            for episode in timeline.overlapping(begin, until):
                if episode not in seen:
                    seen.add(episode)
                    yield told(plan, episode)
            begin = until


def _describe(plan: GroupPlan) -> str:
    profile = plan.profile
    sensors = ", ".join(f"{sensor.name} ({sensor.unit or '1'})" for sensor in profile.sensors)
    ids = plan.ids[0] if len(plan.ids) == 1 else f"{plan.ids[0]} … {plan.ids[-1]}"
    pace = f"every {profile.every / 1000:g} s"
    if profile.duty:
        pace += f" for {profile.duty.on / 1000:g} s of {profile.duty.cycle / 1000:g} s"
    return f"{len(plan.ids):,} × {profile.name} at {plan.site.name}, {pace}: {sensors}; {ids}"


def _bytes(count: float) -> str:
    for unit, size in (("GB", 1e9), ("MB", 1e6), ("kB", 1e3)):
        if count >= size:
            return f"{count / size:,.3g} {unit}"
    return f"{count:.0f} B"


def _tried(plans: list[GroupPlan], span: Span) -> tuple[int, int, float]:
    """Messages, bytes and seconds of ten mean periods after noon, thrown away; with a share of a midnight."""
    messages = []
    seconds = 0.0
    for plan in plans:
        length = round(10_000 / plan.profile.rate)
        noon = span.origin - span.origin % DAY_MS + DAY_MS // 2
        group = Group(plan, span._replace(origin=noon, end=None))
        begin = time.perf_counter()
        group.prepare()
        seconds += (time.perf_counter() - begin) * length / DAY_MS
        encoder = Encoder(plan.ids, plan.profile.sensors, span.start)
        begin = time.perf_counter()
        for rows in group.due(noon + length):
            messages += encoder.encode(rows)
        seconds += time.perf_counter() - begin
    return len(messages), sum(map(len, messages)), seconds
