"""Results made ready for their part of the page."""

import pytest

from reports.parts import ConformancePart, FleetPart, LoadPart, loopback, parts
from tests.reports import samples


def test_results_become_parts_in_their_order() -> None:
    made = parts(samples.loaded(samples.a_load(), samples.a_conformance(), samples.a_fleet()))

    assert [type(part) for part in made] == [LoadPart, ConformancePart, FleetPart]
    assert [part.anchor for part in made] == ["l1", "c2", "f3"]


def test_a_row_is_linked_by_its_own_id() -> None:
    (part,) = parts(samples.loaded(samples.a_conformance(samples.FAILED)))

    assert isinstance(part, ConformancePart)
    assert [entry.anchor for section in part.sections for entry in section.entries] == ["c1-SSE-INJ-003"]
    assert [entry.row.id for entry in part.findings] == ["SSE-INJ-003"]


def test_a_target_without_a_name_is_called_by_its_url() -> None:
    url, unnamed = parts(
        samples.loaded(*(samples.a_conformance(target=target) for target in ({"url": "http://x"}, {})))
    )

    assert (url.name, unnamed.name) == ("http://x", "unnamed target")


def test_a_fleet_is_summed_up_and_what_failed_stands_apart() -> None:
    devices = {"a": samples.delivery(duplicates=2), "b": samples.delivery(seen=98, missing=2, ok=False)}
    (part,) = parts(samples.loaded(samples.a_fleet(devices=devices)))

    assert isinstance(part, FleetPart)
    assert part.headline == "200 messages of 2 devices expected, 198 seen; 2 missing, 2 came again."
    assert (list(part.failed), list(part.delivered)) == (["b"], ["a"])


def test_workers_that_did_not_report_are_counted() -> None:
    (part,) = parts(samples.loaded(samples.a_load(workers=[{"reported": True}, {"reported": False}])))

    assert part.facts["workers"] == "1 of 2 reported"


@pytest.mark.parametrize(
    ("target", "own"),
    [
        ("http://127.0.0.1:8000", True),
        ("http://127.3.2.1", True),
        ("http://[::1]:8000/x", True),
        ("http://localhost:8000", True),
        ("http://10.0.0.1", False),
        ("http://example.org", False),
        ("http://[broken", False),
        ("", False),
    ],
)
def test_an_address_of_the_machine_itself_is_recognised(target: str, own: bool) -> None:
    assert loopback(target) is own
