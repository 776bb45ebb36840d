"""Long lists of a result file, checked when they come in and unpacked when they are looked at."""

import json

import msgspec
import pytest

from reports.load import ResultError, decode
from reports.packed import arrivals, buckets, probes
from tests.reports import samples
from tests.reports.samples import row


def test_a_packed_list_is_read_back_whole() -> None:
    assert buckets(msgspec.Raw(b"[[1000,9],[9000,1]]")) == [(1000, 9), (9000, 1)]
    assert arrivals(msgspec.Raw(b"[[0.5, 3]]")) == [(0.5, 3)]
    assert probes(msgspec.Raw(b'[["r1w0",17,1000,512,9320]]')) == [("r1w0", 17, 1000, 512, 9320)]


BAD = {
    "arrivals": (
        samples.conformance(row("A-B-1", "PASS", arrivals=[[-1, 3]])),
        "rows[0]: arrivals: Expected float >= 0.0 at [0][0]",
    ),
    "buckets": (
        samples.load(hist={"bits": 7, "phases": {"0": {"deliver": [[1, -2]]}}}),
        "hist: phases['0']['deliver']: Expected int >= 0 at [0][1]",
    ),
    "heat": (
        samples.load(series={"step_s": 1, "t": [0], "heat": {"bits": 3, "rows": ["x"]}}),
        "series.heat: rows[0]: Expected array, got str",
    ),
    "events": (samples.load(events={"rows": [["s", 1, 2, 3]]}), "events: rows: Expected array of length 5"),
}


@pytest.mark.parametrize(("result", "message"), BAD.values(), ids=BAD)
def test_what_is_wrong_in_a_packed_list_is_told_with_its_place(result: samples.Json, message: str) -> None:
    with pytest.raises(ResultError) as caught:
        decode(json.dumps(result).encode())

    assert str(caught.value).lower().startswith(message.lower())


def test_a_row_without_arrivals_has_none() -> None:
    absences: list[samples.Json] = [{"arrivals": None}, {"arrivals": []}, {}]
    for absent in absences:
        plain = {key: value for key, value in row("A-B-1", "PASS").items() if key != "arrivals"}
        result = samples.a_conformance({**plain, **absent})

        assert result.rows[0].arrivals == []
