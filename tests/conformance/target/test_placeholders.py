"""Placeholders found and filled."""

import pytest

from conformance.target.placeholders import fill, names

VALUES = {"data": "x", "retry": 5, "event": None, "empty": ""}


def test_names_are_found_in_all_texts_inside() -> None:
    assert list(names({"a": ["{data}", {"b": "{id}-{data}"}], "{key}": 1, "c": None})) == [
        "data",
        "id",
        "data",
    ]


@pytest.mark.parametrize("text", ['{"a": 1}', "{}", "{A}", "{a b}", "{ data }", "{1}"])
def test_other_braces_are_no_placeholders(text: str) -> None:
    assert list(names(text)) == []
    assert fill(text, VALUES) == text


@pytest.mark.parametrize(
    ("template", "expected"),
    [
        ("plain", "plain"),
        ("{data}", "x"),
        ("{retry}", 5),
        ("<{retry}>", "<5>"),
        ("{empty}", ""),
        ("{event}", None),
        ("<{event}>", None),
        ("{unknown}", None),
        ({"d": "{data}", "e": "{event}", "n": None}, {"d": "x", "n": None}),
        (["{event}", "{data}", 1, False], ["x", 1, False]),
        ({"a": [{"e": "{event}"}]}, {"a": [{}]}),
    ],
)
def test_filling(template: object, expected: object) -> None:
    assert fill(template, VALUES) == expected
