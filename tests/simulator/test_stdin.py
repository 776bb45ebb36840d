"""Lines from pipes and files, however they come; and a stdin that is none."""

import asyncio
import io
import os
import sys
from pathlib import Path

import pytest

from simulator.stdin import LONGEST_LINE, at_a_terminal, lines, stdin


def read(descriptor: int) -> list[bytes]:
    async def collect() -> list[bytes]:
        async with asyncio.timeout(10):
            return [line async for line in lines(descriptor)]

    return asyncio.run(collect())


CASES = {
    "two lines": ([b"a\nb\n"], [b"a", b"b"]),
    "without a last end": ([b"a\nb"], [b"a", b"b"]),
    "in pieces": ([b"a", b"b\nc", b"\n"], [b"ab", b"c"]),
    "empty lines": ([b"\n\na\n"], [b"", b"", b"a"]),
    "nothing": ([], []),
}


@pytest.mark.parametrize(("pieces", "expected"), CASES.values(), ids=CASES)
def test_lines_of_a_pipe(pieces: list[bytes], expected: list[bytes]) -> None:
    ours, theirs = os.pipe()

    async def talk() -> list[bytes]:
        found = []
        async with asyncio.timeout(10):
            hearing = asyncio.create_task(anext(stream := lines(ours), None))
            for piece in pieces:
                os.write(theirs, piece)
                await asyncio.sleep(0.01)
            os.close(theirs)
            while (line := await hearing) is not None:
                found.append(line)
                hearing = asyncio.create_task(anext(stream, None))
        return found

    assert asyncio.run(talk()) == expected
    os.close(ours)


def test_a_line_that_never_ends_takes_no_memory(tmp_path: Path) -> None:
    (tmp_path / "endless").write_bytes(b"x" * 5_000_000 + b"\nshort\n")
    with (tmp_path / "endless").open("rb") as file:
        endless, short = read(file.fileno())

    assert LONGEST_LINE < len(endless) < 3 * LONGEST_LINE
    assert short == b"short"


def test_a_file_is_read_to_its_end(tmp_path: Path) -> None:
    (tmp_path / "f").write_bytes(b"a\nb")
    with (tmp_path / "f").open("rb") as file:
        assert read(file.fileno()) == [b"a", b"b"]


def test_nothing_is_heard_from_dev_null() -> None:
    with Path("/dev/null").open("rb") as file:
        assert read(file.fileno()) == []


@pytest.mark.parametrize("other", [None, io.StringIO("no file")], ids=["none", "no file"])
def test_there_may_be_no_stdin(monkeypatch: pytest.MonkeyPatch, other: io.StringIO | None) -> None:
    monkeypatch.setattr(sys, "stdin", other)

    assert stdin() is None
    assert not at_a_terminal()
