"""What is said about a receiver that is away."""

import pytest

from simulator.outage import Outage, UndeliverableError


def test_it_is_said_at_once_and_once() -> None:
    said: list[str] = []
    outage = Outage("http://x", 60.0, said.append)

    assert [outage.failed("503", now) for now in (0.0, 1.0, 2.0)] == [60.0, 59.0, 58.0]
    assert said == ["http://x: 503; trying again for up to 60 s"]
    assert outage.reason == "503"


def test_its_end_is_said_when_it_was_long() -> None:
    said: list[str] = []
    outage = Outage("http://x", 60.0, said.append)
    outage.failed("503", 0.0)
    outage.over(31.0)

    assert said[1:] == ["http://x: taking messages again after 31 s"]
    assert outage.reason == ""


def test_a_receiver_that_flickers_fills_no_screen() -> None:
    said: list[str] = []
    outage = Outage("http://x", 60.0, said.append)
    for now in range(12):
        outage.failed("503", now)
        outage.over(now + 0.5)

    assert len(said) == 2


def test_it_gives_up_in_time() -> None:
    outage = Outage("http://x", 60.0, lambda _: None)
    outage.failed("503", 0.0)

    with pytest.raises(UndeliverableError, match=r"http://x: 503, for 60 s; gave up"):
        outage.failed("503", 60.0)


def test_a_success_starts_the_patience_anew() -> None:
    outage = Outage("http://x", 60.0, lambda _: None)
    outage.failed("503", 0.0)
    outage.over(59.0)

    assert outage.failed("503", 100.0) == 60.0
