"""What a scenario found, as it reads on a terminal."""

from typing import Any

import pytest

from loadtests._telling import sentences

RESUME = {
    "cut": 200,
    "reconnects": 199,
    "refused": 3,
    "http_429": 1,
    "http_4xx": 0,
    "http_5xx": 40,
    "http_other": 0,
    "gap": 2,
    "replayed": 4_803,
    "dup": 1,
    "catchup_p99_us": 34_304,
    "back50_ms": 2_342,
    "back95_ms": 4_718,
    "back99_ms": 4_947,
    "back100_ms": None,
}
PHASE: dict[str, Any] = {
    "name": "jitter",
    "achieved_pub_s": 9.5,
    "offered_pub_s": 10.0,
    "metrics": {"drain": {"n": 0}, "connect": {"p99_us": 12_000}},
    "resume": {**RESUME, "cut": 0},
    "answers": {"429": 0, "5xx": 0},
    "churn": {"left": 0, "abandoned": 0},
}
READ = {"least": 8_630_428, "median": 8_630_428, "most": 8_634_524}
NONE = {"least": None, "median": None, "most": None}
SLOW = {
    "p99_ratio": 1.47,
    "stalled": 2,
    "stalled_evicted": 1,
    "trickle": 2,
    "trickle_evicted": 0,
    "stalled_bytes": READ,
    "trickle_bytes": NONE,
    "stalled_lasted": {"least": 3_900_000, "median": 4_000_000, "most": 4_100_000},
    "trickle_lasted": NONE,
}
DRIFT = {"p99_us_per_h": 1_250.0, "p99_low": -300.0, "p99_high": 2_000.0, "rss_mb_per_h": None}


def told(phase: dict[str, Any] | None = None, **found: object) -> list[str]:
    return list(sentences({"phases": [{**PHASE, **(phase or {})}], **found}))


def test_an_ordinary_phase_needs_no_sentence() -> None:
    assert told() == []


@pytest.mark.parametrize(
    ("phase", "sentence"),
    [
        (
            {"resume": RESUME},
            (
                "jitter: 200 streams cut; back: 50 % after 2,342 ms, 99 % after 4,947 ms, 100 % after – ms; "
                "44 attempts refused; 4,803 replayed, 2 missed for good, 1 sent again"
            ),
        ),
        (
            {"metrics": {"drain": {"n": 12, "p50_us": 708_600, "max_us": 852_405}}},
            "jitter: 12 bursts, all delivered within 708.6 ms (p50), 852.4 ms (max)",
        ),
        (
            {"churn": {"left": 1_480, "abandoned": 2}},
            "jitter: 1,480 came and went, let in within 12.0 ms (p99); 2 left before that",
        ),
        ({"answers": {"429": 5, "5xx": 0}}, "jitter: 9.5 of 10 probes/s taken; 5 × HTTP 429"),
        (
            {"answers": {"none": 3, "unsent": 1}},
            "jitter: 9.5 of 10 probes/s taken; 3 × no answer, 1 × not sent",
        ),
    ],
    ids=["a storm", "bursts", "churn", "refusals", "nothing"],
)
def test_a_phase_tells_what_is_special(phase: dict[str, Any], sentence: str) -> None:
    assert told(phase) == [sentence]


@pytest.mark.parametrize(
    ("found", "sentence"),
    [
        (
            {"capacity": {"subscribers": 844, "limit": "deliver.p99<=250ms was 312.0 ms", "gave_out": None}},
            "capacity: 844 subscribers; the next level up: deliver.p99<=250ms was 312.0 ms",
        ),
        (
            {"capacity": {"subscribers": 1_000, "limit": None, "gave_out": None}},
            "capacity: 1,000 subscribers; nothing was missed, so it may be more",
        ),
        (
            {"capacity": {"subscribers": 1_000, "limit": None, "gave_out": 1_500}},
            "capacity: 1,000 subscribers; the generator itself gave out at 1,500",
        ),
        (
            {"slow": SLOW},
            (
                "good readers beside slow ones: p99 × 1.47; "
                "2 stalled, 1 of them given up after 4 s (8.6 MB read); "
                "2 trickling, 0 of them given up (nothing read)"
            ),
        ),
        (
            {"topics": {"leak": 3, "rows": [{"subs": 3, "p99_us": 9_000}, {"subs": 53, "p99_us": 19_712}]}},
            "3 events leaked into other topics; p99 19.7 ms with 53 subscribers, 9.0 ms with 3",
        ),
        ({"topics": {"leak": 0, "rows": []}}, "0 events leaked into other topics"),
        (
            {"drift": {**DRIFT, "disconnects_per_h": 0.0}},
            "drift: p99 +1.2 ms an hour (-0.3 … +2.0); memory – MB an hour; 0 streams lost an hour",
        ),
        ({"aborted": "ended after phase 5: why"}, "ended after phase 5: why"),
    ],
    ids=["a limit", "no limit", "the generator", "slow readers", "topics", "no topics", "drift", "aborted"],
)
def test_a_scenario_tells_what_it_found(found: dict[str, Any], sentence: str) -> None:
    assert told(**found) == [sentence]
