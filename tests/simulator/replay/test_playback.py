"""A recording is played at its own pace, however it is asked for; copies, loops and ends."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from simulator.postponed import Rows
from simulator.replay.playback import Playback, PlaybackPlan
from simulator.replay.survey import survey
from simulator.replay.table import RecordingError

from .recordings import recording

START = 1_772_434_800_000
MINUTE = 60_000
UNEVEN = "time,device,a\n0,x,1.5\n60,x,2.5\n60,y,3.0\n90,x,\n240,x,4.5\n300,y,5.0\n"
Message = tuple[str, int, int, float]
Play = Callable[..., Playback]


@pytest.fixture
def play(tmp_path: Path) -> Play:
    """`play(content, loop=True)` opens a recording whose times are seconds."""

    def begin(content: str, **plan: Any) -> Playback:
        made = recording(tmp_path, content, time_format="s")
        found = survey(made, lambda *_: None)
        stamp = plan.pop("stamp", START)
        return Playback(made, found, PlaybackPlan(START, stamp, **plan))

    return begin


def told(playback: Playback, found: Iterator[Rows]) -> list[Message]:
    """Device, seq, seconds after the start, value of the first sensor."""
    return [
        (playback.ids[device], seq, (ts - START) / 1000, value)
        for rows in found
        for device, seq, ts, value in zip(
            rows.device.tolist(), rows.seq.tolist(), rows.ts.tolist(), rows.values[0].tolist(), strict=True
        )
    ]


ALL = [
    ("x", 0, 0, 1.5),
    ("x", 1, 60, 2.5),
    ("y", 0, 60, 3.0),
    ("x", 2, 240, 4.5),
    ("y", 1, 300, 5.0),
]


def test_it_is_played_by_differences_to_the_first_row(play: Play) -> None:
    playback = play(UNEVEN)

    assert told(playback, playback.rest()) == ALL
    assert not playback.running


@pytest.mark.parametrize("seconds", [1, 7, 61, 1000])
def test_the_pace_changes_nothing(play: Play, seconds: int) -> None:
    playback, paced, until = play(UNEVEN), [], START - 1
    while playback.running:
        until += seconds * 1000
        parts = told(playback, playback.due(until))
        assert all(START + t * 1000 <= until for _, _, t, _ in parts)
        paced += parts

    assert paced == ALL


def test_next_is_when_something_is_due(play: Play) -> None:
    playback = play(UNEVEN)
    list(playback.due(START + MINUTE))

    assert playback.next() == START + 4 * MINUTE


def test_times_may_be_kept(play: Play) -> None:
    playback = play(UNEVEN, stamp=5000)
    rows = next(playback.due(START))

    assert (rows.ts.tolist(), rows.at.tolist()) == ([5000], [START])


def test_an_end_cuts(play: Play) -> None:
    playback = play(UNEVEN, end=START + 240_000)

    assert told(playback, playback.rest()) == ALL[:3]


def test_a_loop_goes_on_with_the_seq_after_a_period(play: Play) -> None:
    """The period is (300 s × 2 devices) / 3 pairs."""
    playback = play(UNEVEN, loop=True, end=START + 800_000)

    assert told(playback, playback.rest()) == [
        *ALL,
        ("x", 3, 500, 1.5),
        ("x", 4, 560, 2.5),
        ("y", 2, 560, 3.0),
        ("x", 5, 740, 4.5),
    ]


def test_a_loop_never_ends(play: Play) -> None:
    playback = play(UNEVEN, loop=True)
    found = told(playback, playback.due(START + 50_000_000))

    assert playback.running
    assert [seq for name, seq, _, _ in found if name == "x"] == list(range(301))


def test_a_moment_cannot_be_looped(play: Play) -> None:
    with pytest.raises(RecordingError, match="--loop: no device has two readings at two moments"):
        play("time,a\n5,1\n", loop=True)


def test_copies_are_shifted_and_differ(play: Play) -> None:
    playback = play(UNEVEN, copies=10, vary=0.05)
    found = told(playback, playback.rest())
    by_copy = {name: [m for m in found if m[0] == name] for name in playback.ids}
    shifts = {by_copy[f"x-{copy:02d}"][0][2] for copy in range(1, 11)}

    assert len(found) == 10 * len(ALL)
    assert [t for _, _, t, _ in found] == sorted(t for _, _, t, _ in found)
    assert len(shifts) == 10
    assert all(0 <= shift < 200 for shift in shifts)
    for copy in range(1, 11):
        mine, (_, _, shift, _) = by_copy[f"x-{copy:02d}"], by_copy[f"x-{copy:02d}"][0]
        assert [t - shift for _, _, t, _ in mine] == pytest.approx([0, 60, 240])
        factors = [value / original for (*_, value), original in zip(mine, [1.5, 2.5, 4.5], strict=True)]
        assert factors == pytest.approx([factors[0]] * 3)
        assert 0.95 <= factors[0] <= 1.05


def test_aligned_copies_speak_at_once(play: Play) -> None:
    playback = play(UNEVEN, copies=3, spread=False)
    found = told(playback, playback.rest())

    assert found[:3] == [("x-1", 0, 0, 1.5), ("x-2", 0, 0, 1.5), ("x-3", 0, 0, 1.5)]


@pytest.mark.parametrize("seconds", [3, 50, 1000])
def test_the_pace_changes_nothing_for_copies(play: Play, seconds: int) -> None:
    plan = {"copies": 7, "vary": 0.1, "loop": True, "end": START + 1_000_000}
    whole, playback, paced, until = play(UNEVEN, **plan), play(UNEVEN, **plan), [], START - 1
    while playback.running:
        until += seconds * 1000
        paced += told(playback, playback.due(until))

    assert sorted(paced) == sorted(told(whole, whole.rest()))
    for name in playback.ids:
        assert [m[1] for m in paced if m[0] == name] == list(range(sum(m[0] == name for m in paced)))


def test_a_long_recording_is_never_whole_in_memory(play: Play) -> None:
    playback = play("time,a\n" + "".join(f"{t},{t % 10}\n" for t in range(20_000)))
    largest = max(len(playback._window.t) for _ in playback.rest())

    assert largest <= 10_000


def test_many_rows_of_one_moment_are_played_in_order(play: Play) -> None:
    playback = play("time,a\n" + "".join(f"7,{n}\n" for n in range(12_000)))
    found = told(playback, playback.rest())

    assert [(seq, value) for _, seq, _, value in found] == [(n, n) for n in range(12_000)]


def test_a_file_that_changes_meanwhile_is_seen(play: Play, tmp_path: Path) -> None:
    content = "time,device,sensor,value\n" + "".join(f"{t},x,a,1\n" for t in range(6000))
    playback = play(content)
    (tmp_path / "data.csv").write_text(content.replace("5900,x,a", "5900,x,b"))

    with pytest.raises(RecordingError, match="has changed since it was checked"):
        list(playback.rest())
