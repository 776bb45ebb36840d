"""Series of the fleet against figures of real records (targets.toml): the share of bands that they meet.

`make test` makes one record of weather, one of dust, and five of rooms and houses; `make soak` five of each.
"""

import pytest

from .realism import SEEDS, TARGETS, Judged, judged, shares

RECORDS = tuple(name for name in TARGETS if name != "bands")

# What is asked of a record by itself, of all together 95 %. What is missed, and why: docs/models.md.
LEAST = {"jena": 0.95, "office": 0.84, "household": 0.95, "beijing": 0.85}


def share(bands: list[Judged]) -> float:
    return sum(each.ok for each in bands) / len(bands)


def told(name: str, bands: list[Judged]) -> str:
    missed = [
        f"{name} {each.series} {each.figure}: {each.found:.3g} is not in {each.low:.3g} … {each.high:.3g}"
        for each in bands
        if not each.ok
    ]
    return "\n".join([*(f"{name:<9} {line}" for line in shares(bands)), *missed])


@pytest.mark.parametrize("name", RECORDS)
def test_series_are_like_real_ones(name: str) -> None:
    bands = list(judged(name, SEEDS[:1]))
    print(told(name, bands))

    assert share(bands) >= LEAST[name]


@pytest.mark.soak
@pytest.mark.timeout(900)
def test_nineteen_bands_of_twenty_are_met(capsys: pytest.CaptureFixture[str]) -> None:
    found = {name: list(judged(name)) for name in RECORDS}
    everything = [each for bands in found.values() for each in bands]
    with capsys.disabled():
        print(
            "",
            *(told(name, bands) for name, bands in found.items()),
            f"all {share(everything):.1%}",
            sep="\n",
        )

    assert {name: share(bands) >= LEAST[name] for name, bands in found.items()} == dict.fromkeys(
        RECORDS, True
    )
    assert share(everything) >= 0.95
