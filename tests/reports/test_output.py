"""A file is replaced whole, or stays as it was."""

from pathlib import Path

import pytest

from reports.output import write


def test_a_file_is_replaced_whole(tmp_path: Path) -> None:
    path = tmp_path / "page.html"
    path.write_text("old")

    write(path, "new é")

    assert path.read_bytes() == "new é".encode()
    assert list(tmp_path.iterdir()) == [path]


def test_what_fails_leaves_the_old_file_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(fd: int) -> None:
        raise OSError(28, "No space left on device")

    path = tmp_path / "page.html"
    path.write_text("old")
    monkeypatch.setattr("os.fsync", full)

    with pytest.raises(OSError, match="No space left"):
        write(path, "new")

    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "site").mkdir()
    link = tmp_path / "page.html"
    link.symlink_to(tmp_path / "site" / "page.html")

    write(link, "new")

    assert link.is_symlink()
    assert (tmp_path / "site" / "page.html").read_text() == "new"


def test_the_page_is_readable_by_others_as_any_file_is(tmp_path: Path) -> None:
    write(tmp_path / "page.html", "new")
    (tmp_path / "any").touch()

    assert (tmp_path / "page.html").stat().st_mode == (tmp_path / "any").stat().st_mode
