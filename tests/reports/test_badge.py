"""A badge says how many of the binding and the advised requirements are met."""

import json
from xml.etree import ElementTree as ET

import pytest

from reports.badge import badge_json, badge_svg
from reports.load import decode
from reports.schemas import Conformance
from tests.reports import samples
from tests.reports.samples import row


def result(*rows: samples.Json, exit_code: int = 0) -> Conformance:
    found = decode(json.dumps(samples.conformance(*rows, exit_code=exit_code)).encode())
    assert isinstance(found, Conformance)
    return found


GOOD = result(
    row("SSE-HTTP-001", "PASS"),
    row("SSE-FLOW-001", "PASS", level="SHOULD"),
    row("SSE-FLOW-002", "WARN", level="SHOULD"),
    row("SSE-FLOW-003", "INFO", level="MAY"),
    row("SSE-BEAT-001", "SKIP", level="SHOULD", reason="needs-slow"),
)
BAD = result(row("SSE-HTTP-001", "PASS"), row("SSE-HTTP-002", "FAIL"), exit_code=1)
NOTHING = result(row("SSE-HTTP-001", "INCONCLUSIVE"), exit_code=3)


@pytest.mark.parametrize(
    ("found", "message", "colour"),
    [
        (GOOD, "1/1 MUST · 1/2 SHOULD", "#0a7d53"),
        (BAD, "1/2 MUST", "#b3261e"),
        (NOTHING, "nothing judged", "#5f6b76"),
    ],
    ids=["good", "bad", "nothing"],
)
def test_both_forms_say_the_same(found: Conformance, message: str, colour: str) -> None:
    endpoint = json.loads(badge_json(found))
    picture = ET.fromstring(badge_svg(found))

    assert endpoint == {"schemaVersion": 1, "label": "SSE", "message": message, "color": colour}
    assert picture.attrib["aria-label"] == f"SSE: {message}"
    assert colour in badge_svg(found)
