"""A run against a receiver: what it leaves when it is stopped, and what becomes of that."""

import asyncio
import csv
from collections.abc import Callable, Coroutine
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from simulator.config import Config, load
from simulator.injection import begin_of, with_faults
from simulator.line_file import UnwritableError
from simulator.plan import Span
from simulator.resume import resume
from simulator.run import FleetRun
from simulator.state import State, read_state
from simulator.stop import Stop

from .fleets import MINUTE, MONDAY, messages
from .receiver import Post, Receiver, Script, receiving
from .test_line_file import files_at_most

DIRT = (
    '{match="*", kind="loss", at="0s", for="30d", p=0.1}',
    '{match="*", kind="duplicate", at="0s", for="30d", p=0.1, by="30s"}',
    '{match="*", kind="reorder", at="0s", for="30d", p=0.1}',
    '{match="air-02", kind="offline", at="3m", for="4m"}',
)
START = MONDAY + 75 * MINUTE  # soon after a midnight, from which models are run
RUN = Span(START, START, START + 15 * MINUTE)
DEADLINE = 60.0
Play = Callable[[Receiver], Coroutine[Any, Any, None]]


def posts(url: str, *overrides: str) -> Config:
    """Five air quality posts with faults, which need no warm-up."""
    settings = [f"fault=[{', '.join(DIRT)}]", "fleet.0.count=5", f'sink.url="{url}"', "sink.linger=10ms"]
    config = load("city", [*settings, "sink.batch=5", "run.speed=max", *overrides])
    return replace(config, groups=config.groups[:1])


def fleet(config: Config, folder: Path, state: State | None = None) -> FleetRun:
    return FleetRun(config, RUN, folder, "city", lambda _: None, state=state)


def everything(config: Config | None = None) -> set[tuple[str, int]]:
    """What a receiver must have in the end."""
    found = messages(config or posts("http://x"), RUN)
    told = (text.decode().split(',"boot":0,"seq":') for made in found.values() for text in made)
    return {(head.split('"')[3], int(rest.partition(",")[0])) for head, rest in told}


def play(act: Play, script: Script = lambda _: None, *, births: bool = False) -> Receiver:
    async def within() -> Receiver:
        async with receiving(script, births=births) as receiver:
            await act(receiver)
            return receiver

    return asyncio.run(asyncio.wait_for(within(), DEADLINE))


def truth(path: Path) -> list[tuple[str, ...]]:
    with path.open(newline="") as file:
        return sorted(map(tuple, csv.reader(file)))


def test_a_run_that_is_complete_says_so_and_sends_nothing_more(tmp_path: Path) -> None:
    async def act(receiver: Receiver) -> None:
        first = fleet(posts(receiver.url), tmp_path)
        await first.deliver(Stop())
        state = read_state(first.keeper.path)
        again = fleet(posts(receiver.url), tmp_path, state)
        await again.deliver(Stop())

        assert (state.complete, state.watermarks) == (True, {})
        assert (first.complete, again.complete, again.tally.posts) == (True, True, 0)

    assert set(play(act).kept) == everything()


@pytest.mark.parametrize("after", [1, 4, 9])
def test_a_run_that_was_cut_off_goes_on_without_a_gap_or_a_repeat(tmp_path: Path, after: int) -> None:
    """It ends in the midst of a POST that the receiver has kept; only what was under way is sent again."""
    stop, under_way = Stop(), 4 * 5

    def script(post: Post) -> None:
        if post.number == after:
            stop.ask(0.0)

    async def act(receiver: Receiver) -> None:
        first = fleet(posts(receiver.url), tmp_path)
        await first.deliver(stop)
        second = fleet(posts(receiver.url), tmp_path, read_state(first.keeper.path))
        await second.deliver(Stop())

        assert not first.complete
        assert second.complete
        assert second.tally.duplicates <= under_way + 10  # ten or so are faults of the devices

    receiver = play(act, script)

    assert set(receiver.kept) == everything()


