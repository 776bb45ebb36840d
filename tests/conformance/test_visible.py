"""What strangers send is shown, never obeyed."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.visible import visible


@pytest.mark.parametrize(
    ("text", "shown"),
    {
        "plain": ("data: x", "data: x"),
        "other scripts": ("é€😀 и", "é€😀 и"),
        "terminal": ("\x1b[31mred\x07", "\\x1b[31mred\\x07"),
        "C1": ("\x9b31m", "\\x9b31m"),
        "line ends": ("a\r\nb\tc", "a\\r\\nb\\tc"),
        "backslash": ("\\n", "\\\\n"),
        "direction": ("a\u202eb\u2066", "a\\u202eb\\u2066"),
        "invisible": ("\ufeff\u200b\u2028\xa0", "\\ufeff\\u200b\\u2028\\xa0"),
        "tags": ("\U000e0041", "\\U000e0041"),
        "bytes": (b"caf\xe9\r\n\x1b", "caf\\xe9\\r\\n\\x1b"),
    }.values(),
    ids=str,
)
def test_literal_text(text: str | bytes, shown: str) -> None:
    assert visible(text) == shown


@pytest.mark.parametrize("text", ["xxxxx", b"xxxxx"])
def test_long_text_is_cut_and_says_so(text: str | bytes) -> None:
    assert [visible(text, limit) for limit in (4, 5, None)] == ["xxxx…", "xxxxx", "xxxxx"]


@given(st.one_of(st.text(), st.binary()))
def test_nothing_but_printable_characters_comes_out(text: str | bytes) -> None:
    assert all(
        unicodedata.category(character) not in ("Cc", "Cf", "Cs", "Zl", "Zp") for character in visible(text)
    )
