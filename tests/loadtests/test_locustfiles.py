"""What Locust finds when it is given the folder: User classes, and nothing else."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import DEADLINE
from tests.loadtests.conftest import LOCUST, ROOT

FILES = sorted((ROOT / "loadtests").rglob("*.py"))
PURE = (
    *("accounting", "archive", "blocks", "cli", "clock", "course", "domains", "fairness", "glance", "health"),
    *("histogram", "ledger", "limits", "offset", "options", "origin", "plan", "probe", "result", "schedule"),
    *("slo", "summary", "tally", "verdict", "vitals", "watch", "wire"),
    *(
        "answer",
        "arrivals",
        "catalogue",
        "comeback",
        "drift",
        "endpoint",
        "findings",
        "fleet",
        "overrides",
        "pilot",
    ),
    *("recipe", "reconnect", "scenario", "seam", "search", "server", "shares", "target", "telling"),
    "timetable",
)
LOCUSTFILES = [file for file in FILES if not file.name.startswith("_")]


def test_every_helper_begins_with_an_underscore() -> None:
    """Locust runs every other file as a program of its own, below any folder, and helpers twice."""
    assert [file.relative_to(ROOT / "loadtests") for file in LOCUSTFILES] == [Path("fanout.py")]


@pytest.mark.parametrize("file", LOCUSTFILES, ids=lambda file: file.name)
def test_a_locustfile_defines_only_users(file: Path) -> None:
    body = ast.parse(file.read_text(encoding="utf-8")).body[1:]  # less the docstring

    kinds = [node for node in body if not isinstance(node, ast.Import | ast.ImportFrom)]

    assert all(isinstance(node, ast.ClassDef) and "User" in ast.unparse(node.bases[0]) for node in kinds)


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_a_helper_has_one_name_and_is_imported_at_the_top(file: Path) -> None:
    """`_x` and `loadtests._x` would be two modules, with listeners each; late imports fail under Locust."""
    tree = ast.parse(file.read_text(encoding="utf-8"))

    imports = [node for node in ast.walk(tree) if isinstance(node, ast.Import | ast.ImportFrom)]

    assert all(node in tree.body for node in imports)
    names = [node.module or "" for node in imports if isinstance(node, ast.ImportFrom)]
    names += [alias.name for node in imports if isinstance(node, ast.Import) for alias in node.names]
    assert not [name for name in names if name.startswith("_")]
    assert all(node.level == 0 for node in imports if isinstance(node, ast.ImportFrom))


def test_locust_finds_the_users_and_no_shape() -> None:
    done = subprocess.run(
        [*LOCUST, "--list"],
        capture_output=True,
        text=True,
        timeout=DEADLINE,
        check=True,
        stdin=subprocess.DEVNULL,
    )

    assert done.stdout.split() == ["Available", "Users:", "Subscriber"]


def test_pure_modules_do_not_patch_the_process() -> None:
    """Unit tests import these beside asyncio servers: Locust would patch the sockets under them."""
    code = (
        f"import importlib, sys\nfor name in {PURE}: importlib.import_module('loadtests._' + name)\n"
        "print({'gevent', 'locust'} & set(sys.modules))"
    )

    done = subprocess.run(
        [sys.executable, "-P", "-c", code], capture_output=True, text=True, timeout=DEADLINE, check=True
    )

    assert done.stdout == "set()\n"