def test_a_fault_injected_at_once_begins_after_what_the_earlier_run_has_sent(tmp_path: Path) -> None:
    silence, stop, states = {"kind": "loss", "match": "*", "for": "5m", "p": 0.5}, Stop(), list[State]()

    def script(post: Post) -> None:
        if post.number == 6:
            stop.ask(0.5)

    async def act(receiver: Receiver) -> None:
        config = posts(receiver.url, "fault=[]", "run.speed=300")
        first = fleet(config, tmp_path)
        await first.deliver(stop)
        states.append(read_state(first.keeper.path))
        second = fleet(config, tmp_path, states[0])
        fault = await second.inject(silence, "at once")
        await second.deliver(Stop())

        assert fault.at == begin_of(config, states[0].reached, START)
        assert second.complete
        assert second.tally.duplicates == 0
        states.append(read_state(first.keeper.path))

    kept = play(act, script).kept
    planned = with_faults(posts("http://x", "fault=[]"), states[1].faults, "test")

    assert states[0].reached > START
    assert set(kept) == everything(planned) < everything(posts("http://x", "fault=[]"))


def test_a_disk_that_is_full_loses_neither_messages_nor_truth(tmp_path: Path) -> None:
    async def act(receiver: Receiver) -> None:
        (tmp_path / "whole").mkdir()
        whole = fleet(posts(receiver.url), tmp_path / "whole")
        await whole.deliver(Stop())
        receiver.kept.clear()
        first = fleet(posts(receiver.url), tmp_path)
        with (
            files_at_most(450),
            pytest.raises(UnwritableError, match=r"truth\.csv: cannot be written: File too"),
        ):
            await first.deliver(Stop())
        assert first.truth_path.read_bytes().endswith(b"\r\n")
        assert set(receiver.kept) < everything()
        second = fleet(posts(receiver.url), tmp_path, read_state(first.keeper.path))
        await second.deliver(Stop())
        assert truth(first.truth_path) == truth(whole.truth_path)

    assert set(play(act).kept) == everything()


def test_a_refused_message_that_cannot_be_kept_stops_the_run_and_is_refused_again(tmp_path: Path) -> None:
    def script(post: Post) -> web.Response | None:
        rows = [row for row, item in enumerate(post.items) if (item["device"], item["seq"]) == ("air-03", 9)]
        return web.json_response({"index": rows[0]}, status=422) if rows else None

    async def act(receiver: Receiver) -> None:
        first = fleet(posts(receiver.url), tmp_path)
        first.rejects_path.mkdir()
        with pytest.raises(UnwritableError, match=r"rejected\.ndjson: cannot be written: Is a directory"):
            await first.deliver(Stop())
        first.rejects_path.rmdir()
        second = fleet(posts(receiver.url), tmp_path, read_state(first.keeper.path))
        await second.deliver(Stop())

        assert second.complete
        assert [b'"seq":9,' in line for line in first.rejects_path.read_bytes().splitlines()] == [True]

    assert set(play(act, script).kept) == everything() - {("air-03", 9)}


def test_what_other_workers_have_is_delivered_though_one_cannot_keep_a_refused_message(
    tmp_path: Path,
) -> None:
    """All of them have their first POST under way when it is refused, and are to try again."""

    def script(post: Post) -> web.Response | None:
        if any(item["device"] == "air-03" for item in post.items):
            return web.json_response({"index": 0}, status=422)
        return web.Response(status=503) if post.number < 5 else None

    async def act(receiver: Receiver) -> None:
        config = posts(receiver.url, "fault=[]", "sink.connections=19", "sink.batch=50", "sink.linger=5s")
        run = fleet(config, tmp_path)
        run.rejects_path.mkdir()
        with pytest.raises(UnwritableError, match=r"rejected\.ndjson: cannot be written: Is a directory"):
            await run.deliver(Stop())

        assert not run.complete

    assert set(play(act, script).kept) == {(f"air-0{n}", seq) for n in (1, 2, 4, 5) for seq in range(15)}


def test_a_receiver_that_was_away_is_told_the_births_again(tmp_path: Path) -> None:
    async def act(receiver: Receiver) -> None:
        run = fleet(posts(receiver.url, "sink.connections=1"), tmp_path)
        await run.deliver(Stop())

        assert run.complete

    receiver = play(act, lambda post: "refuse" if 3 <= post.number < 8 else None, births=True)

    assert [birth["device"] for birth in receiver.births] == [f"air-0{n}" for n in (1, 2, 3, 4, 5)] * 2
    assert set(receiver.kept) == everything()


