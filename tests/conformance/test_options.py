"""Which rows a user asks for: by id, by the end of an id, by section."""

import pytest

from conformance.catalogue import UnknownRowError
from conformance.options import chosen


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("", set()),
        ("SSE-HTTP-001, http-002", {"SSE-HTTP-001", "SSE-HTTP-002"}),
        ("cache,HTTP-001", {"SSE-CACHE-001", "SSE-CACHE-002", "SSE-CACHE-003", "SSE-HTTP-001"}),
    ],
)
def test_rows_and_sections(text: str, rows: set[str]) -> None:
    assert chosen(text) == rows


def test_what_is_neither_is_an_error_with_a_proposal() -> None:
    with pytest.raises(UnknownRowError, match="did you mean 'SSE-CACHE-001'"):
        chosen("CACH-001")
