"""Motor and bearing, pump and tank: shifts, heat, wear; hydraulics; and what goes wrong with them."""

from typing import Any

import numpy as np
import pytest

from simulator.models.bearing import RATE, Race, waveform
from simulator.models.pump_tank import PumpTank
from simulator.models.rotating_machine import RotatingMachine
from simulator.rng import Floats, Keys

from .places import MONDAY, Faulty, days, made

SATURDAY = MONDAY + 5
NOON = MONDAY * 86400 + 11 * 3600


def figures(wave: Floats) -> tuple[float, float, float]:
    """rms, kurtosis and crest factor."""
    wave = wave - wave.mean()
    rms = float(np.sqrt((wave**2).mean()))
    return rms, float((wave**4).mean() / rms**4), float(np.abs(wave).max() / rms)


def bursts(race: Race, damage: float) -> tuple[float, float, float]:
    key = Keys(5, ["motor"]).stream("waveform")
    made = [figures(waveform(key, b, 12_000, rpm=1797, damage=damage, race=race)) for b in range(10)]
    rms, kurtosis, crest = np.mean(made, axis=0).tolist()
    return rms, kurtosis, crest


@pytest.mark.parametrize(
    ("race", "damage", "rms", "kurtosis", "crest"),
    {
        "sound": ("inner", 0.0, 0.073, 2.78, 4.33),
        "inner race": ("inner", 1.0, 0.291, 5.40, 5.97),
        "outer race": ("outer", 1.0, 0.669, 7.65, 5.43),
        "ball": ("ball", 1.0, 0.139, 2.97, 4.38),
    }.values(),
    ids=["sound", "inner race", "outer race", "ball"],
)
def test_a_waveform_is_like_the_bearings_of_cwru(
    race: Race, damage: float, rms: float, kurtosis: float, crest: float
) -> None:
    """Figures of the 0.007 inch records at 1797/min, drive end."""
    found = bursts(race, damage)

    assert found[0] == pytest.approx(rms, rel=0.25)
    assert found[1] == pytest.approx(kurtosis, rel=0.25)
    assert found[2] == pytest.approx(crest, rel=0.3)


@pytest.mark.parametrize(("race", "hertz"), [("inner", 162.2), ("outer", 107.3)])
def test_the_envelope_shows_the_defect_frequency(race: Race, hertz: float) -> None:
    key = Keys(5, ["motor"]).stream("waveform")
    wave = waveform(key, 0, 24_000, rpm=1797, damage=1.0, race=race)
    envelope = np.convolve(np.abs(wave), np.ones(12) / 12, "same")
    spectrum = np.abs(np.fft.rfft((envelope - envelope.mean()) * np.hanning(len(wave))))
    f = np.fft.rfftfreq(len(wave), 1 / RATE)
    band = (f > 60) & (f < 200)

    assert f[band][spectrum[band].argmax()] == pytest.approx(hertz, rel=0.02)


def test_a_waveform_is_the_same_again() -> None:
    key = Keys(5, ["motor"]).stream("waveform")
    first, second, third = (
        waveform(key, burst, 512, rpm=1500, damage=0.5, race="outer") for burst in (7, 7, 8)
    )

    assert np.array_equal(first, second)
    assert not np.array_equal(first, third)


def test_motors_run_in_shifts_on_working_days() -> None:
    work, rest = (days(made(RotatingMachine, 6), first=day)["speed"] for day in (MONDAY, SATURDAY))

    assert (work[:, 8 * 60 : 16 * 60] > 0).all()
    assert (work[:, : 4 * 60] == 0).all()
    assert (rest == 0).all()


def test_a_winding_follows_its_load() -> None:
    read = days(made(RotatingMachine, 6))

    assert (read["t_winding"][:, 15 * 60] > read["t_winding"][:, 4 * 60] + 5).all()
    assert np.abs(np.diff(read["t_winding"], axis=1)).max() < 3


def test_a_worn_bearing_is_heard() -> None:
    sound, spalled = made(RotatingMachine, 6), made(RotatingMachine, 6)
    spalled.upsets = Faulty("bearing", NOON, NOON + 7200)
    before, after = (days(model)["vel_rms"][:, 11 * 60 : 13 * 60].mean(axis=1) for model in (sound, spalled))

    assert (after > 2.5 * before).all()


def test_water_is_kept() -> None:
    model: Any = made(PumpTank, 8)
    read = days(model)
    change = (read["level"][:, -1] - read["level"][:, 0]) * model._area
    flowed = (read["q"] - read["demand"])[:, :-1].sum(axis=1) / 60

    assert change == pytest.approx(flowed, abs=0.9)  # m3 of some 270: at night the last step overshoots
    assert ((read["level"] > 0.25 * 4) & (read["level"] <= 0.83 * 4)).all()


def test_a_pump_starts_low_and_stops_high() -> None:
    read = days(made(PumpTank, 8))
    by_day = slice(0, 19 * 60)
    starts = np.diff(read["running"][:, by_day], axis=1)
    level = read["level"][:, by_day][:, 1:]

    assert level[starts > 0] == pytest.approx(0.3 * 4, abs=0.1)
    assert level[starts < 0] == pytest.approx(0.8 * 4, abs=0.1)


@pytest.mark.parametrize("kind", ["cavitation", "leak", "blocked_filter"])
def test_upsets_of_a_pump(kind: str) -> None:
    calm, upset = made(PumpTank, 8), made(PumpTank, 8)
    upset.upsets = Faulty(kind, NOON, NOON + 4 * 3600)
    before, after = (
        {name: read[:, 11 * 60 : 15 * 60] for name, read in days(model).items()} for model in (calm, upset)
    )

    match kind:
        case "leak":
            assert after["running"].mean() > before["running"].mean()
            assert np.array_equal(after["demand"], before["demand"])
        case "cavitation":
            assert after["q"].max() == pytest.approx(0.88 * before["q"].max(), rel=0.01)
            rough = [np.diff(each["p_out"][each["q"] > 0]).std() for each in (before, after)]
            assert rough[1] > rough[0]
        case _:
            assert after["q"].max() == pytest.approx(0.5 * before["q"].max(), rel=0.01)
