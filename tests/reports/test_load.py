"""Files that are results, and all that are not: each refused in one line."""

import gzip
import json
from pathlib import Path

import pytest

from reports.load import ResultError, decode, load, told_apart
from reports.load_schema import Load
from reports.schemas import Conformance, Fleet
from tests.reports import samples


@pytest.mark.parametrize(
    ("result", "record"),
    [(samples.conformance(), Conformance), (samples.load(), Load), (samples.fleet(), Fleet)],
    ids=["conformance", "load", "fleet"],
)
def test_each_schema_becomes_its_record(tmp_path: Path, result: samples.Json, record: type) -> None:
    assert type(load(samples.put(tmp_path, "a.json", result))) is record


def test_keys_of_a_later_version_are_ignored() -> None:
    assert samples.a_fleet(invented="tomorrow").url == "http://127.0.0.1:8000"


def test_a_name_that_ends_in_gz_is_unpacked(tmp_path: Path) -> None:
    path = tmp_path / "run.json.gz"
    path.write_bytes(gzip.compress(json.dumps(samples.load()).encode()))

    assert isinstance(load(path), Load)


def test_a_cut_off_gzip_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "run.json.gz"
    path.write_bytes(gzip.compress(json.dumps(samples.load()).encode())[:-9])

    with pytest.raises(ResultError, match=r"run\.json\.gz: not a complete gzip file"):
        load(path)


BAD = {
    "empty object": (b"{}", "object missing required field schema"),
    "array": (b"[]", "expected object, got array"),
    "truncated": (b'{"schema": "eventbahn-load/1", "run"', "is not JSON: Input data was truncated"),
    "not JSON": (b"<html>", "is not JSON: JSON is malformed: invalid character (byte 0)"),
    "not UTF-8": (b'{"schema": "eventbahn-fleet/1", "url": "\xff"}', "is not JSON: 'utf-8' codec"),
    "lone surrogate": (b'{"schema": "\\ud800", "started": ""}', "is not JSON: JSON is malformed"),
    "byte order mark": (b"\xef\xbb\xbf{}", "is not JSON"),
    "unknown schema": (
        b'{"schema": "eventbahn-load/9"}',
        "schema: 'eventbahn-load/9' is of another version of eventbahn; this one reads eventbahn-load/1",
    ),
    "schema no string": (b'{"schema": 1}', "schema: expected str, got int"),
    "deep": (b'{"schema": "eventbahn-load/1", "env": ' + b'{"a":' * 100_000, "is nested too deeply"),
    "key missing": (b'{"schema": "eventbahn-fleet/1"}', "object missing required field started"),
}


@pytest.mark.parametrize(("content", "message"), BAD.values(), ids=BAD)
def test_what_is_no_result_is_refused_with_its_place(content: bytes, message: str) -> None:
    with pytest.raises(ResultError) as caught:
        decode(content)

    assert str(caught.value).startswith(message)


WRONG = {
    "verdict": (
        samples.conformance(samples.row("A-B-1", "MAYBE")),
        "rows[0].verdict: invalid enum value 'MAYBE'",
    ),
    "huge count": (
        samples.fleet(devices={"a": samples.delivery(seen=10**30)}),
        "devices[...].seen: expected int <= 9007199254740992",
    ),
    "negative count": (
        samples.fleet(devices={"a": samples.delivery(seen=-1)}),
        "devices[...].seen: expected int >= 0",
    ),
    "exit code": (samples.fleet(exit_code=10**9), "exit_code: expected int <= 255"),
    "series of unequal length": (
        samples.load(series={"step_s": 1, "t": [0, 1], "deliveries": [1]}),
        "series: deliveries has 1 values where t has 2",
    ),
    "time runs back": (samples.load(series={"step_s": 1, "t": [1, 0]}), "series: t does not increase"),
    "phase runs back": (
        samples.load(samples.phase(0, 1, t=[5.0, 4.0])),
        "phases[0]: t ends before it begins",
    ),
}


@pytest.mark.parametrize(("result", "message"), WRONG.values(), ids=WRONG)
def test_a_wrong_value_is_named_with_its_key(result: samples.Json, message: str) -> None:
    with pytest.raises(ResultError) as caught:
        decode(json.dumps(result).encode())

    assert str(caught.value) == message


def test_a_number_beyond_all_floats_is_refused() -> None:
    with pytest.raises(ResultError, match="number out of range"):
        decode(b'{"schema": "eventbahn-fleet/1", "devices": {"a": 1e999}}')


def test_the_message_quotes_little_of_a_giant_string_and_nothing_that_acts(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_text(json.dumps({"schema": "\x1b[31m" + "a" * 100_000}))

    with pytest.raises(ResultError) as caught:
        load(path)

    assert len(str(caught.value)) < 600
    assert "\x1b" not in str(caught.value)


def test_a_folder_and_a_missing_file_are_told_apart(tmp_path: Path) -> None:
    with pytest.raises(ResultError, match="cannot be read: Is a directory"):
        load(tmp_path)
    with pytest.raises(ResultError, match="cannot be read: No such file or directory"):
        load(tmp_path / "none.json")


def test_an_empty_file_is_called_empty(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.touch()

    with pytest.raises(ResultError, match=r"a\.json: is empty"):
        load(path)


def test_what_is_larger_than_any_result_is_not_read_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("reports.load.MAX_BYTES", 2**20)
    path = tmp_path / "bomb.json.gz"
    path.write_bytes(gzip.compress(b" " * 2**22))

    with pytest.raises(ResultError, match="is larger than 1 MiB"):
        load(path)


NAMES = {
    "by their own names": (["x/a.json", "y/b.json"], ["a.json", "b.json"]),
    "by their folders": (
        ["main/r.json", "branch/r.json", "c.json"],
        ["main/r.json", "branch/r.json", "c.json"],
    ),
    "by as many as it takes": (["/a/x/r.json", "/b/x/r.json"], ["a/x/r.json", "b/x/r.json"]),
    "one has no folder": (["r.json", "x/r.json"], ["r.json", "x/r.json"]),
    "given again": (["x/r.json", "x/r.json"], ["r.json", "r.json (2)"]),
}


@pytest.mark.parametrize(("paths", "names"), NAMES.values(), ids=NAMES)
def test_no_two_files_go_by_one_name(paths: list[str], names: list[str]) -> None:
    assert told_apart([Path(path) for path in paths]) == names
