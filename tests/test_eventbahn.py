"""The front door: what it lists, what it refuses, and the exit code that each way out has."""

import subprocess
import sys
from types import ModuleType
from typing import NoReturn

import click
import pytest

import eventbahn
from tests.conftest import DEADLINE, EVENTBAHN


def run(*args: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([*EVENTBAHN, *args], capture_output=True, text=True, timeout=DEADLINE, check=False)


def leave_with(monkeypatch: pytest.MonkeyPatch, command: click.Command) -> object:
    """The exit code of the front door around `command`, installed as a package that was just found."""
    module = ModuleType("found")
    setattr(module, "command", command)  # noqa: B010 - a module's attributes are not declared
    monkeypatch.setitem(sys.modules, "found", module)
    monkeypatch.setitem(eventbahn.DOORS, "try", eventbahn.Door("found", "command", "", "For this test."))
    with pytest.raises(SystemExit) as left:
        eventbahn.main(["try"])
    return left.value.code


def test_help_lists_every_command_and_imports_none() -> None:
    code = (
        "import sys, eventbahn\n"
        "try: eventbahn.main(['--help'])\n"
        "except SystemExit: print(*sorted({m.partition('.')[0] for m in sys.modules}))\n"
    )

    done = subprocess.run(
        [sys.executable, "-P", "-c", code], capture_output=True, text=True, timeout=DEADLINE, check=True
    )

    shown, _, modules = done.stdout.rstrip().rpartition("\n")
    assert all(f"  {name}  " in shown for name in eventbahn.DOORS)
    assert not {"reference_server", "simulator", "conformance", "loadtests", "reports"} & set(modules.split())


def test_an_unknown_command_is_a_usage_error_with_a_hint() -> None:
    done = run("sevre")

    assert (done.returncode, done.stdout) == (2, "")
    assert "No such command 'sevre'. Did you mean 'serve'?" in done.stderr


@pytest.mark.parametrize("command", eventbahn.DOORS)
def test_every_command_is_found_and_refuses_an_unknown_flag(command: str) -> None:
    shown, refused = run(command, "--help"), run(command, "--no-such-flag")

    assert (shown.returncode, refused.returncode) == (0, 2)
    assert "--no-such-flag" in refused.stderr


def test_a_missing_extra_is_named_with_its_install_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(
        eventbahn.DOORS, "try", eventbahn.Door("simulator.cli", "fleet", "fleet", "For this test.")
    )
    for module in [name for name in sys.modules if name.partition(".")[0] == "simulator"]:
        monkeypatch.delitem(sys.modules, module)
    monkeypatch.setitem(sys.modules, "numpy", None)

    with pytest.raises(click.UsageError) as refused:
        eventbahn.cli.get_command(click.Context(eventbahn.cli), "try")

    assert refused.value.message == "'try' needs 'numpy': pip install 'eventbahn[fleet]'"


def test_a_command_leaves_with_its_own_code(monkeypatch: pytest.MonkeyPatch) -> None:
    @click.command()
    @click.pass_context
    def judged_bad(ctx: click.Context) -> None:
        ctx.exit(1)

    assert leave_with(monkeypatch, judged_bad) == 1


def test_an_interrupt_leaves_with_130(monkeypatch: pytest.MonkeyPatch) -> None:
    @click.command()
    def interrupted() -> NoReturn:
        raise KeyboardInterrupt

    assert leave_with(monkeypatch, interrupted) == 130


def test_a_fault_of_ours_leaves_with_70(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    @click.command()
    def broken() -> NoReturn:
        raise AssertionError("a wrong turn")

    assert leave_with(monkeypatch, broken) == 70
    assert "a wrong turn" in (shown := capsys.readouterr().err)
    assert "a fault of ours" in shown
