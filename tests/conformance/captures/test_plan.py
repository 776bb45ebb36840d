"""What is published on the one channel, and where fences stand, by what a target allows."""

from conformance.captures.plan import Plan, plan
from conformance.row import Payload
from conformance.target import loads

ROWS = {
    "SSE-FRAME-008": [Payload("")],
    "SSE-DATA-001": [Payload("a\nb"), Payload("\n\n")],
    "SSE-DATA-003": [Payload("x\n")],
    "SSE-DATA-007": [Payload("€" * 20), Payload("é")],
    "SSE-INJ-001": [Payload("harmless", "a\nb"), Payload("harmless", "a\rb")],
}
NAMED = {"SSE-INJ-002": [Payload("harmless", id="a\nb")], "SSE-INJ-006": [Payload("harmless", id="\0")]}


def planned(rows: dict[str, list[Payload]], publish: str = "", politeness: str = "") -> Plan:
    text = f"""
        schema = 1
        target = {{ name = "t", base_url = "http://127.0.0.1:1" }}
        subscribe = {{ path = "/" }}
        {politeness}
        [publish]
        driver = "http"
        request = {{ path = "/", body = "{{data}}" }}
        {publish}
    """
    return plan(loads(text, {}), rows)


def test_everything_is_published_with_a_fence_behind_each_payload() -> None:
    whole = planned(ROWS)

    assert [len(group) for group in whole.groups] == [1] * 10
    assert [one for group in whole.groups for one in group][2:] == [
        one for many in ROWS.values() for one in many
    ]
    assert (whole.left_out, whole.requests) == ({}, 20)


def test_there_is_a_harmless_payload_for_each_set_of_fields() -> None:
    assert planned(ROWS).controls == (Payload("harmless", "control"), Payload("harmless"))
    assert planned(NAMED).controls == (Payload("harmless", id="control"),)
    assert planned({"SSE-INJ-005": [Payload("harmless", retry=-1)]}).controls[-1] == Payload(
        "harmless", retry=3000
    )


def test_no_type_is_set_where_none_can_be() -> None:
    assert planned({}, "fields = { event = false }").controls == ()


def test_what_is_too_large_is_left_out() -> None:
    small = planned(ROWS, "max_bytes = 10")

    assert small.rows["SSE-DATA-007"] == [Payload("é")]
    assert planned({"SSE-DATA-007": [Payload("€" * 4)]}, "max_bytes = 10").left_out == {
        "SSE-DATA-007": "publish.max_bytes is 10"
    }


def test_a_stranger_is_spared_fences_but_not_around_attacks() -> None:
    sparing = planned(ROWS, politeness="politeness = { max_requests = 60 }")

    assert [len(group) for group in sparing.groups] == [1, 1, 1, 2, 1, 2, 1, 1]
    assert sparing.rows.keys() == ROWS.keys()
    assert sparing.requests == 18


def test_a_stranger_is_asked_for_the_more_important_rows_only() -> None:
    sparing = planned(ROWS, politeness="politeness = { max_requests = 48 }")

    assert [*sparing.rows] == ["SSE-FRAME-008", "SSE-DATA-001", "SSE-DATA-007", "SSE-INJ-001"]
    assert sparing.left_out == {
        "SSE-DATA-003": "politeness: its payloads would take more than 16 of 48 requests",
    }
    assert sparing.requests == 16
