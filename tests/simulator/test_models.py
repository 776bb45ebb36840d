"""What holds for every model: declared outputs, plausible values, random access, and no seam at midnight."""

import numpy as np
import pytest

from simulator.models.catalogue import MODELS
from simulator.models.model import Model
from simulator.process import DAY, Process
from simulator.rng import Floats

from .places import BERLIN, MONDAY, days, made

JULY = MONDAY + 133
EACH = pytest.mark.parametrize("model", MODELS.values(), ids=MODELS)
SUDDEN = {  # what is switched may also be switched at midnight
    "running", "door", "compressor", "power", "current", "q", "p_out", "voltage", "wind_from", "frequency",
}  # fmt: skip # words, not entries


@EACH
def test_outputs_are_those_declared_and_plausible(model: type[Model]) -> None:
    for day in (MONDAY, JULY):
        read = days(made(model, 25), first=day, dt=600)

        assert list(read) == list(model.outputs)
        for name, output in model.outputs.items():
            assert np.isfinite(read[name]).all(), name
            assert output.low <= read[name].min() <= read[name].max() <= output.high, name
            assert output.unit
            assert output.about


@EACH
def test_it_is_documented(model: type[Model]) -> None:
    assert model.__doc__
    assert model.about
    for param in model.params.values():
        least, most = param.default.bounds()
        assert param.about
        assert param.low <= least <= most <= param.high


@EACH
def test_a_device_is_the_same_in_a_larger_fleet(model: type[Model]) -> None:
    few, many = (Process(made(model, count), BERLIN, 60).begin_day(MONDAY) for count in (3, 8))

    assert all(np.array_equal(few[name], many[name][:3]) for name in few)


def afternoon(process: Process) -> dict[str, Floats]:
    process.begin_day(MONDAY + 1)
    for _ in range(13 * 6):
        process.advance()
    return process.advance()


@EACH
def test_a_moment_is_the_same_with_or_without_what_came_before(model: type[Model]) -> None:
    through = Process(made(model, 4), BERLIN, 600)
    through.begin_day(MONDAY)
    for _ in range(DAY // 600 - 1):
        through.advance()
    fresh, continued = afternoon(Process(made(model, 4), BERLIN, 600)), afternoon(through)

    assert all(np.array_equal(fresh[name], continued[name]) for name in fresh)


@EACH
def test_the_new_start_at_midnight_leaves_no_step(model: type[Model]) -> None:
    read = days(made(model, 12), 3)
    for name in set(read) - SUDDEN:
        steps = np.abs(np.diff(read[name], axis=1))
        seams = steps[:, DAY // 60 - 1 :: DAY // 60]

        assert seams.max() <= np.quantile(steps, 0.998) * 1.5 + 1e-9, name
