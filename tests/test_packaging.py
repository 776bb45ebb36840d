"""The wheel, installed in a foreign project that has folders with our packages' names."""

import os
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

from tests.conftest import Serve

ROOT = Path(__file__).parent.parent
MINUTES = 240.0  # seconds; building and installing reach out to the index


def run(*command: str | Path, cwd: Path = ROOT) -> subprocess.CompletedProcess[str]:
    environment = {
        name: value for name, value in os.environ.items() if name not in {"PYTHONPATH", "VIRTUAL_ENV"}
    }
    return subprocess.run(
        [str(word) for word in command],
        cwd=cwd,
        env=environment,
        capture_output=True,
        text=True,
        timeout=MINUTES,
        check=False,
    )


def uv() -> Path:
    return Path(sys.executable).with_name("uv")


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("wheel")
    built = run(uv(), "build", "--wheel", "--out-dir", out)
    assert built.returncode == 0, built.stderr
    (file,) = out.glob("*.whl")
    return file


@pytest.fixture(scope="session")
def foreign(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A user's project: our wheel without extras, beside folders of their own called like ours."""
    project = tmp_path_factory.mktemp("foreign")
    for name in ("reports", "conformance"):
        (project / name).mkdir()
        (project / name / "__init__.py").write_text("raise ImportError('this is the user’s own folder')\n")
    run(uv(), "venv", "--python", sys.executable, project / ".venv")
    done = run(uv(), "pip", "install", "--python", project / ".venv/bin/python", wheel)
    assert done.returncode == 0, done.stderr
    return project


def test_the_wheel_holds_the_five_packages_with_their_data(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()

    tops = {name.partition("/")[0] for name in names if ".dist-info/" not in name}
    assert tops == {
        *("reference_server", "simulator", "conformance", "loadtests", "reports"),
        *("eventbahn.py", "pytest_eventbahn.py"),
    }
    assert {
        "conformance/requirements.toml",
        "conformance/targets/eventbahn.toml",
        "reference_server/dashboard/index.html",
        "simulator/presets/office.toml",
        "simulator/py.typed",
    } <= set(names)


def test_check_works_in_a_foreign_project(foreign: Path, serve: Serve) -> None:
    url = serve("--heartbeat", "0.3").url + "/events"

    done = run(foreign / ".venv/bin/eventbahn", "check", url, cwd=foreign)

    assert done.returncode == 0, done.stdout + done.stderr
    assert "rows judged" in done.stdout


def test_pyargs_works_in_a_foreign_project(foreign: Path, serve: Serve) -> None:
    url = serve("--heartbeat", "0.3").url + "/events"

    done = run(foreign / ".venv/bin/pytest", "--pyargs", "conformance", "--sse-target", url, cwd=foreign)

    assert done.returncode == 0, done.stdout + done.stderr
    assert "rows judged" in done.stdout


def test_a_command_without_its_extra_says_what_to_install(foreign: Path) -> None:
    done = run(foreign / ".venv/bin/eventbahn", "serve", cwd=foreign)

    assert done.returncode == 2
    assert (
        "pip install 'eventbahn[server,fleet]'" in done.stderr
        or "pip install 'eventbahn[server]'" in done.stderr
    )


def test_the_plugin_leaves_a_stranger_alone(foreign: Path) -> None:
    """Our plugin loads in every pytest run of its environment: it must neither import nor break anything."""
    (foreign / "test_own.py").write_text(
        "import sys\ndef test_own():\n    assert 'conformance' not in sys.modules\n"
    )

    done = run(foreign / ".venv/bin/pytest", "--strict-markers", "-W", "error", "test_own.py", cwd=foreign)

    assert done.returncode == 0, done.stdout + done.stderr


def test_the_lock_names_the_public_index_only() -> None:
    lock = tomllib.loads((ROOT / "uv.lock").read_text(encoding="utf-8"))

    sources = {package["name"]: package["source"] for package in lock["package"]}
    assert sources.pop("eventbahn") == {"editable": "."}
    assert {source.get("registry") for source in sources.values()} == {"https://pypi.org/simple"}
