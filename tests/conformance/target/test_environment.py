"""Variables of the environment in the texts of a file."""

import pytest

from conformance.target.environment import expand

ENVIRON = {"A": "1", "B_2": "two", "EMPTY": "", "NESTED": "${A}"}


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("x", "x"),
        ("${A}", "1"),
        ("<${A}${B_2}>", "<1two>"),
        ("${EMPTY}", ""),
        ("${NESTED}", "${A}"),
        ("$A $ {A} {A}", "$A $ {A} {A}"),
        ({"k": ["${A}", {"n": "${B_2}"}], "i": 5, "b": True}, {"k": ["1", {"n": "two"}], "i": 5, "b": True}),
        ({"${A}": "x"}, {"${A}": "x"}),
    ],
)
def test_texts_are_expanded_once_and_keys_never(value: object, expected: object) -> None:
    assert expand(value, ENVIRON) == expected


def test_a_variable_that_is_not_set_is_named_with_its_place() -> None:
    with pytest.raises(LookupError, match=r"a\.b\[1\]\.c: the environment variable NOPE is not set"):
        expand({"a": {"b": ["x", {"c": "${NOPE}"}]}}, ENVIRON)


@pytest.mark.parametrize("text", ["${", "${A", "${}", "${a-b}", "${1}", "${A B}"])
def test_what_is_no_variable_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"k: .* is no variable: write \$\{NAME\}"):
        expand({"k": text}, {**ENVIRON, "1": "x"})


def test_no_value_is_in_an_error() -> None:
    with pytest.raises(LookupError) as caught:
        expand({"k": "${A}-${NOPE}"}, {"A": "secret"})

    assert "secret" not in str(caught.value)
