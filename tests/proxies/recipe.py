"""The proxies of docs/proxies, run with these very files: only addresses are put in. Judges nothing."""

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.conftest import DEADLINE
from tests.ports import free_port

__all__ = ["ORIGIN", "RECIPES", "ROADS", "Recipe", "running"]

RECIPES = Path(__file__).parents[2] / "docs" / "proxies"
ORIGIN = "127.0.0.1:8000"  # in each of the files
POLL_SECONDS = 0.02
# What the file of a server needs around it where no system package has installed it
NGINX = """\
daemon off;
pid {work}/nginx.pid;
error_log stderr;
worker_processes 1;
events {{ worker_connections 2000; }}
http {{
    access_log off;
    client_body_temp_path {work}/body;
    proxy_temp_path {work}/proxy;
    fastcgi_temp_path {work}/fastcgi;
    uwsgi_temp_path {work}/uwsgi;
    scgi_temp_path {work}/scgi;
    include {file};
}}
"""


class Recipe(NamedTuple):
    """One file, and who runs it. `listens` is the address in the file, `scheme` that of its URLs."""

    file: str
    package: str
    listens: str
    scheme: str = "http"

    @property
    def name(self) -> str:
        """Without its ending."""
        return self.file.partition(".")[0].lower()

    @property
    def text(self) -> str:
        """As users have it."""
        return (RECIPES / self.file).read_text(encoding="utf-8")

    def command(self, program: str, work: Path, file: Path) -> list[str]:
        """How the program runs in the foreground, with everything that it writes in `work`."""
        match self.package:
            case "nginx":
                main = work / "main.conf"
                main.write_text(NGINX.format(work=work, file=file), encoding="utf-8")
                return [program, "-p", str(work), "-e", "stderr", "-c", str(main)]
            case "haproxy":
                return [program, "-db", "-f", str(file)]
            case _:
                return [program, "run", "--adapter", "caddyfile", "--config", str(file)]


ROADS = (
    Recipe("nginx-default.conf", "nginx", "127.0.0.1:8080"),
    Recipe("nginx-tuned.conf", "nginx", "127.0.0.1:8080"),
    Recipe("haproxy.cfg", "haproxy", "127.0.0.1:8080"),
    Recipe("Caddyfile", "caddy", "localhost:8443", "https"),
)


@contextmanager
def running(recipe: Recipe, origin: str, work: Path) -> Iterator[str]:
    """The base URL of the proxy in front of `origin`. Skips where the proxy is not installed."""
    program = shutil.which(recipe.package, path=f"{os.environ['PATH']}:/usr/sbin:/usr/local/sbin")
    if program is None:
        pytest.skip(f"no {recipe.package}: apt-get install {recipe.package}")
    port = free_port()
    address = f"{recipe.listens.partition(':')[0]}:{port}"
    file = work / recipe.file
    text = recipe.text.replace(ORIGIN, origin.partition("://")[2]).replace(recipe.listens, address)
    file.write_text(text, encoding="utf-8")
    home = {"HOME": str(work), "XDG_DATA_HOME": str(work), "XDG_CONFIG_HOME": str(work)}
    with (work / "said").open("wb") as said:
        process = subprocess.Popen(
            recipe.command(program, work, file),
            cwd=work,
            env={**os.environ, **home},
            stdout=said,
            stderr=said,
        )
        try:
            _await(process, port, work / "said")
            yield f"{recipe.scheme}://{address}"
        finally:
            process.terminate()
            try:
                process.wait(DEADLINE)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _await(process: subprocess.Popen[bytes], port: int, said: Path) -> None:
    deadline = time.monotonic() + DEADLINE
    while process.poll() is None and time.monotonic() < deadline:
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), 1.0):
            return
        time.sleep(POLL_SECONDS)
    pytest.fail(f"the proxy does not listen: {said.read_text(encoding='utf-8', errors='replace')[-2000:]}")
