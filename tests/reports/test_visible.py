"""Strangers' text: nothing acts, nothing hides."""

import unicodedata
from html import unescape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.visible import visible as shown_by_the_suite
from reports.visible import lines, prose, unescaped, visible, worded

ANYTHING = st.text(st.characters(exclude_categories=[]), max_size=200)
DANGEROUS = st.text("\r\n\t\0\x1b\x9b\u202e\u2028\ufeff<>&\"'ab ", max_size=60)
UNSEEN = {"Cc", "Zl", "Zp", "Cs"}

CASES = {
    "CR": ("a\rb", r"a\rb"),
    "LF": ("a\nb", r"a\nb"),
    "escape": ("\x1b[31m", r"\x1b[31m"),
    "C1": ("\x9b", r"\x9b"),
    "direction": ("\u202egpj.exe", r"\u202egpj.exe"),
    "byte order mark": ("\ufeffx", r"\ufeffx"),
    "tag": ("\U000e0041", r"\U000e0041"),
    "what is seen stays": ("Grüße – 温度 😀", "Grüße – 温度 😀"),
}


@pytest.mark.parametrize(("text", "shown"), CASES.values(), ids=CASES)
def test_the_unseen_is_written_as_an_escape(text: str, shown: str) -> None:
    assert visible(text) == shown


@given(ANYTHING | DANGEROUS)
def test_nothing_unseen_is_left(text: str) -> None:
    shown = visible(text)

    assert not [character for character in shown if unicodedata.category(character) in UNSEEN]
    shown.encode()  # and no surrogate that a file could not hold


@pytest.mark.parametrize("name", ["RIGHT-TO-LEFT OVERRIDE", "ZERO WIDTH SPACE", "POP DIRECTIONAL ISOLATE"])
def test_marks_that_turn_text_around_or_hide_in_it_are_seen(name: str) -> None:
    assert visible(unicodedata.lookup(name)).startswith("\\u")


def test_lines_break_where_a_reader_of_streams_sees_a_line() -> None:
    assert lines("a\r\nb\rc\nd") == (
        'a<i class="sign">CR</i><i class="sign">LF</i>\nb<i class="sign">CR</i>\nc<i class="sign">LF</i>\nd'
    )


@given(ANYTHING | DANGEROUS)
def test_lines_hold_no_tag_of_a_strangers(text: str) -> None:
    bare = lines(text).replace('<i class="sign">', "").replace("</i>", "")

    assert not set("<>\"'") & set(bare)
    assert not [c for c in bare if c != "\n" and unicodedata.category(c) in UNSEEN]


@given(st.text("<>&\"'ab ", max_size=60))
def test_lines_lose_nothing(text: str) -> None:
    assert unescape(lines(text)) == text


@given(ANYTHING | DANGEROUS)
def test_prose_keeps_line_feeds_and_lets_no_tag_through(text: str) -> None:
    shown = prose(text)

    assert shown.count("\n") == text.count("\n")
    assert not set("<>\"'") & set(shown)


def test_a_giant_text_is_cut_and_says_so() -> None:
    assert lines("x" * 4_010).endswith("\n… 10 more characters in the result file")
    assert len(visible("x" * 1_000_000)) == 4_001


ESCAPED = {
    "line ends": (r"data: a\r\n\n", "data: a\r\n\n"),
    "a backslash": (r"a\\nb", r"a\nb"),
    "two backslashes and a line end": (r"a\\\n", "a\\\n"),
    "an octet": (r"a\x00b", "a\x00b"),
    "UTF-8": (r"Gr\xc3\xbc\xc3\x9fe", "Grüße"),
    "Latin-1": (r"Gr\xfc\xdfe", r"Gr\xfc\xdfe"),
    "a character cut in two": (r"\xc3", r"\xc3"),
    "no escape of the suite's": (r"\q\x1", r"\q\x1"),
}


@pytest.mark.parametrize(("text", "read"), ESCAPED.values(), ids=ESCAPED)
def test_escapes_of_the_suite_are_read_back(text: str, read: str) -> None:
    assert unescaped(text) == read


@given(st.binary(max_size=80))
def test_whatever_bytes_the_suite_escapes_come_back(body: bytes) -> None:
    escaped = shown_by_the_suite(body)

    assert unescaped(escaped).encode() == body or not is_utf8(body)


def is_utf8(body: bytes) -> bool:
    try:
        body.decode()
    except UnicodeDecodeError:
        return False
    return True


def test_advice_has_code_in_it_and_no_tags_of_its_own() -> None:
    assert worded("Write `data: <b>` once.\nA ` alone stays") == (
        "Write <code>data: &lt;b&gt;</code> once.\nA ` alone stays"
    )
