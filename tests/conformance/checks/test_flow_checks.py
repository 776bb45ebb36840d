"""FLOW judges literal captures; what is correct and unusual is not accused."""

import zlib
from dataclasses import replace

import pytest

from conformance.captures.compression import Compressed
from conformance.captures.crowd import Crowd
from conformance.captures.fanout import Fanout
from conformance.captures.lasting import Held
from conformance.captures.promptness import Pair, Promptness, Single
from conformance.captures.stall import Slow, Stall
from conformance.checks import test_flow
from conformance.checks.coding import CodingError, codings, decodable, plain
from conformance.reading import Reading
from conformance.target import Target, loads
from conformance.verdict import Unjudged, Verdict
from tests.conformance.checks.test_checks import PROMISES, head
from tests.conformance.test_reading import CLOSED, reading

STREAM = reading(CLOSED, b"id: 1\ndata: x\n\n")
CURSOR = '[cursor]\nunknown = "signal"\nsignal = { event = "reset" }\n'
BEATING = '[heartbeat]\ninterval = "0.3s"\n'


def target(more: str = "") -> Target:
    return loads(PROMISES + more, {})


def prompt(*lags: float | None, pushed: bool = False) -> tuple[Single, ...]:
    """Events that came so long after they were asked for."""
    return tuple(Single(1.0, None if lag is None else 1.0 + lag, pushed) for lag in lags)


@pytest.mark.parametrize(
    ("singles", "expected"),
    {
        "at once": (prompt(0.01, 0.02, 0.01), "PASS"),
        "one late of three": (prompt(0.01, 2.0, 0.01), "PASS"),
        "late": (prompt(0.6, 0.7, 0.01), "FAIL"),
        "never": (prompt(None, None, None), "FAIL"),
        "with the next heartbeat": (prompt(0.3, 0.28, 0.3, pushed=True), "FAIL"),
        "with padding behind each": (prompt(0.01, 0.02, 0.01, pushed=True), "PASS"),
        "slow, by itself": (prompt(0.3, 0.3, 0.3), "PASS"),
    }.values(),
)
def test_promptness(singles: tuple[Single, ...], expected: str) -> None:
    found = test_flow.test_an_event_comes_without_traffic_behind_it(Promptness(STREAM, singles), target())

    assert found.verdict == expected


def test_a_publisher_that_must_wait_for_its_turn_is_no_delay() -> None:
    slow = '[publish]\ndriver = "http"\nrequest = { path = "/", body = "{data}" }\nmax_rate = 1\n'

    captured = Promptness(STREAM, prompt(1.2, 1.2, 1.2))
    assert test_flow.test_an_event_comes_without_traffic_behind_it(captured, target(slow)).verdict == "PASS"


def encoded(name: str, *pieces: bytes) -> Reading:
    """A stream with that coding, a piece a second."""
    return reading(f"HTTP/1.1 200 OK\r\nContent-Encoding: {name}\r\n\r\n".encode(), *pieces)


def flushed(window: int, *texts: bytes) -> list[bytes]:
    deflate = zlib.compressobj(wbits=window)
    return [deflate.compress(text) + deflate.flush(zlib.Z_SYNC_FLUSH) for text in texts]


@pytest.mark.parametrize(
    ("name", "window"), [("gzip", 31), ("X-GZIP", 31), ("deflate", 15), ("deflate", -15)]
)
def test_a_coding_is_undone_piece_by_piece(name: str, window: int) -> None:
    text = plain(encoded(name, *flushed(window, b"data: 1\n\n", b"data: 2\n\n")))

    assert [(event.data, text.dispatched(event)) for event in text.events] == [("1", 2.0), ("2", 3.0)]


def test_members_of_gzip_follow_one_another() -> None:
    members = [zlib.compress(text, wbits=31) for text in (b"data: 1\n\n", b"data: 2\n\n")]

    assert [event.data for event in plain(encoded("gzip", b"".join(members))).events] == ["1", "2"]


def test_a_body_that_is_not_what_its_coding_says() -> None:
    with pytest.raises(CodingError):
        plain(encoded("gzip", b"data: 1\n\n"))


@pytest.mark.parametrize(
    ("name", "known"), [("none", True), ("identity", True), ("dcb", False), ("gzip, br", False)]
)
def test_what_can_be_read_here(name: str, known: bool) -> None:
    assert decodable(encoded(name)) is known


def test_a_coding_that_nobody_knows_is_taken_for_none() -> None:
    assert codings(encoded("none")) == ["none"]
    assert plain(encoded("none", b"data: 1\n\n")).events[0].data == "1"


ON_TIME, LATE = prompt(0.01, 0.01, 0.01), prompt(None, None, None)


