"""The command as its users run it: one line and exit code 2 for whatever is wrong, never half a page."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from msgspec import Raw

from reports.cli import report
from reports.packed import buckets
from tests.conftest import EVENTBAHN
from tests.reports import samples
from tests.reports.document import Document


def run(*words: str | Path) -> Result:
    return CliRunner().invoke(report, [str(word) for word in words])


def test_the_command_writes_one_page_from_any_mix(tmp_path: Path) -> None:
    files = [
        samples.put(tmp_path, "suite.json", samples.conformance()),
        samples.put(tmp_path, "run.json", samples.load()),
        samples.put(tmp_path, "fleet.json", samples.fleet()),
    ]
    out = tmp_path / "page.html"

    done = subprocess.run(
        [*EVENTBAHN, "report", *files, "-o", out], capture_output=True, text=True, timeout=60, check=False
    )

    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith(f"{out}: 3 results, ")
    text = Document(out.read_text()).text
    assert "3 of 4 rows judged" in text
    assert "Latency by percentile" in text
    assert "office-1 PASS 100 100 0 0" in text
    assert "from suite.json, run.json, fleet.json" in text


def test_a_conformance_report_does_not_wait_for_matplotlib(tmp_path: Path) -> None:
    file = samples.put(tmp_path, "suite.json", samples.conformance())
    program = (
        "import sys; from reports.cli import report; "
        f"report.main([{str(file)!r}, '-o', {str(tmp_path / 'page.html')!r}], standalone_mode=False); "
        "sys.exit('matplotlib' in sys.modules)"
    )

    done = subprocess.run([sys.executable, "-P", "-c", program], timeout=60, check=False, capture_output=True)

    assert done.returncode == 0, done.stderr


BAD = {
    "not JSON": b"<html>",
    "truncated": json.dumps(samples.conformance()).encode()[:200],
    "not UTF-8": b'{"schema": "eventbahn-fleet/1", "url": "\xff"}',
    "foreign schema": b'{"schema": "junit/1"}',
    "a script as its schema": b'{"schema": "<script>\\u001b[31m"}',
    "deep": b'{"schema": "eventbahn-load/1", "env": ' + b"[" * 100_000,
    "a huge number": json.dumps(samples.fleet(exit_code=10**400)).encode(),
    "empty": b"",
    "nothing but zeros": bytes(1000),
}


@pytest.mark.parametrize("content", BAD.values(), ids=BAD)
def test_what_is_no_result_gets_one_line_and_no_page(tmp_path: Path, content: bytes) -> None:
    bad = tmp_path / "bad.json"
    bad.write_bytes(content)
    out = tmp_path / "page.html"

    done = run(bad, "-o", out)

    assert done.exit_code == 3
    assert done.stderr.startswith(f"Error: {bad}: ")
    assert done.stderr.splitlines()[1:] == ["Error: there is nothing to show; no page was written"]
    assert "\x1b" not in done.stderr
    assert not out.exists()


def test_what_cannot_be_read_is_named_and_the_rest_is_shown(tmp_path: Path) -> None:
    good = samples.put(tmp_path, "good.json", samples.fleet())
    cut = tmp_path / "cut.json"
    cut.write_text(json.dumps(samples.load())[:300])
    later = samples.put(tmp_path, "later.json", samples.load(schema="eventbahn-load/2"))
    out = tmp_path / "page.html"

    done = run(good, cut, later, tmp_path / "none.json", "-o", out)

    reasons = [
        f"{cut}: is not JSON: Input data was truncated",
        (
            f"{later}: schema: 'eventbahn-load/2' is of another version of eventbahn; this one reads "
            "eventbahn-load/1"
        ),
        f"{tmp_path}/none.json: cannot be read: No such file or directory",
    ]
    assert (done.exit_code, done.stderr.splitlines()) == (0, [f"Error: {reason}" for reason in reasons])
    text = Document(out.read_text()).text
    assert "3 files could not be shown" in text
    assert "office-1 PASS" in text
    assert all(reason in text for reason in reasons)


def test_a_missing_file_and_a_folder_are_named(tmp_path: Path) -> None:
    missing, folder = run(tmp_path / "none.json"), run(tmp_path)

    assert (missing.exit_code, folder.exit_code) == (3, 3)
    assert missing.stderr.startswith(
        f"Error: {tmp_path}/none.json: cannot be read: No such file or directory\n"
    )
    assert folder.stderr.startswith(f"Error: {tmp_path}: cannot be read: Is a directory\n")


def test_a_missing_folder_is_named_and_not_made(tmp_path: Path) -> None:
    file = samples.put(tmp_path, "a.json", samples.fleet())

    done = run(file, "-o", tmp_path / "none" / "page.html")

    assert done.exit_code == 2
    assert done.stderr.endswith(f"the folder {tmp_path}/none does not exist\n")
    assert not (tmp_path / "none").exists()


def test_a_folder_is_not_written_to(tmp_path: Path) -> None:
    file = samples.put(tmp_path, "a.json", samples.fleet())
    (tmp_path / "page.html").mkdir()

    done = run(file, "-o", tmp_path / "page.html")

    assert done.exit_code == 2
    assert "cannot be written: Is a directory" in done.stderr
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.json", "page.html"]


def test_a_full_disk_is_told(tmp_path: Path) -> None:
    full = Path("/dev/full")
    if not full.exists():
        pytest.skip("no /dev/full: Linux has one")

    done = run(samples.put(tmp_path, "a.json", samples.fleet()), "-o", full)

    assert done.exit_code == 2
    assert "No space left on device" in done.stderr


def test_a_page_on_stdout_is_the_page_alone(tmp_path: Path) -> None:
    file = samples.put(tmp_path, "a.json", samples.fleet())

    done = subprocess.run(
        [*EVENTBAHN, "report", file, "-o", "/dev/stdout"],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert done.returncode == 0
    assert done.stdout.startswith("<!doctype html>")
    assert done.stdout.rstrip().endswith("</html>")
    assert done.stderr == "/dev/stdout: 1 result\n"


@pytest.mark.parametrize("link", [False, True], ids=["same name", "by a link"])
def test_a_result_is_never_replaced_by_its_page(tmp_path: Path, link: bool) -> None:
    file = samples.put(tmp_path, "a.json", samples.fleet())
    out = tmp_path / "b.html" if link else file
    if link:
        out.symlink_to(file)

    done = run(file, "-o", out)

    assert done.exit_code == 2
    assert "is one of the result files" in done.stderr
    assert json.loads(file.read_text()) == samples.fleet()


def test_without_a_file_it_says_how_it_is_used() -> None:
    done = run()

    assert done.exit_code == 2
    assert "Usage:" in done.stderr


def test_help_names_the_exit_codes() -> None:
    done = run("--help")

    assert done.exit_code == 0
    assert "Exit codes:" in done.stdout


def test_a_badge_is_written_beside_the_page(tmp_path: Path) -> None:
    file, out = samples.put(tmp_path, "suite.json", samples.conformance()), tmp_path / "page.html"

    for name, begin in {"badge.svg": "<svg ", "badge.json": '{"schemaVersion": 1'}.items():
        done = run(file, "-o", out, "--badge", tmp_path / name)

        assert (done.exit_code, (tmp_path / name).read_text()[: len(begin)]) == (0, begin)


def test_a_badge_is_of_one_conformance_result_and_of_a_known_kind(tmp_path: Path) -> None:
    one, load = (
        samples.put(tmp_path, "suite.json", samples.conformance()),
        samples.put(tmp_path, "run.json", samples.load()),
    )
    out = tmp_path / "page.html"

    assert "of one conformance result, and there are 2" in run(one, one, "-o", out, "--badge", "b.svg").output
    assert "of one conformance result, and there are 0" in run(load, "-o", out, "--badge", "b.svg").output
    assert "has to end in .svg or .json" in run(one, "-o", out, "--badge", "b.png").output
    assert not out.exists()


def test_a_github_job_gets_a_summary_and_annotations(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file, out = samples.put(tmp_path, "suite.json", samples.conformance()), tmp_path / "page.html"
    summary = tmp_path / "summary.md"
    summary.write_text("before\n")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(summary))

    done = run(file, "-o", out, "--github", "--fail-if", "fail > 1")

    assert done.exit_code == 0
    assert "\n- ✅ fail if fail " in summary.read_text()
    assert done.stdout.splitlines()[0].startswith("::error title=SSE-INJ-003 Title of SSE-INJ-003::expected ")
    assert summary.read_text().startswith("before\n## ")


def test_a_github_job_is_missed_before_anything_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file, out = samples.put(tmp_path, "suite.json", samples.conformance()), tmp_path / "page.html"
    monkeypatch.delenv("GITHUB_STEP_SUMMARY", raising=False)

    done = run(file, "-o", out, "--github")

    assert (done.exit_code, out.exists()) == (2, False)
    assert "GITHUB_STEP_SUMMARY is not set" in done.output


SLOW = {"bits": 7, "phases": {n: {"deliver": [[2000, 9], [18000, 1]]} for n in "01"}}
CONDITIONS = {
    "holds": (("--fail-if", "deliver.p99 > 1.2x"), 1, "fail if deliver.p99 > 1.2x: yes. 1.json: 2.00x"),
    "does not hold": (("--fail-if", "deliver.p99 > 3x"), 0, "fail if deliver.p99 > 3x: no. 1.json: 2.00x"),
    "cannot be judged": (
        ("--fail-if", "catchup.p99 > 1ms"),
        3,
        "fail if catchup.p99 > 1ms: could not be judged. 0.json: catchup.p99 was not measured",
    ),
    "bad wins over not judged": (
        ("--fail-if", "catchup.p99 > 1ms", "--fail-if", "deliver.p99 > 1.2x"),
        1,
        "fail if deliver.p99 > 1.2x: yes",
    ),
}


@pytest.mark.parametrize(("options", "code", "line"), CONDITIONS.values(), ids=CONDITIONS)
def test_a_condition_decides_the_exit_code_and_stands_on_the_page(
    tmp_path: Path, options: tuple[str, ...], code: int, line: str
) -> None:
    before = samples.put(tmp_path, "0.json", samples.load())
    after = samples.put(tmp_path, "1.json", samples.load(hist=SLOW))
    out = tmp_path / "page.html"

    done = run(before, after, "-o", out, *options)

    assert done.exit_code == code
    assert any(each.startswith(line) for each in done.stdout.splitlines())
    text = Document(out.read_text()).text
    assert "Fail if" in text
    assert "Ratios to 0.json, the baseline." in text


def test_a_baseline_may_be_given_apart_and_among_the_results(tmp_path: Path) -> None:
    before = samples.put(tmp_path, "0.json", samples.load(hist=SLOW))
    after = samples.put(tmp_path, "1.json", samples.load())

    done = run(
        after, before, "-o", tmp_path / "page.html", "--baseline", before, "--fail-if", "deliver.p99 < 0.6x"
    )

    assert done.exit_code == 1
    assert "0.50x (9.00\u00a0ms to 18.00\u00a0ms of http://127.0.0.1:8000 (baseline))" in done.stdout


def test_a_baseline_that_is_missing_is_not_forgotten(tmp_path: Path) -> None:
    files = [samples.put(tmp_path, f"{n}.json", samples.load()) for n in range(2)]
    options = ("--baseline", tmp_path / "none.json", "--fail-if", "deliver.p99 > 1.2x")

    done = run(*files, "-o", tmp_path / "page.html", *options)

    assert done.exit_code == 3
    assert "none.json: cannot be read" in done.stderr
    assert "could not be judged. the baseline could not be read" in done.stdout


def test_a_condition_that_a_missing_file_was_not_asked_is_not_taken_for_good(tmp_path: Path) -> None:
    good = samples.put(tmp_path, "good.json", samples.fleet())
    bad = samples.put(
        tmp_path, "bad.json", samples.fleet(devices={"a": samples.delivery(missing=1, ok=False)})
    )
    options = (tmp_path / "none.json", "-o", tmp_path / "page.html", "--fail-if", "missing > 0")

    assert run(good, *options).exit_code == 3
    assert run(bad, *options).exit_code == 1


def test_a_condition_that_is_a_slip_writes_nothing(tmp_path: Path) -> None:
    file, out = samples.put(tmp_path, "a.json", samples.load()), tmp_path / "page.html"

    done = run(file, "-o", out, "--fail-if", "delivery.p99 > 1ms")

    assert (done.exit_code, out.exists()) == (2, False)
    assert "no figure 'delivery.p99'; did you mean 'deliver.p99'?" in done.stderr


def test_withheld_rows_are_in_no_output(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file, out = samples.put(tmp_path, "a.json", samples.conformance()), tmp_path / "page.html"
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(tmp_path / "summary.md"))

    done = run(file, "-o", out, "--withhold", "INJ", "--github", "--badge", tmp_path / "b.svg")

    assert done.exit_code == 0
    outputs = [out, tmp_path / "summary.md", tmp_path / "b.svg"]
    told = done.stdout + "".join(output.read_text() for output in outputs)
    assert "forged" not in told
    assert "SKIP, deselected: not published: SSE-INJ-003" in told
    assert "No binding requirement is broken: 1 WARN." in told


def test_a_row_that_is_not_there_cannot_be_withheld(tmp_path: Path) -> None:
    file, out = samples.put(tmp_path, "a.json", samples.conformance()), tmp_path / "page.html"

    done = run(file, "-o", out, "--withhold", "INJ,IJN")

    assert (done.exit_code, out.exists()) == (2, False)
    assert "--withhold INJ,IJN: there is no row or section 'IJN'" in done.stderr


def test_two_folders_with_files_of_one_name_are_two_sides(tmp_path: Path) -> None:
    files: dict[str, list[Path]] = {"load": [], "suite": []}
    for folder, hist, rows in (("main", {}, []), ("branch", {"hist": SLOW}, [samples.FAILED])):
        (tmp_path / folder).mkdir()
        good = [samples.row("SSE-HTTP-001", "PASS")]
        files["load"].append(samples.put(tmp_path / folder, "load.json", samples.load(**hist)))
        files["suite"].append(samples.put(tmp_path / folder, "suite.json", samples.conformance(*good, *rows)))
    out = ("-o", tmp_path / "page.html")

    load = run(*files["load"], *out, "--fail-if", "deliver.p99 > 1.2x")
    suite = run(*files["suite"], *out, "--fail-if", "fail > 0")

    assert load.exit_code == suite.exit_code == 1
    assert "yes. branch/load.json: 2.00x (18.00\u00a0ms to 9.00\u00a0ms of main/load.json)" in load.stdout
    assert "yes. main/suite.json: 0; branch/suite.json: 1" in suite.stdout


def test_a_histogram_is_unpacked_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files = [samples.put(tmp_path, f"{n}.json", samples.load()) for n in range(2)]
    unpacked: list[object] = []

    def counted(packed: Raw) -> object:
        unpacked.append(packed)
        return buckets(packed)

    monkeypatch.setattr("reports.metrics.buckets", counted)
    done = run(*files, "-o", tmp_path / "page.html", "--fail-if", "deliver.p99 > 1.2x")

    assert done.exit_code == 0
    assert len(unpacked) == 2 * 2 * 2  # files, phases, metrics
