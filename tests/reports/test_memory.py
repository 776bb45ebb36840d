"""Large results take little memory: what a page needs of them, not what they would be as objects."""

import json
import os
import subprocess
from pathlib import Path

import pytest

from tests.conftest import EVENTBAHN
from tests.reports import samples

MB = 10**6


def hot(folder: Path, size: int) -> Path:
    """A load result of `size` bytes, nearly all of them heat."""
    row = json.dumps([[1024 + 128 * n, 1234] for n in range(70)])
    steps = size // (len(row) + 14)
    counts = f'"t": {list(range(steps))}, "deliveries": {[1] * steps}, "server_rss_mb": {[50] * steps}'
    series = f'{{"step_s": 1, {counts}, "heat": {{"bits": 3, "rows": ['
    path = folder / "hot.json"
    with path.open("w") as file:
        file.write(json.dumps(samples.load(series=None))[:-1].replace('"series": null, ', ""))
        file.write(f', "series": {series}')
        file.writelines(f"{row}, " for _ in range(steps - 1))
        file.write(f"{row}]}}}}}}")
    return path


def judged(folder: Path, size: int) -> list[Path]:
    """Conformance results of `size` bytes in all, as full of arrivals as real ones."""
    arrivals = [[n / 1000, 512] for n in range(60)]
    rows = [
        samples.row(
            f"SSE-HTTP-{n:03}", "PASS", arrivals=arrivals, evidence="data: a\\n\\n" * 20, why="x" * 200
        )
        for n in range(100)
    ]
    text = json.dumps(samples.conformance(*rows))
    files = [folder / f"target-{n}.json" for n in range(size // len(text))]
    for file in files:
        file.write_text(text)
    return files


def peak(*words: str | Path) -> tuple[int, int]:
    """Exit code, and the most memory that the command ever had, in bytes."""
    process = subprocess.Popen([*EVENTBAHN, "report", *words], stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    return process.returncode, usage.ru_maxrss * 1024


def test_ten_megabytes_of_a_load_run_stay_packed(tmp_path: Path) -> None:
    file = hot(tmp_path, 10 * MB)
    small = samples.put(tmp_path, "small.json", samples.load())

    _, least = peak(small, "-o", tmp_path / "page.html")
    code, most = peak(file, "-o", tmp_path / "page.html")

    assert code == 0
    assert (tmp_path / "page.html").stat().st_size < MB
    assert most - least < 60 * MB  # as objects they would be 100 MB alone


@pytest.mark.soak
def test_a_hundred_megabytes_of_results_take_less_than_a_gigabyte(tmp_path: Path) -> None:
    files = [hot(tmp_path, 50 * MB), *judged(tmp_path, 50 * MB)]

    code, most = peak(*files, "-o", tmp_path / "page.html")

    assert (code, sum(file.stat().st_size for file in files) > 99 * MB) == (0, True)
    assert most < 1000 * MB
    print(f"{most / MB:.0f} MB for {len(files)} files of 100 MB")
