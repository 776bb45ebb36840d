"""The wheel: who is due, by numbers alone."""

from reference_server.heartbeat import Wheel


class Rider:
    """Somebody who was last written to at `wrote`."""

    def __init__(self, wrote: float = 0.0) -> None:
        self.wrote = wrote


def due(wheel: Wheel[Rider], until: float, start: float = 0.0) -> list[float]:
    """When somebody was due, each beat being a write."""
    beats = []
    for turn in range(1, round((until - start) / wheel.step) + 1):
        now = start + turn * wheel.step
        for rider in wheel.turn(now):
            rider.wrote = now
            beats.append(now)
    return beats


def test_a_silent_rider_is_due_within_each_interval() -> None:
    wheel: Wheel[Rider] = Wheel(16.0)
    wheel.add(Rider())

    assert due(wheel, until=61) == [15.0, 30.0, 45.0, 60.0]


def test_a_write_moves_the_beat() -> None:
    wheel: Wheel[Rider] = Wheel(16.0)
    rider = Rider()
    wheel.add(rider)
    due(wheel, until=10)
    rider.wrote = 10.0

    assert due(wheel, until=30, start=10) == [25.0]


def test_one_who_is_written_to_all_the_time_is_never_due() -> None:
    wheel: Wheel[Rider] = Wheel(16.0)
    rider = Rider()
    wheel.add(rider)
    beats = []
    for second in range(1, 100):
        rider.wrote = second - 0.5
        beats += wheel.turn(float(second))

    assert beats == []


def test_one_who_left_is_not_due() -> None:
    wheel: Wheel[Rider] = Wheel(16.0)
    rider = Rider()
    wheel.add(rider)
    wheel.discard(rider)
    wheel.discard(rider)

    assert due(wheel, until=40) == []


def test_late_turns_make_nobody_wait_for_another_round() -> None:
    wheel: Wheel[Rider] = Wheel(16.0)
    wheel.add(Rider())

    late = [bool(wheel.turn(turn * 1.5)) for turn in range(1, 16)]

    assert late == [False] * 14 + [True]