@pytest.mark.parametrize(
    ("compressed", "more", "expected"),
    {
        "no coding": (Compressed(STREAM, (), STREAM, "", ON_TIME), "", "PASS"),
        "flushed": (Compressed(STREAM, ("gzip",), STREAM, "", ON_TIME, beaten=True), BEATING, "PASS"),
        "heartbeats held back": (
            Compressed(STREAM, ("gzip",), STREAM, "", ON_TIME, beaten=False),
            BEATING,
            "FAIL",
        ),
        "held back": (Compressed(STREAM, ("gzip",), STREAM, "", LATE), "", "FAIL"),
        "not gzip": (Compressed(STREAM, ("gzip",), None, "incorrect header check"), "", "FAIL"),
        "unreadable, in time": (Compressed(STREAM, ("zstd",), None, "", ON_TIME), "", "PASS"),
        "unreadable, with heartbeats": (
            Compressed(STREAM, ("zstd",), None, "", ON_TIME),
            BEATING,
            "INCONCLUSIVE",
        ),
        "unreadable, and nothing came": (Compressed(STREAM, ("zstd",), None, "", LATE), BEATING, "FAIL"),
    }.values(),
)
def test_compression(compressed: Compressed, more: str, expected: str) -> None:
    assert test_flow.test_compression_holds_nothing_back(compressed, target(more)).verdict == expected


@pytest.mark.parametrize(
    ("plainly", "offered", "expected"),
    {
        "none at all": ([], [], "PASS"),
        "gzip when offered": ([], ["Content-Encoding: gzip"], "PASS"),
        "identity, spelt out": (["Content-Encoding: identity"], [], "PASS"),
        "a made-up coding": ([], ["Content-Encoding: none"], "FAIL"),
        "gzip against the request": (["Content-Encoding: gzip"], [], "FAIL"),
    }.values(),
)
def test_codings(plainly: list[str], offered: list[str], expected: str) -> None:
    found = test_flow.test_codings_are_honoured_and_registered(head(*plainly), head(*offered))

    assert found.verdict == expected


@pytest.mark.parametrize(
    ("got", "more", "expected"),
    {
        "all alike": (["abc", "abc", "abc"], "", "PASS"),
        "nobody got the last": (["ab", "ab", "ab"], "", "PASS"),
        "one lacks one": (["abc", "abc", "ac"], "", "FAIL"),
        "shared": (["a", "b", "c"], "", "FAIL"),
        "another order": (["abc", "acb", "abc"], "", "FAIL"),
        "one twice": (["abc", "abbc", "abc"], "", "FAIL"),
        "nearly nothing": (["a", "a", ""], "", "INCONCLUSIVE"),
        "a loss that is declared": (["abc", "ab", "abc"], f'{CURSOR}delivery = "at-most-once"\n', "INFO"),
    }.values(),
)
def test_fan_out(got: list[str], more: str, expected: str) -> None:
    captured = Fanout(tuple("abc"), (STREAM,) * 3, tuple(tuple(one) for one in got))

    assert test_flow.test_every_reader_gets_every_event(captured, target(more)).verdict == expected


@pytest.mark.parametrize(
    ("crowd", "expected"),
    {
        "all": (Crowd(3, 3, (0.01, 0.02, 0.03), None), "PASS"),
        "one refused": (Crowd(3, 2, (0.01, 0.02), STREAM), "FAIL"),
        "one without": (Crowd(3, 3, (0.01, 0.02), STREAM), "FAIL"),
        "one late": (Crowd(3, 3, (0.01, 0.02, 0.7), None), "FAIL"),
    }.values(),
)
def test_a_crowd(crowd: Crowd, expected: str) -> None:
    assert test_flow.test_many_streams_at_once(crowd, target()).verdict == expected


def pair(spacing: float, apart: float | None) -> Pair:
    """Two events, asked for and come so many seconds apart."""
    return Single(1.0, 1.01), Single(1.0 + spacing, None if apart is None else 1.01 + apart)


@pytest.mark.parametrize(
    ("twos", "expected"),
    {
        "at once": ([pair(0.003, 0.003)] * 3, "PASS"),
        "at once at last": ([pair(0.05, 0.05)] * 9 + [pair(0.003, 0.02)] * 3, "PASS"),
        "slowly published, and no later": ([pair(0.019, 0.03)] * 7, "PASS"),
        "plateau": ([pair(0.003, 0.041)] * 24, "FAIL"),
        "plateau, but for a few": ([pair(0.003, 0.041)] * 22 + [pair(0.003, 0.003)] * 2, "FAIL"),
        "published too slowly to say": ([pair(0.05, 0.05)] * 24, "INCONCLUSIVE"),
        "few for a stranger": ([pair(0.003, 0.003)] * 3, "PASS"),
        "none came": ([pair(0.003, None)] * 24, "INCONCLUSIVE"),
    }.values(),
)
def test_a_plateau(twos: list[Pair], expected: str) -> None:
    captured = Promptness(STREAM, (), tuple(twos))

    assert test_flow.test_no_plateau_of_delayed_acknowledgements(captured).verdict == expected


