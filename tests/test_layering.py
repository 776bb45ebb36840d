"""Who may import whom: the arrows of the house, walked over every import statement."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
OURS = {
    "reference_server",
    "simulator",
    "conformance",
    "loadtests",
    "reports",
    "eventbahn",
    "pytest_eventbahn",
    "tests",
}
MAY_IMPORT: dict[str, set[str]] = {
    "reference_server": set(),
    "simulator": set(),
    "conformance": set(),
    "reports": set(),
    "loadtests": {"conformance.eventstream", "conformance.target", "simulator"},
    "pytest_eventbahn": {"conformance"},
    "eventbahn": set(),  # finds its packages by name, when a command asks for one
}


def imports_of(source: str, module: str) -> set[str]:
    """Every module that `source`, the text of `module`, imports: at its top or inside a function."""
    found = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.level:
            parent = module.split(".")[: -node.level]
            found |= {".".join([*parent, node.module or alias.name]) for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def wrong_arrows(source: str, module: str) -> set[str]:
    """The imports of `module` that the house forbids."""
    home = module.partition(".")[0]
    strangers = {name for name in imports_of(source, module) if name.partition(".")[0] in OURS - {home}}
    return {
        name
        for name in strangers
        if not any(name == allowed or name.startswith(allowed + ".") for allowed in MAY_IMPORT[home])
    }


def modules() -> list[tuple[str, Path]]:
    files = [file for home in MAY_IMPORT for file in sorted((ROOT / home).rglob("*.py"))]
    files += [ROOT / "eventbahn.py", ROOT / "pytest_eventbahn.py"]
    return [(".".join(file.relative_to(ROOT).with_suffix("").parts), file) for file in files]


def test_every_part_is_walked() -> None:
    assert {name.partition(".")[0] for name, _ in modules()} == set(MAY_IMPORT)


@pytest.mark.parametrize(("module", "file"), modules(), ids=[name for name, _ in modules()])
def test_imports_follow_the_arrows(module: str, file: Path) -> None:
    assert wrong_arrows(file.read_text(encoding="utf-8"), module) == set()


@pytest.mark.parametrize(
    ("module", "source"),
    {
        "the suite knows the server": ("conformance.bad", "from reference_server import wire"),
        "inside a function": ("conformance.bad", "def f():\n    import reference_server.wire"),
        "the server knows the fleet": ("reference_server.demo", "import simulator"),
        "reports know the load tests": ("reports.page", "from loadtests._histogram import Histogram"),
        "load tests know too much": ("loadtests._plan", "from conformance.verdict import Verdict"),
        "a product part knows the tests": ("simulator.cli", "import tests.conftest"),
    }.values(),
    ids=lambda value: None if "import" in value else value,
)
def test_a_wrong_arrow_is_seen(module: str, source: str) -> None:
    assert wrong_arrows(source, module)


@pytest.mark.parametrize(
    "source",
    [
        "from conformance.eventstream import EventStream",
        "from conformance import target",
        "import simulator.rng",
    ],
)
def test_the_bridge_may_cross(source: str) -> None:
    assert wrong_arrows(source, "loadtests._pump") == set()
