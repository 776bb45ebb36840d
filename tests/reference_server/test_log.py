"""What every engine promises, asked of each."""

import asyncio
import sqlite3
from collections.abc import Awaitable, Callable, Sequence
from contextlib import closing
from itertools import pairwise
from pathlib import Path

import pytest

from reference_server import checkpoint
from reference_server.checkpoint import MOST_PAGES
from reference_server.limits import Limits
from reference_server.log import BusyError, Entry, FullError, Item, Key, Log
from reference_server.memory_log import MemoryLog
from reference_server.sqlite_file import open_file
from reference_server.sqlite_log import SqliteLog
from reference_server.transaction import Transactions
from tests.conftest import DEADLINE

Work = Callable[[Log], Awaitable[None]]


@pytest.fixture(params=["memory", "sqlite"])
def run(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[..., None]:
    """`run(work, retain=…)` opens a log of one kind, works with it, and closes it."""

    def start(work: Work, *, retain: int = 100, retain_age: float = 0) -> None:
        async def main() -> None:
            log: Log
            if request.param == "memory":
                log = MemoryLog(retain, Limits(), retain_age)
            else:
                log = SqliteLog(tmp_path / "log.db", retain, Limits(), retain_age)
            try:
                await work(log)
            finally:
                await log.close()

        asyncio.run(main())

    return start


def measurement(device: str, seq: int, data: str = "{}") -> Item:
    return Item("measurements", data, "measurement", device, Key(device, 0, seq))


def test_an_empty_log_has_a_head_and_nothing_else(run: Callable[..., None]) -> None:
    async def work(log: Log) -> None:
        assert (log.newest, log.oldest) == (0, 1)
        assert await log.after(0, 1000) == []
        assert (await log.append([])).newest == 0

    run(work)


def test_what_is_appended_is_read_back_in_order(run: Callable[..., None]) -> None:
    items = [Item("a", "x\0y", "e", id="i", retry=5, comment="c"), Item("b", "é😀\u2028")]

    async def work(log: Log) -> None:
        receipt = await log.append(items)

        assert (receipt.sequences, receipt.newest) == ((1, 2), 2)
        assert await log.after(0, 1000) == [Entry(1, items[0]), Entry(2, items[1])]
        assert await log.after(1, 1000) == [Entry(2, items[1])]
        assert await log.after(2, 1000) == []

    run(work)


def test_a_read_is_bounded_but_never_empty_before_the_head(run: Callable[..., None]) -> None:
    async def work(log: Log) -> None:
        await log.append([Item("a", "x" * 100), Item("a", "x"), Item("a", "x")])

        assert [entry.sequence for entry in await log.after(0, 10)] == [1]
        assert [entry.sequence for entry in await log.after(1, 10)] == [2, 3]

    run(work)


def test_the_first_of_equal_keys_wins(run: Callable[..., None]) -> None:
    async def work(log: Log) -> None:
        first = await log.append([measurement("d", 7, "first"), measurement("d", 7), measurement("d", 8)])
        second = await log.append([measurement("d", 8), measurement("e", 7)])

        assert first.sequences == (1, None, 2)
        assert (second.sequences, second.newest) == ((None, 3), 3)
        assert (await log.after(0, 1))[0].item.data == "first"

    run(work)


def test_only_so_many_are_retained(run: Callable[..., None]) -> None:
    async def work(log: Log) -> None:
        for number in range(7):
            await log.append([Item("a", str(number))])

        assert (log.oldest, log.newest) == (5, 7)
        assert [entry.sequence for entry in await log.after(0, 1000)] == [5, 6, 7]

    run(work, retain=3)


def test_the_latest_of_a_device_outlives_its_event(run: Callable[..., None]) -> None:
    async def work(log: Log) -> None:
        await log.append([measurement("d", 1, "old"), measurement("d", 2, "new")])
        await log.append([Item("a", "x"), Item("a", "y")])

        latest = await log.latest()
        assert [(each.sequence, each.item.device, each.item.data) for each in latest] == [(2, "d", "new")]

    run(work, retain=1)


def test_listeners_hear_each_entry_once_in_order_and_before_the_answer(run: Callable[..., None]) -> None:
    async def work(log: Log) -> None:
        heard: list[int] = []

        def listen(entries: Sequence[Entry]) -> None:
            heard.extend(entry.sequence for entry in entries)

        async def append(number: int) -> None:
            receipt = await log.append([measurement("d", number), Item("a", "x")])
            assert receipt.sequences[0] in heard

        log.listen(listen)
        await asyncio.gather(*(append(number) for number in range(50)))

        assert heard == list(range(1, 101))

    run(work)


def test_whoever_leaves_before_the_commit_takes_nothing_with_him(run: Callable[..., None]) -> None:
    async def work(log: Log) -> None:
        leaving = asyncio.create_task(log.append([Item("a", "x")]))
        await asyncio.sleep(0)
        leaving.cancel()
        receipt = await log.append([Item("a", "y")])

        assert receipt.newest == 2
        assert len(await log.after(0, 1000)) == 2

    run(work)


def test_a_file_goes_on_where_it_was(tmp_path: Path) -> None:
    async def once(number: int) -> tuple[str, int, tuple[int | None, ...], int]:
        log = SqliteLog(tmp_path / "log.db", 100, Limits())
        receipt = await log.append([measurement("d", 1), measurement("d", number)])
        found = log.epoch, receipt.newest, receipt.sequences, len(await log.latest())
        await log.close()
        return found

    first, second = asyncio.run(once(2)), asyncio.run(once(3))

    assert first[1:] == (2, (1, 2), 1)
    assert second == (first[0], 3, (None, 3), 1)


def test_memory_has_a_new_epoch_each_time() -> None:
    assert MemoryLog(1, Limits()).epoch != MemoryLog(1, Limits()).epoch


def test_more_than_the_queue_holds_is_refused(tmp_path: Path) -> None:
    async def work() -> tuple[int, int]:
        log = SqliteLog(tmp_path / "log.db", 1000, Limits(commit_queue=1000))
        outcomes = await asyncio.gather(
            *(log.append([Item("a", "x" * 400)]) for _ in range(10)), return_exceptions=True
        )
        await log.append([Item("a", "x" * 5000)])  # larger than the queue, which is empty now
        kept = len(await log.after(0, 100_000))
        await log.close()
        return sum(isinstance(each, BusyError) for each in outcomes), kept

    refused, kept = asyncio.run(work())

    assert refused == 9
    assert kept == 2


def test_an_append_that_cannot_be_kept_leaves_no_trace(tmp_path: Path) -> None:
    async def work() -> tuple[object, int, list[Entry]]:
        log = SqliteLog(tmp_path / "log.db", 1000, Limits())
        half_a_pair = Item("a", "\ud800")  # no Unicode text
        with pytest.raises(UnicodeEncodeError):
            await log.append([measurement("d", 1), half_a_pair])
        receipt = await log.append([measurement("d", 1)])
        found = receipt.sequences, log.newest, await log.after(0, 1000)
        await log.close()
        return found

    sequences, newest, entries = asyncio.run(work())

    assert (sequences, newest, len(entries)) == ((1,), 1, 1)


def test_a_full_disk_keeps_nothing_and_room_is_enough_to_go_on(tmp_path: Path) -> None:
    file = open_file(tmp_path / "log.db")
    transactions = Transactions(file.writer, 1000, Limits())
    (pages,) = file.writer.execute("PRAGMA page_count").fetchone()
    file.writer.execute(f"PRAGMA max_page_count = {pages + 2}")

    with pytest.raises(FullError):
        transactions.commit([[measurement("d", 1, "x" * 100_000)]])
    file.writer.execute("PRAGMA max_page_count = 100000")
    committed = transactions.commit([[measurement("d", 1, "x" * 100_000)]])
    file.close()

    assert [entry.sequence for entry in committed.entries] == [1]


def test_what_the_write_ahead_log_holds_moves_into_the_file(tmp_path: Path) -> None:
    async def work() -> tuple[int, int]:
        log = SqliteLog(tmp_path / "log.db", 100_000, Limits())
        for number in range(60):
            await log.append([measurement("d", 100 * number + each, "x" * 500) for each in range(100)])
        sizes = (tmp_path / "log.db").stat().st_size, (tmp_path / "log.db-wal").stat().st_size
        await log.close()
        return sizes

    grown, written_ahead = asyncio.run(work())

    assert grown > 1_000_000
    assert written_ahead < 3_000_000 + 4096 * MOST_PAGES


def test_the_write_ahead_log_begins_anew_under_a_load_without_pause(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checkpoint, "PAGES", 20)
    monkeypatch.setattr(checkpoint, "MOST_PAGES", 100)

    async def work() -> tuple[int, int]:
        log = SqliteLog(tmp_path / "log.db", 100_000, Limits())

        async def send(sender: int) -> None:
            for number in range(150):
                await log.append([measurement(f"d{sender}", number, "x" * 4000)])

        await asyncio.gather(*(send(sender) for sender in range(8)))
        sizes = (tmp_path / "log.db").stat().st_size, (tmp_path / "log.db-wal").stat().st_size
        await log.close()
        return sizes

    grown, written_ahead = asyncio.run(work())

    assert grown > 4_000_000
    assert written_ahead < 3_000_000


def test_what_is_too_old_goes_and_the_ids_go_on(tmp_path: Path) -> None:
    path = tmp_path / "log.db"

    async def fill() -> None:
        log = SqliteLog(path, 10_000, Limits(), retain_age=3600)
        await log.append([Item("a", "x") for _ in range(3000)])
        await log.close()

    async def come_back(retain_age: float) -> tuple[int, int, int, int]:
        log = SqliteLog(path, 10_000, Limits(), retain_age)
        last = [(await log.append([])).newest for _ in range(5)][-1]  # a slice each
        found = log.oldest, log.newest, len(await log.after(0, 1_000_000)), last
        await log.close()
        return found

    asyncio.run(fill())
    young = asyncio.run(come_back(3600))
    with closing(sqlite3.connect(path)) as db, db:
        db.execute("UPDATE segments SET committed = committed - 3601 WHERE first <= 2500")
    some = asyncio.run(come_back(3600))
    with closing(sqlite3.connect(path)) as db, db:
        db.execute("UPDATE segments SET committed = committed - 3601")
    none = asyncio.run(come_back(3600))
    again = asyncio.run(come_back(3600))

    assert young == (1, 3000, 1000, 3000)
    assert some == (2501, 3000, 500, 3000)
    assert none == again == (3001, 3000, 0, 3000)


def test_what_is_too_old_goes_without_an_append(run: Callable[..., None]) -> None:
    async def work(log: Log) -> None:
        await log.append([Item("a", "x"), Item("a", "y")])
        async with asyncio.timeout(DEADLINE):
            while log.oldest != 3:  # noqa: ASYNC110 - nothing tells when
                await asyncio.sleep(0.05)

        assert await log.after(0, 1000) == []
        assert (await log.append([Item("a", "z")])).newest == 3

    run(work, retain_age=0.2)


def test_a_long_backlog_of_old_events_goes_in_slices(tmp_path: Path) -> None:
    file = open_file(tmp_path / "log.db")
    Transactions(file.writer, 100_000, Limits()).commit([[Item("a", "x") for _ in range(9_500)]])
    log = Transactions(file.writer, 500, Limits())

    left = []
    for _ in range(11):
        log.commit([[Item("a", "x")]])
        left.append(file.reader.execute("SELECT count(*) FROM events").fetchone()[0])
    file.close()

    assert [before - after for before, after in pairwise(left)][:7] == [999] * 7
    assert 500 <= left[-1] < 1500
