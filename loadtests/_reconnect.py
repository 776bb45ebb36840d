"""How long a client that lost its stream waits before it asks again. Pure."""

from random import Random

__all__ = ["POLICIES", "RETRY_SECONDS", "pause"]

POLICIES = ("immediate", "jitter", "retry")
RETRY_SECONDS = 1.0  # until the server says otherwise
LONGEST_SECONDS = 30.0
FIRST_SECONDS = 0.1  # between attempts of those who know no patience
MOST_DOUBLINGS = 8


def pause(policy: str, failures: int, retry: float, jitter: float, random: Random) -> float:
    """Seconds until the next attempt, after so many in a row that failed.

    `immediate`: none, as clients do that think of nothing. `jitter`: anything up to `jitter` seconds.
    `retry`: what the server said last by its `retry` field, as browsers do, a little more at random.
    Whoever fails backs off, twice as long each time, up to half a minute.
    """
    backoff = 2.0 ** min(failures, MOST_DOUBLINGS)
    match policy:
        case "immediate":
            return min(LONGEST_SECONDS, FIRST_SECONDS * backoff) * random.random() if failures else 0.0
        case "jitter":
            return min(LONGEST_SECONDS, jitter * backoff) * random.random()
        case _:
            return min(LONGEST_SECONDS, retry * backoff) * random.uniform(1, 1.5)
