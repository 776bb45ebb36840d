"""How a peer is installed, started and spoken to, as its target file says. Starts nothing itself.

A peer is a folder of conformance/targets whose file says how to start it; ours lies beside this module.
"""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from conformance.target import TARGETS, Target, load
from conformance.target.request import Message, publish_request, subscribe_request

__all__ = ["ROOT", "NotInstalledError", "Recipe", "install", "recipes"]

ROOT = Path(__file__).parents[2]
ENVIRONMENTS = ROOT / ".venv-peers"  # one for each, so that none is in another's way, nor in ours
MINUTES = 300.0  # seconds; an install reaches out to an index
CHANNEL = "bench"
PORTS = re.compile(r"\$\{(\w*PORT)\}")
BENCHED = ("aiohttp-sse", "better-sse-http", "fastapi", "nchan", "sse-starlette")

Kind = Literal["ours", "hub", "python", "library"]


class NotInstalledError(Exception):
    """A sentence: what is missing, and what to do."""


@dataclass(frozen=True, slots=True)
class Recipe:
    """One peer. `key` is its name on the command line, `file` its target file."""

    key: str
    file: Path

    @property
    def name(self) -> str:
        """As reports show it."""
        return self.target().target.name

    @property
    def kind(self) -> Kind:
        """What it is, by where it comes from."""
        install = self.target().install
        return "python" if install.pypi else "library" if install.npm else "hub" if install.debian else "ours"

    @property
    def subscribe(self) -> str:
        """The path and query of a stream."""
        return path_of(subscribe_request(self.target(), CHANNEL).url)

    @property
    def publish(self) -> str:
        """The path and query that publish to it."""
        return path_of(publish_request(self.target(), Message(CHANNEL, "")).url)

    def body(self, data: str) -> bytes:
        """What is posted to publish `data`."""
        return publish_request(self.target(), Message(CHANNEL, data)).body

    def argv(self, port: int, work: Path) -> list[str]:
        """The command, for a port, and a folder in which it may write."""
        environ = self.environ(work, PORT=port)
        process = self.target(environ).process
        assert process, f"{self.file} says how to start it"
        program, *words = process.start
        return [shutil.which(program, path=environ["PATH"]) or program, *words]

    @property
    def ports(self) -> list[str]:
        """The variables of its target file that are ports; PORT is where it is subscribed to."""
        return sorted(set(PORTS.findall(self.file.read_text(encoding="utf-8"))))

    def environ(self, work: Path, **ports: int) -> dict[str, str]:
        """What its target file is to be read with, and its programs started with."""
        path = f"{ENVIRONMENTS / self.key / 'bin'}:{Path(sys.executable).parent}:{os.environ['PATH']}"
        return {
            **os.environ,
            **{name: str(port) for name, port in ports.items()},
            "PATH": path,
            "WORK": str(work),
        }

    def target(self, environ: Mapping[str, str] | None = None) -> Target:
        """Its target file, for the places that `environ` names, or for none. Raises TargetError."""
        nowhere = self.environ(Path("/nowhere"), **dict.fromkeys(self.ports, 1))
        return load(str(self.file), environ or nowhere)


def path_of(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.path}?{parts.query}" if parts.query else parts.path


def recipes() -> dict[str, Recipe]:
    """Those that `make bench` measures by their names, ours first."""
    ours = Recipe("eventbahn", Path(__file__).with_name("eventbahn.toml"))
    return {"eventbahn": ours, **{key: Recipe(key, TARGETS / key / "target.toml") for key in BENCHED}}


def install(recipe: Recipe) -> None:
    """Bring in what the peer needs, if it is not there. Raises NotInstalledError."""
    wanted = recipe.target().install
    if missing := [package for package in wanted.debian if not there(package)]:
        raise NotInstalledError(f"{', '.join(missing)} is missing: apt-get install {' '.join(wanted.debian)}")
    if wanted.pypi:
        uv, home = str(Path(sys.executable).with_name("uv")), str(ENVIRONMENTS / recipe.key)
        run([uv, "venv", "--quiet", "--allow-existing", "--python", sys.executable, home])
        run([uv, "pip", "install", "--quiet", "--python", home, *wanted.pypi])
    if wanted.npm:
        if not shutil.which("npm"):
            raise NotInstalledError("npm is missing: apt-get install npm")
        folder = str(recipe.file.parent)
        quiet = ("--no-save", "--no-audit", "--no-fund", "--ignore-scripts", "--silent")
        run(["npm", "install", "--prefix", folder, *quiet, *wanted.npm])


def there(package: str) -> bool:
    """Whether Debian's package is installed."""
    try:
        state = run(["dpkg-query", "--show", "--showformat", "${db:Status-Abbrev}", package])
    except NotInstalledError:
        return False
    return state.startswith("ii")  # and not removed with its configuration left


def run(command: list[str]) -> str:
    """What the command printed. Raises NotInstalledError with what it said last."""
    try:
        return subprocess.run(command, capture_output=True, text=True, timeout=MINUTES, check=True).stdout
    except subprocess.CalledProcessError as error:
        said = (error.stderr or error.stdout).strip().splitlines() or [f"exit code {error.returncode}"]
        raise NotInstalledError(f"`{' '.join(command)}` failed: {said[-1]}") from None
    except (subprocess.TimeoutExpired, OSError) as error:
        raise NotInstalledError(f"`{' '.join(command)}` failed: {error}") from None
