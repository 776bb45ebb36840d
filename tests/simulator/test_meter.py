"""Progress of long work: silent if it is short, else lines of plain text where there is no terminal."""

import pytest

from simulator import meter
from simulator.meter import Meter


def test_short_work_says_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    with Meter("counting", "sheep") as shown:
        for number in range(100):
            shown.show(number, number / 100)

    assert capsys.readouterr() == ("", "")


def test_long_work_tells_how_far_it_is(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(meter, "EVERY", -1.0)
    with Meter("counting", "sheep") as shown:
        shown.show(1_200_000, 0.34)

    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith("counting: 1,200,000 sheep, 34%, ")