def test_time_slips_while_the_receiver_lags_and_nothing_is_shed(tmp_path: Path) -> None:
    runs, slipped = list[FleetRun](), list[float]()

    def script(post: Post) -> web.Response | None:
        slipped.append(runs[0].slipped)
        return web.Response(status=503, headers={"Retry-After": "3"}) if post.number == 4 else None

    async def act(receiver: Receiver) -> None:
        runs.append(fleet(posts(receiver.url, "run.speed=600", "sink.connections=1"), tmp_path))
        await runs[0].deliver(Stop())

    receiver = play(act, script)

    assert slipped[5] > 100  # it is told while it lasts
    assert runs[0].clock is not None
    assert runs[0].clock.slipped >= slipped[5]
    assert set(receiver.kept) == everything()


def test_a_state_that_cannot_be_written_is_told_before_anything_is_sent(tmp_path: Path) -> None:
    (tmp_path / "city.state.json.new").mkdir()

    async def act(receiver: Receiver) -> None:
        with pytest.raises(UnwritableError, match=r"city\.state\.json: cannot be written: Is a directory"):
            await fleet(posts(receiver.url), tmp_path).deliver(Stop())

    assert play(act).sizes == []


def test_two_runs_of_one_name_do_not_share_a_folder(tmp_path: Path) -> None:
    async def act(receiver: Receiver) -> None:
        first, second = (
            fleet(posts(receiver.url, "run.speed=300"), tmp_path),
            fleet(posts(receiver.url), tmp_path),
        )
        delivering = asyncio.create_task(first.deliver(Stop()))
        await asyncio.sleep(0)
        with pytest.raises(
            UnwritableError, match=r"truth\.csv: cannot be written: another run is writing it"
        ):
            await second.deliver(Stop())
        await delivering

        assert first.complete

    assert set(play(act).kept) == everything()


def test_lateness_is_told_of_what_is_live(tmp_path: Path) -> None:
    async def act(receiver: Receiver) -> None:
        fast, live = (
            fleet(posts(receiver.url), tmp_path),
            fleet(posts(receiver.url, "run.speed=900"), tmp_path),
        )
        for run in (fast, live):
            await run.deliver(Stop())

        assert (fast.tally.lateness.count, fast.tally.delivery.count) == (0, 0)
        assert live.tally.lateness.count == live.tally.delivery.count > 40
        assert 0 < live.tally.lateness.quantile(0.5) <= live.tally.delivery.quantile(0.99)

    play(act)


def test_the_truth_is_told_of_devices_that_are_heard_no_more(tmp_path: Path) -> None:
    """Everything is lost from the tenth minute on."""

    async def act(receiver: Receiver) -> None:
        silence = 'fault=[{match="*", kind="loss", at="10m", for="30d", p=1.0}]'
        run = fleet(posts(receiver.url, silence), tmp_path)
        await run.deliver(Stop())

        assert run.complete
        assert run.tally.accepted == 50
        assert (
            len(truth(run.truth_path)) == 1 + 5 + 25
        )  # a head, five episodes, and five messages of each device

    play(act)


def test_a_run_that_is_cut_off_at_its_end_and_then_extended_loses_nothing(tmp_path: Path) -> None:
    """At its end it has sent what was delayed, which with a later end comes after other messages."""
    delay = 'fault=[{match="*", kind="delay", at="3m", for="1m", p=1.0, by="40m"}]'
    later, stop, taken = RUN._replace(end=START + 25 * MINUTE), Stop(), set[tuple[str, int]]()

    def script(post: Post) -> web.Response | None:
        if not stop.asked and any(item["device"] == "air-01" for item in post.items):
            return web.Response(status=503, headers={"Retry-After": "30"})
        taken.update((item["device"], item["seq"]) for item in post.items)
        if len(taken) == 4 * 15:
            stop.ask(0.5)
        return None

    async def act(receiver: Receiver) -> None:
        config = posts(receiver.url, delay, "sink.connections=19")  # one a device
        first = fleet(config, tmp_path)
        await first.deliver(stop)
        left = read_state(first.keeper.path)
        assert left.watermarks == {f"air-0{n}": 15 for n in (2, 3, 4, 5)}
        found = resume(config, later, first.keeper.path, until=True, url=False)
        second = FleetRun(found.config, found.span, tmp_path, "city", lambda _: None, state=found.state)
        await second.deliver(Stop())

        assert second.complete

    assert set(play(act, script).kept) == {(f"air-0{n}", seq) for n in (1, 2, 3, 4, 5) for seq in range(25)}
