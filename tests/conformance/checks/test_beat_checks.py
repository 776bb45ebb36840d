"""BEAT judges literal captures; what is correct and unusual is not accused."""

import time

import pytest

from conformance.captures.echo import TICK_SECONDS, Echo
from conformance.captures.load import Load
from conformance.captures.quiet import Quiet, beats_of
from conformance.captures.straddle import Straddle
from conformance.checks import test_beat
from conformance.checks.bodies import Bodies
from conformance.target import Target, loads
from conformance.wire import Wire
from tests.conformance.checks.test_checks import BEATING
from tests.conformance.test_reading import CLOSED, reading

TARGET: Target = loads(BEATING, {})  # a beat a second
LINES = "straddle-0-0.xxx\nstraddle-0-1.xxx"
WHOLE = b"data: straddle-0-0.xxx\ndata: straddle-0-1.xxx\n\n"


def quiet(*pieces: bytes, pulse: tuple[float, ...] = (), lasted: float = 10.0, noise: float = 0.0) -> Quiet:
    capture = reading(CLOSED, *pieces)
    beats = beats_of(capture, TARGET)
    return Quiet(capture, beats, 1.0, 3.0, intervals=10, pulse=pulse, lasted=lasted, noise=noise)


@pytest.mark.parametrize(
    ("beat", "body", "expected"),
    {
        "between events": (b":\n\n", b":\n\n" + WHOLE + b":\n\n", "PASS"),
        "in front of an event, in its block": (b":\n", b":\n" + WHOLE, "PASS"),
        "a comment of the publisher's": (b": beat\n\n", WHOLE.replace(b"\n", b"\n: note\n", 1), "PASS"),
        "a comment like it in every event": (
            b":\n\n",
            b"id: 1\n:\n" + WHOLE + b"id: 2\n:\ndata: x\n\n",
            "PASS",
        ),
        "between two lines": (b": beat\n\n", b"data: y\n\n" + WHOLE.replace(b"\n", b"\n: beat\n", 1), "FAIL"),
        "with its blank line": (b":\n\n", WHOLE.replace(b"\n", b"\n:\n\n", 1), "FAIL"),
        "in a line": (b":\n\n", b"data: straddle-0-0.x:\n\nxx\ndata: straddle-0-1.xxx\n\n", "FAIL"),
        "an event, in a line": (
            b"event: beat\ndata: 1\n\n",
            b"data: straddle-0-0.xevent: beat\ndata: 1\n\nxx\ndata: straddle-0-1.xxx\n\n",
            "FAIL",
        ),
        "torn by something else": (b":\n\n", WHOLE.replace(b"\n", b"\n\n", 1), "INCONCLUSIVE"),
    }.values(),
)
def test_where_heartbeats_fall(beat: bytes, body: bytes, expected: str) -> None:
    capture = reading(CLOSED, body)
    whole = LINES in [event.data for event in capture.events]

    straddle = Straddle(capture, (LINES,), (whole,), 1.6)
    found = test_beat.test_between_events_only(quiet(beat, beat), Bodies((capture,)), straddle)
    assert found.verdict == expected


def test_a_heartbeat_that_does_not_end_its_line() -> None:
    capture = reading(CLOSED, WHOLE)

    found = test_beat.test_between_events_only(
        quiet(b":", b":"), Bodies((capture,)), Straddle(capture, (LINES,), (True,), 1.6)
    )
    assert (found.verdict, found.observed) == ("FAIL", '"::\\n", and no line end after it')


def test_without_heartbeats_nothing_is_said() -> None:
    capture = reading(CLOSED, WHOLE)

    found = test_beat.test_between_events_only(
        quiet(), Bodies((capture,)), Straddle(capture, (LINES,), (True,), 1.6)
    )
    assert found.verdict == "INCONCLUSIVE"


@pytest.mark.parametrize(
    ("pulse", "lasted", "expected"),
    {
        "to the end": ((0.0, 1.0, 2.0, 3.0, 4.0), 5.0, "PASS"),
        "a little late": ((0.0, 1.9, 2.9, 3.9), 5.0, "PASS"),
        "five, then silence": ((0.0, 1.0, 2.0, 3.0, 4.0, 5.0), 10.0, "FAIL"),
        "a hiccup is no end": ((0.0, 1.0, 2.0, 5.0, 6.0), 7.0, "PASS"),
    }.values(),
)
def test_heartbeats_go_on(pulse: tuple[float, ...], lasted: float, expected: str) -> None:
    found = test_beat.test_goes_on(quiet(b":\n\n", b":\n\n", pulse=pulse, lasted=lasted), TARGET)

    assert (found.verdict, found.declared) == (expected, expected == "FAIL")


@pytest.mark.parametrize(
    ("pulse", "noise", "expected"),
    {
        "regular": ((0.0, 1.0, 2.0, 3.0, 4.0), 0.01, "PASS"),
        "one stray": ((0.0, 1.0, 2.9, 3.9, 4.9), 0.01, "PASS"),
        "two strays": ((0.0, 1.0, 2.9, 4.8, 5.8), 0.01, "FAIL"),
        "two strays, as late as our own": ((0.0, 1.0, 2.6, 4.2, 5.2), 0.2, "PASS"),
        "two strays, on a machine that is too busy": ((0.0, 1.0, 4.0, 7.0, 8.0, 9.0), 0.6, "INCONCLUSIVE"),
        "half the rate, on such a machine": ((0.0, 2.0, 4.0, 6.0, 8.0), 0.6, "FAIL"),
        "early": ((0.0, 0.5, 1.0, 1.5), 0.01, "PASS"),
        "too few": ((0.0, 1.0, 2.0), 0.01, "INCONCLUSIVE"),
    }.values(),
)
def test_rhythm(pulse: tuple[float, ...], noise: float, expected: str) -> None:
    found = test_beat.test_is_regular(quiet(b":\n\n", b":\n\n", pulse=pulse, noise=noise), None, TARGET)

    assert found.verdict == expected


@pytest.mark.parametrize(
    ("load", "said"),
    [
        (Load(1.5, 1.8, 1 << 20), ", 1.250 s while an event of 1024 KiB was sent"),
        (Load(8.0, 9.0, 1 << 20), ", none of them during an event of 1024 KiB"),
    ],
    ids=["meanwhile", "afterwards"],
)
def test_rhythm_under_load_is_told(load: Load, said: str) -> None:
    found = test_beat.test_is_regular(quiet(b":\n\n", b":\n\n", pulse=(0.0, 1.0, 2.25, 3.25)), load, TARGET)

    assert said in found.observed


def test_an_echo_tells_how_late_things_come_here() -> None:
    with Wire() as wire, Echo(wire) as echo:
        wire.wait(lambda: True if echo.latest else None, 10 + TICK_SECONDS)
        late = echo.latest

    assert 0 < late < 10


def test_an_echo_sees_a_capture_that_stands_still() -> None:
    with Wire() as wire, Echo(wire) as echo:
        wire.wait(lambda: True if echo.latest else None, 10)
        with wire._watched:  # the capture thread waits for it
            time.sleep(0.3)
        wire.wait(lambda: True if echo.latest > 0.2 else None, 10)

        assert echo.latest > 0.2
