"""How a peer is installed and started: `<name>/peer.toml` beside its application. Starts nothing itself.

An application serves one subscribe and one publish path; what it takes is the same JSON everywhere (`data`,
`event`, `id`), unless its recipe says `raw`: then the body is the payload.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any, Literal

import msgspec

__all__ = ["NotInstalledError", "Recipe", "install", "recipes"]

ROOT = Path(__file__).parents[2]
ENVIRONMENT = ROOT / ".venv-peers"  # theirs, so that ours stays small and as it is
MINUTES = 300.0  # seconds; an install reaches out to an index


class NotInstalledError(Exception):
    """A sentence: what is missing, and what to do."""


class Recipe(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One peer. `command`, and the file that `config` names, may hold {port}, {folder}, {work} and such."""

    name: str
    kind: Literal["ours", "hub", "python", "library"]
    install: Literal["none", "pypi", "npm", "debian"]
    command: list[str]
    subscribe: str  # a path
    publish: str
    raw: bool = False  # the body of a publication is the payload itself
    packages: list[str] = []  # of Debian
    files: list[str] = []  # that those packages bring
    config: str = ""  # a file of the folder, to be filled in and laid into {work}
    folder: Path = Path()

    @property
    def key(self) -> str:
        """The folder's name, as `--peer` takes it."""
        return self.folder.name

    def body(self, data: str) -> bytes:
        """What is posted to publish `data`."""
        return data.encode() if self.raw else msgspec.json.encode({"data": data})

    def argv(self, port: int, work: Path) -> list[str]:
        """The command, for a port and a folder of its own, into which its configuration is laid."""
        values = {
            "port": str(port),
            "work": str(work),
            "folder": str(self.folder),
            "python": str(ENVIRONMENT / "bin" / "python"),
            "ours": sys.executable,
        }
        if self.config:
            (work / self.config).write_text(filled((self.folder / self.config).read_text(), values))
        return [filled(word, values) for word in self.command]


def filled(text: str, values: dict[str, str]) -> str:
    """Only these names: a brace of the text's own stays."""
    for name, value in values.items():
        text = text.replace(f"{{{name}}}", value)
    return text


def recipes() -> dict[str, Recipe]:
    """All of them by the name of their folder, ours first."""
    found = [read(file) for file in sorted(Path(__file__).parent.glob("*/peer.toml"))]
    found.sort(key=lambda recipe: recipe.kind != "ours")
    return {recipe.key: recipe for recipe in found}


def read(file: Path) -> Recipe:
    """Raises msgspec.ValidationError."""
    fields: dict[str, Any] = msgspec.toml.decode(file.read_bytes())
    return msgspec.convert(
        {**fields, "folder": file.parent}, Recipe, dec_hook=lambda kind, value: kind(value)
    )


def install(recipe: Recipe) -> None:
    """Bring in what the peer needs, if it is not there. Raises NotInstalledError."""
    match recipe.install:
        case "pypi":
            uv = Path(sys.executable).with_name("uv")
            environment = {**os.environ, "UV_PROJECT_ENVIRONMENT": str(ENVIRONMENT)}
            run([str(uv), "sync", "--frozen", "--quiet", "--only-group", "peers"], ROOT, environment)
        case "npm" if not (recipe.folder / "node_modules").exists():
            if not shutil.which("npm"):
                raise NotInstalledError("npm is missing: apt-get install npm")
            run(["npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts"], recipe.folder, dict(os.environ))
        case "debian" if missing := [file for file in recipe.files if not Path(file).exists()]:
            what = f"{', '.join(missing)} is missing"
            raise NotInstalledError(f"{what}: apt-get install {' '.join(recipe.packages)}")
        case _:
            pass


def run(command: list[str], folder: Path, environment: dict[str, str]) -> None:
    """Raises NotInstalledError with what the command said last."""
    try:
        subprocess.run(
            command, cwd=folder, env=environment, capture_output=True, text=True, timeout=MINUTES, check=True
        )
    except subprocess.CalledProcessError as error:
        said = (error.stderr or error.stdout).strip().splitlines() or [f"exit code {error.returncode}"]
        raise NotInstalledError(f"`{' '.join(command)}` failed: {said[-1]}") from None
    except (subprocess.TimeoutExpired, OSError) as error:
        raise NotInstalledError(f"`{' '.join(command)}` failed: {error}") from None
