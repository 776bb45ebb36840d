"""What a scenario found, as tables of text."""

from reports.findings import findings
from tests.reports import samples


def test_a_run_that_found_nothing_has_no_tables() -> None:
    assert findings(samples.a_load()) == []


def test_coming_back_is_a_line_per_phase_without_empty_columns() -> None:
    back = {"cut": 10, "reconnects": 9, "back50_ms": 120, "back100_ms": None, "gap": 0, "http_429": 0}
    (table,) = findings(
        samples.a_load(samples.phase(0, 10, name="jitter", resume=back), samples.phase(1, 20))
    )

    assert table.title == "Coming back"
    assert table.head == ("Phase", "Cut", "Came back", "50 % after, ms")
    assert table.rows == [("jitter", "10", "9", "120"), ("20", "–", "–", "–")]


def test_capacity_tells_every_trial() -> None:
    found = {
        "subscribers": 1500,
        "limit": "deliver.p99<=250ms",
        "trials": [
            {"subscribers": 1000, "missed": []},
            {"subscribers": 2000, "missed": ["deliver.p99<=250ms"]},
        ],
    }
    (table,) = findings(samples.a_load(capacity=found))

    assert table.title == "Capacity: 1\u202f500 subscribers"
    assert table.caption.startswith("The next level missed deliver.p99<=250ms.")
    assert table.rows == [("1\u202f000", "held"), ("2\u202f000", "deliver.p99<=250ms")]


def test_a_leak_is_said() -> None:
    rows = [{"topic": 0, "subs": 7, "n": 70, "p50_us": 5, "p99_us": 9}]
    (tight,) = findings(samples.a_load(topics={"leak": 0, "rows": rows}))
    (leaky,) = findings(samples.a_load(topics={"leak": 3, "rows": rows}))

    assert tight.caption == "No event reached anybody who had not asked for it."
    assert leaky.caption == "3 events reached somebody who had not asked for them."
    assert tight.rows == [("0", "7", "70", "5", "9")]


def test_objects_inside_are_told_with_both_names() -> None:
    (table,) = findings(samples.a_load(slow={"p99_ratio": 1.25, "stalled_bytes": {"least": 5}, "rows": [1]}))

    assert table.rows == [("p99 ratio", "1.25"), ("stalled bytes, least", "5")]


def test_what_is_no_number_does_no_harm() -> None:
    odd = {"subscribers": "many", "limit": None, "trials": ["x", {"subscribers": None}]}
    (table,) = findings(samples.a_load(capacity=odd))

    assert table.rows == [("–", "held")]
