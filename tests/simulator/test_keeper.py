"""The state file while a run goes: a disk that takes nothing stops nobody."""

import asyncio
from pathlib import Path

import pytest

from simulator.keeper import Keeper
from simulator.line_file import UnwritableError
from simulator.state import State, read_state

STATE = State("f", 1, 1, None, "http://x", 5)


def test_each_writing_has_the_latest_state(tmp_path: Path) -> None:
    states = iter([STATE, State("f", 1, 1, None, "http://x", 6)])
    keeper = Keeper(tmp_path / "s.json", lambda: next(states), print)
    keeper.begin()
    first = read_state(keeper.path)
    asyncio.run(keeper.write())

    assert (first.position, read_state(keeper.path).position) == (5, 6)
    assert [file.name for file in tmp_path.iterdir()] == ["s.json"]


def test_a_disk_that_takes_nothing_is_told_once_and_so_is_its_recovery(tmp_path: Path) -> None:
    said: list[str] = []
    keeper = Keeper(tmp_path / "out" / "s.json", lambda: STATE, said.append)

    async def play() -> None:
        await keeper.write()
        await keeper.write()
        assert keeper.trouble == "No such file or directory"
        keeper.path.parent.mkdir()
        await keeper.write()

    asyncio.run(play())

    assert keeper.trouble == ""
    trouble = f"{keeper.path}: cannot be written: No such file or directory"
    assert said == [f"{trouble}; the run goes on, and it is tried again", f"{keeper.path}: is written again"]
    assert read_state(keeper.path) == STATE


def test_a_run_that_cannot_begin_its_state_does_not_begin(tmp_path: Path) -> None:
    keeper = Keeper(tmp_path / "out" / "s.json", lambda: STATE, print)

    with pytest.raises(UnwritableError, match=r"s\.json: cannot be written: No such file"):
        keeper.begin()


def test_a_writing_that_is_cancelled_does_not_come_after_the_last(tmp_path: Path) -> None:
    positions = iter(range(100))
    keeper = Keeper(tmp_path / "s.json", lambda: State("f", 1, 1, None, "", next(positions)), print)

    async def play() -> None:
        for _ in range(20):
            writing = asyncio.create_task(keeper.write())
            await asyncio.sleep(0)
            writing.cancel()
            await asyncio.gather(writing, return_exceptions=True)
        await keeper.write()

    asyncio.run(play())

    assert read_state(keeper.path).position == next(positions) - 1