def slow(*got: int, told: bool = False, cut: bool = False) -> Slow:
    return Slow(STREAM, got, tuple(range(len(got))), told, cut)


STALL = Stall(
    STREAM, (0.01,) * 3, (0.02,) * 4, "", slow(0, 1, 2, 3), slow(0, 1, cut=True), slow(2, 3), 5.0, 4096
)


@pytest.mark.parametrize(
    ("stall", "expected"),
    {
        "in time": (STALL, "PASS"),
        "two strays": (replace(STALL, lags=(0.9, 0.9, 0.1, 0.1)), "PASS"),
        "late": (replace(STALL, lags=(0.9, 0.9, 0.9, 0.1)), "FAIL"),
        "lost": (replace(STALL, lags=(0.1, None, 0.1, 0.1)), "FAIL"),
        "publishing hangs": (replace(STALL, refused="ReadTimeout"), "FAIL"),
        "late before": (replace(STALL, controls=(0.9, 0.9, 0.9), lags=(0.9,) * 4), "INCONCLUSIVE"),
        "lost before": (replace(STALL, controls=(0.1, None, 0.1)), "INCONCLUSIVE"),
    }.values(),
)
def test_a_stalled_reader_and_the_others(stall: Stall, expected: str) -> None:
    assert test_flow.test_a_stalled_reader_delays_nobody(stall, target()).verdict == expected


DROP = '[limits]\nslow_reader = { policy = "drop", after = "3s" }\n'
KEPT = replace(STALL, sleeper=slow(0, 1, 2, 3))


@pytest.mark.parametrize(
    ("stall", "more", "expected"),
    {
        "cut off": (STALL, "", "PASS"),
        "a queue with an end": (replace(STALL, sleeper=slow(0, 3)), "", "PASS"),
        "kept, and nothing declared": (KEPT, "", "INCONCLUSIVE"),
        "kept, against its word": (KEPT, DROP, "FAIL"),
    }.values(),
)
def test_what_a_stalled_reader_costs(stall: Stall, more: str, expected: str) -> None:
    assert test_flow.test_a_stalled_reader_is_bounded(stall, target(more)).verdict == expected


def test_a_cut_that_is_minutes_away_is_waited_for_when_there_is_time() -> None:
    with pytest.raises(Unjudged, match="needs-slow") as unjudged:
        test_flow.test_a_stalled_reader_is_bounded(KEPT, target(DROP.replace("3s", "30s")))

    assert unjudged.value.judgement.verdict is Verdict.SKIP


@pytest.mark.parametrize(
    ("stall", "more", "expected"),
    {
        "resumed": (STALL, "", "PASS"),
        "never cut": (KEPT, "", "PASS"),
        "told when it came back": (replace(STALL, back=slow(told=True)), "", "PASS"),
        "told in the stream": (replace(KEPT, laggard=slow(0, 3, told=True)), "", "PASS"),
        "the laggard lacks some": (replace(STALL, laggard=slow(0, 3)), "", "FAIL"),
        "the first are missing": (replace(STALL, laggard=slow(2, 3)), "", "FAIL"),
        "a gap before the cut": (replace(STALL, sleeper=slow(0, 2, cut=True)), "", "FAIL"),
        "a gap after it": (replace(STALL, back=slow(3)), "", "FAIL"),
        "nothing after it": (replace(STALL, back=slow()), "", "FAIL"),
        "no id to come back with": (replace(STALL, back=None), "", "INCONCLUSIVE"),
        "a loss that is declared": (
            replace(STALL, laggard=slow(0, 3)),
            f'{CURSOR}delivery = "at-most-once"\n',
            "INFO",
        ),
    }.values(),
)
def test_gaps_of_slow_readers(stall: Stall, more: str, expected: str) -> None:
    assert test_flow.test_a_slow_reader_has_no_silent_gap(stall, target(more)).verdict == expected


@pytest.mark.parametrize(
    ("held", "expected"),
    {
        "alive": (Held(busy=False, due=65, lived=65.1, heard=True, reading=STREAM), "PASS"),
        "alive, unheard of": (Held(busy=False, due=65, lived=65.1, heard=None, reading=STREAM), "PASS"),
        "ended": (Held(busy=True, due=65, lived=60.0, heard=None, reading=STREAM), "FAIL"),
        "deaf": (Held(busy=False, due=65, lived=65.1, heard=False, reading=STREAM), "FAIL"),
    }.values(),
)
def test_streams_that_last(held: Held, expected: str) -> None:
    assert test_flow.test_streams_live_past_timers((held,)).verdict == expected
