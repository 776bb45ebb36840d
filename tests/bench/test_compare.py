"""One command, one page: each server's run and what is missing, by name."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from tests.bench.compare import compare, finish, verdict
from tests.peers.recipe import NotInstalledError, Recipe, recipes

SHORT = ["--levels", "5", "--settle", "1", "--hold", "1"]


def test_servers_come_onto_one_page_and_what_is_missing_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def install(recipe: Recipe) -> None:
        if recipe.key == "nchan":
            raise NotInstalledError("libnginx-mod-nchan is missing: apt-get install libnginx-mod-nchan")

    monkeypatch.setattr("tests.bench.installing.install", install)

    done = CliRunner().invoke(
        compare, [*SHORT, "--peer", "eventbahn", "--peer", "nchan", "--out", str(tmp_path)]
    )

    nchan = recipes()["nchan"].name
    assert done.exit_code == 0, done.output
    assert f"not measured: {nchan}: libnginx-mod-nchan is missing: apt-get install" in done.output
    (result,) = tmp_path.glob("compare-*-eventbahn.json")
    assert json.loads(result.read_text())["run"]["name"] == "eventbahn"
    (page,) = tmp_path.glob("compare-*.html")
    assert "eventbahn" in page.read_text()


def test_a_run_says_itself_why_it_is_worth_nothing(tmp_path: Path) -> None:
    result = tmp_path / "result.json"
    result.write_text(json.dumps({"invalid": ["phase 5: the machine is busy", "worker 0: gone"]}))

    assert verdict(4, result) == "invalid; phase 5: the machine is busy; worker 0: gone"


def test_without_any_result_there_is_no_page(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        finish(tmp_path / "page.html", [], {"nchan": "it ended"}, "")

    assert ended.value.code == 1
    assert "not measured: nchan: it ended" in capsys.readouterr().out
    assert not (tmp_path / "page.html").exists()
