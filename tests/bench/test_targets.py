"""What counts as met, missed and not measured; medians of rounds."""

from collections.abc import Mapping

from tests.bench.records import Record, Records
from tests.bench.targets import judged
from tests.peers.recipe import recipes


def verdicts(records: Records) -> Mapping[str, tuple[str, bool | None]]:
    return {each.what: (each.found, each.met) for each in judged(records, recipes())}


def test_nothing_measured_is_nothing_judged() -> None:
    assert {met for _, met in verdicts(Records()).values()} == {None}


def test_ratios_are_of_medians() -> None:
    records = Records()
    for ours, theirs in [(8, 10), (6, 11), (70, 10)]:
        records.add(Record("cost", "eventbahn", {"microseconds": ours, "p99_ms": 5, "lost": 0}))
        records.add(Record("cost", "nchan", {"microseconds": theirs, "p99_ms": 4, "lost": 0}))
    for name, cost in {"fastapi": 100, "sse-starlette": 24, "better-sse-http": 9}.items():
        records.add(Record("cost", name, {"microseconds": cost}))

    found = verdicts(records)

    assert found["CPU per delivery, to nchan's"] == ("0.80 ×", True)
    assert found["CPU per delivery, to the best Python library's"] == ("0.33 ×", True)
    assert found["p99, to nchan's"] == ("1.25 ×", False)
    assert found["events lost"] == ("not measured", None)


def test_a_round_that_failed_has_a_reason_and_no_figure() -> None:
    records = Records([Record("crowd", "eventbahn", {}, "only 7 streams were open after 60 s")])

    assert verdicts(records)["streams held"] == ("not measured", None)
    assert records.failure("crowd", "eventbahn") == "only 7 streams were open after 60 s"
    assert records.subjects("crowd") == ["eventbahn"]


def test_ingest_is_judged_by_the_durable_log() -> None:
    records = Records(
        [
            Record("ingest", "batches memory", {"measurements_per_second": 90_000.0}),
            Record("ingest", "batches sqlite", {"measurements_per_second": 49_000.0}),
            Record("ingest", "singles sqlite", {"measurements_per_second": 3_000.0}),
        ]
    )

    found = verdicts(records)

    assert found["measurements/s in batches of 500, durable"] == ("49,000", False)
    assert found["single POSTs/s, durable"] == ("3,000", True)
