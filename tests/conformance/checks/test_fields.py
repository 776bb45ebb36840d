"""Values of header fields, as servers write them."""

import pytest

from conformance.checks.fields import parameters, tokens


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("text/event-stream", []),
        ("text/event-stream;charset=utf-8", [("charset", "utf-8")]),
        ('text/event-stream ; Charset="UTF-8"; x = y', [("charset", "UTF-8"), ("x", "y")]),
        (r'text/event-stream; charset="a\"; b"', [("charset", 'a"; b')]),
        ("text/event-stream; charset=", [("charset", "")]),
        ("text/event-stream;", []),
    ],
)
def test_parameters(value: str, expected: list[tuple[str, str]]) -> None:
    assert parameters(value) == expected


def test_tokens_of_all_fields_in_lower_case() -> None:
    assert tokens(["No-Cache, no-transform", "", " , private"]) == ["no-cache", "no-transform", "private"]
