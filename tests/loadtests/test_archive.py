"""Result files: whole or not there."""

import gzip
import json
from pathlib import Path

import pytest

from loadtests._archive import prepare, save


def test_a_document_is_written_below_new_folders(tmp_path: Path) -> None:
    save({"a": [1, None]}, tmp_path / "new/folder/r.json")

    assert (tmp_path / "new/folder/r.json").read_text() == '{"a":[1,null]}'


def test_a_name_that_ends_in_gz_is_packed(tmp_path: Path) -> None:
    save({"a": 1}, tmp_path / "r.json.gz")

    assert json.loads(gzip.decompress((tmp_path / "r.json.gz").read_bytes())) == {"a": 1}


def test_a_document_that_is_no_json_leaves_the_old_file_alone(tmp_path: Path) -> None:
    (tmp_path / "r.json").write_text("old")

    with pytest.raises(ValueError, match="Out of range float"):
        save({"a": float("nan")}, tmp_path / "r.json")

    assert [(file.name, file.read_text()) for file in tmp_path.iterdir()] == [("r.json", "old")]


def test_what_cannot_be_written_is_known_before_the_run(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    prepare(tmp_path / "fine/r.json")
    with pytest.raises(OSError, match="directory"):
        prepare(tmp_path)
    with pytest.raises(OSError, match=r"File exists|Not a directory"):
        prepare(tmp_path / "file/r.json")

    assert sorted(path.name for path in tmp_path.rglob("*")) == ["file", "fine"]
