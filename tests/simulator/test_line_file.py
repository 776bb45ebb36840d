"""Whole lines, or nothing."""

import resource
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from simulator.line_file import LineFile, UnwritableError


@contextmanager
def files_at_most(size: int) -> Iterator[None]:
    """The kernel refuses to let a file of ours grow beyond it, as a disk would that is full."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, handler)


def test_lines_are_there_at_once(tmp_path: Path) -> None:
    file = LineFile(tmp_path / "new" / "f", anew=True)
    file.add(b"one\n")
    file.add(b"two\nthree\n")

    assert (tmp_path / "new" / "f").read_bytes() == b"one\ntwo\nthree\n"
    file.close()


@pytest.mark.parametrize(
    ("left", "before"),
    [(b"", b""), (b"on", b""), (b"one\n", b"one"), (b"one\ntw", b"one"), (b"one\ntwo\n", b"one\ntwo")],
)
def test_half_a_line_is_cut(tmp_path: Path, left: bytes, before: bytes) -> None:
    (tmp_path / "f").write_bytes(left)
    file = LineFile(tmp_path / "f", anew=False)
    file.add(b"more\n")
    file.close()

    assert file.before == before
    assert (tmp_path / "f").read_bytes() == (before + b"\n" if before else b"") + b"more\n"


def test_a_disk_that_is_full_leaves_whole_lines(tmp_path: Path) -> None:
    file = LineFile(tmp_path / "f", anew=True)
    file.add(b"123456789\n")
    with files_at_most(25):
        file.add(b"123456789\n")
        with pytest.raises(UnwritableError, match=r"f: cannot be written: File too large"):
            file.add(b"123456789\n")

        assert (tmp_path / "f").read_bytes() == b"123456789\n" * 2
    file.add(b"later\n")
    file.close()

    assert (tmp_path / "f").read_bytes() == b"123456789\n" * 2 + b"later\n"


def test_a_folder_that_is_a_file_is_told(tmp_path: Path) -> None:
    (tmp_path / "f").write_bytes(b"")

    with pytest.raises(UnwritableError, match="cannot be written"):
        LineFile(tmp_path / "f" / "g", anew=True)


def test_two_runs_do_not_write_one_file(tmp_path: Path) -> None:
    file = LineFile(tmp_path / "f", anew=True)
    file.add(b"mine\n")
    with pytest.raises(UnwritableError, match="f: cannot be written: another run is writing it"):
        LineFile(tmp_path / "f", anew=True)
    file.add(b"still\n")
    file.close()

    assert (tmp_path / "f").read_bytes() == b"mine\nstill\n"
    LineFile(tmp_path / "f", anew=False).close()
