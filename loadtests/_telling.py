"""What a scenario found, in sentences for the terminal. Judges and measures nothing."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

__all__ = ["sentences"]

Figures = Mapping[str, Any]


def sentences(document: Figures) -> Iterator[str]:
    """One for each thing that the table of latencies does not show."""
    for phase in document["phases"]:
        yield from _of_phase(phase)
    for key, tell in TELLERS.items():
        if key in document:
            yield tell(document[key])


def _of_phase(phase: Figures) -> Iterator[str]:
    name, metrics, churn = phase["name"], phase["metrics"], phase["churn"]
    if phase["resume"]["cut"]:
        yield f"{name}: {_comeback(phase['resume'])}"
    if (drain := metrics["drain"])["n"]:
        times = f"{_ms(drain['p50_us'])} (p50), {_ms(drain['max_us'])} (max)"
        yield f"{name}: {drain['n']:,} bursts, all delivered within {times}"
    if churn["left"]:
        waited = f"let in within {_ms(metrics['connect']['p99_us'])} (p99)"
        yield f"{name}: {churn['left']:,} came and went, {waited}; {churn['abandoned']:,} left before that"
    if refused := ", ".join(f"{n:,} × {_answer(kind)}" for kind, n in phase["answers"].items() if n):
        taken = f"{_or(phase['achieved_pub_s'])} of {_or(phase['offered_pub_s'])} probes/s taken"
        yield f"{name}: {taken}; {refused}"


def _answer(kind: str) -> str:
    return {"none": "no answer", "unsent": "not sent"}.get(kind, f"HTTP {kind}")


def _comeback(resume: Figures) -> str:
    back = ", ".join(f"{share} % after {_or(resume[f'back{share}_ms'])} ms" for share in (50, 99, 100))
    refused = sum(n for kind, n in resume.items() if kind == "refused" or kind.startswith("http_"))
    missed = (
        f"{resume['replayed']:,} replayed, {resume['gap']:,} missed for good, {resume['dup']:,} sent again"
    )
    return f"{resume['cut']:,} streams cut; back: {back}; {refused:,} attempts refused; {missed}"


def _capacity(found: Figures) -> str:
    if found["gave_out"] is not None:
        why = f"the generator itself gave out at {found['gave_out']:,}"
    elif found["limit"]:
        why = f"the next level up: {found['limit']}"
    else:
        why = "nothing was missed, so it may be more"
    return f"capacity: {found['subscribers']:,} subscribers; {why}"


def _slow(found: Figures) -> str:
    kinds = (
        f"{found[kind]} {told}, {found[f'{kind}_evicted']} of them given up{_after(found[f'{kind}_lasted'])}"
        f" ({_megabytes(found[f'{kind}_bytes'])})"
        for kind, told in (("stalled", "stalled"), ("trickle", "trickling"))
    )
    return f"good readers beside slow ones: p99 × {_or(found['p99_ratio'])}; {'; '.join(kinds)}"


def _topics(found: Figures) -> str:
    sizes = sorted(found["rows"], key=lambda row: int(row["subs"]))
    told = f"{found['leak']:,} events leaked into other topics"
    if not sizes:
        return told
    small, large = (f"{_ms(row['p99_us'])} with {row['subs']}" for row in (sizes[0], sizes[-1]))
    return f"{told}; p99 {large} subscribers, {small}"


def _drift(found: Figures) -> str:
    low, p99, high = (_hourly(found[name]) for name in ("p99_low", "p99_us_per_h", "p99_high"))
    memory = f"memory {_or(found['rss_mb_per_h'])} MB an hour"
    lost = f"{_or(found['disconnects_per_h'])} streams lost an hour"
    return f"drift: p99 {p99} ms an hour ({low} … {high}); {memory}; {lost}"


def _aborted(why: str) -> str:
    return why


TELLERS: dict[str, Callable[[Any], str]] = {
    "capacity": _capacity,
    "slow": _slow,
    "topics": _topics,
    "drift": _drift,
    "aborted": _aborted,
}


def _after(found: Figures) -> str:
    return "" if found["median"] is None else f" after {found['median'] / 1e6:,.0f} s"


def _megabytes(found: Figures) -> str:
    return "nothing read" if found["most"] is None else f"{found['most'] / 1e6:,.1f} MB read"


def _hourly(us: float | None) -> str:
    return "–" if us is None else f"{us / 1000:+,.1f}"


def _ms(us: int | None) -> str:
    return "–" if us is None else f"{us / 1000:,.1f} ms"


def _or(value: float | None) -> str:
    return "–" if value is None else f"{value:,.6g}"
