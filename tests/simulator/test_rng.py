"""The random numbers are a format: pinned, and independent of everything but their coordinates."""

import numpy as np
import pytest

from simulator.rng import Keys, device_hash, normal, normal_cdf, u64, uniform

MASK = 2**64 - 1
ROOMS = ["room-101", "room-102"]


def splitmix(x: int) -> int:
    """SplitMix64 written apart from the code under test."""
    z = (x + 0x9E3779B97F4A7C15) & MASK
    z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & MASK
    z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & MASK
    return z ^ (z >> 31)


def finalise(x: int) -> int:
    return splitmix((x - 0x9E3779B97F4A7C15) & MASK)


def test_the_mixer_is_splitmix64() -> None:
    assert splitmix(1234567) == 6457827717110365317  # a published vector
    salt = splitmix(splitmix(42) ^ device_hash("co2.noise"))
    key = finalise((device_hash("room-101") * 0x9E3779B97F4A7C15 & MASK) ^ salt)

    assert int(Keys(42, ROOMS).stream("co2.noise")[0]) == key
    assert int(u64(Keys(42, ROOMS).stream("co2.noise"), 7)[0]) == finalise(key ^ splitmix(7))


def test_vectors_are_pinned() -> None:
    key = Keys(42, ROOMS).stream("co2.noise")

    assert device_hash("room-101") == 0xC50C641893CEB054
    assert key.tolist() == [0x4F2FBABCC2DB92F7, 0x98EB28B0E96F3B06]
    assert u64(key, 7).tolist() == [0x902E1825EB0CDD5C, 0x001897FBDB3F119B]
    assert u64(key, -1).tolist() == [0x74FFA63AB0F60C57, 0x397F46CB78F299ED]
    assert uniform(key, 7) == pytest.approx([0.5632033436368603, 0.0003752698787560238], abs=1e-15)
    assert normal(key, 7) == pytest.approx([0.15909225332747592, -3.355067210767738], abs=1e-8)


def test_steps_as_an_array_give_the_same_numbers() -> None:
    key = Keys(1, ROOMS).stream("a")
    table = u64(key[:, None], np.array([-5, 0, 7]))

    assert table.tolist() == np.stack([u64(key, step) for step in (-5, 0, 7)], axis=1).tolist()


def test_a_device_has_its_numbers_in_every_fleet() -> None:
    alone = normal(Keys(3, ["b"]).stream("x"), 9)

    assert normal(Keys(3, ["a", "b", "c"]).stream("x"), 9)[1] == alone[0]
    assert normal(Keys(3, ["c", "b"]).stream("x"), 9)[1] == alone[0]


def test_seeds_and_streams_differ() -> None:
    draws = {
        int(u64(Keys(seed, ["a"]).stream(name), 0)[0]) for seed in range(50) for name in ("x", "y", "xy")
    }

    assert len(draws) == 150


def test_uniform_fills_its_bins_evenly() -> None:
    key = Keys(5, [f"d{n}" for n in range(100)]).stream("u")
    counts = np.bincount((uniform(key[:, None], np.arange(1000)) * 64).astype(int).ravel(), minlength=64)
    chi2 = float(((counts - 1562.5) ** 2 / 1562.5).sum())

    assert 20 < chi2 < 127  # 63 degrees of freedom; each side is rarer than 1e-5


def test_normal_has_the_normal_law_and_no_memory() -> None:
    key = Keys(5, [f"d{n}" for n in range(100)]).stream("n")
    draws = normal(key[:, None], np.arange(2000))

    assert abs(draws.mean()) < 0.012
    assert draws.var() == pytest.approx(1, abs=0.02)
    assert (draws**4).mean() == pytest.approx(3, abs=0.12)
    assert abs((draws[:, 1:] * draws[:, :-1]).mean()) < 0.012
    assert abs((draws[1:] * draws[:-1]).mean()) < 0.012


def test_the_distribution_function_undoes_the_table() -> None:
    known = {-1.959964: 0.025, 0.0: 0.5, 1.0: 0.8413447, 2.575829: 0.995}

    assert normal_cdf(np.array(list(known))) == pytest.approx(list(known.values()), abs=1e-5)
