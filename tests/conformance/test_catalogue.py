"""What `eventbahn check --list` and `--explain` print."""

from io import StringIO

import pytest
from rich.console import Console

from conformance.catalogue import UnknownRowError, print_explanation, print_list, requirement
from conformance.requirements import REQUIREMENTS


def console(width: int = 120) -> Console:
    return Console(file=StringIO(), width=width, color_system=None)


def printed(on: Console) -> str:
    assert isinstance(on.file, StringIO)
    return on.file.getvalue()


@pytest.mark.parametrize("width", [80, 120])
def test_the_list_has_every_row_whole(width: int) -> None:
    on = console(width)

    print_list(on)

    text = printed(on)
    assert [id_ for id_ in REQUIREMENTS if f"\n{id_} " not in text] == []
    assert "Payload fidelity" in text
    assert f"{len(REQUIREMENTS)} requirements" in text
    assert max(map(len, text.splitlines())) <= width


def test_an_explanation_has_all_that_the_row_says() -> None:
    row = REQUIREMENTS["SSE-INJ-001"]
    on = console(1000)

    print_explanation(on, "SSE-INJ-001")

    text = printed(on)
    assert [
        part
        for part in (row.id, row.title, row.level, row.clause, row.why, row.fix, row.url)
        if part not in text
    ] == []
    assert (
        "targets with a way to publish, a publisher that sets the event type, framing by the server itself"
        in text
    )
    assert "SSE-HTTP-001, SSE-HTTP-002, SSE-FRAME-001, SSE-FRAME-003 hold" in text


def test_an_address_is_never_broken() -> None:
    on = console(40)

    print_explanation(on, "SSE-FRAME-001")

    assert REQUIREMENTS["SSE-FRAME-001"].url in printed(on)


@pytest.mark.parametrize("id_", [" sse-frame-001", "FRAME-001", "frame-001"])
def test_an_id_may_be_written_short(id_: str) -> None:
    assert requirement(id_).id == "SSE-FRAME-001"


@pytest.mark.parametrize(
    ("id_", "hint"),
    [("SSE-FRAM-001", "did you mean 'SSE-FRAME-001'?"), ("nonsense", "`eventbahn check --list` shows all")],
)
def test_an_unknown_id_is_helped(id_: str, hint: str) -> None:
    with pytest.raises(UnknownRowError) as caught:
        print_explanation(console(), id_)

    assert str(caught.value).startswith(f"there is no requirement {id_!r}; ")
    assert hint in str(caught.value)
