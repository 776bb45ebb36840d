"""The reference server as a target that the suite starts itself. Imports nothing of it, and runs nothing.

It is described by the target file of any server of ours, and what is added here: how it is started, who may
read, and limits that are low enough to be reached.
"""

import contextlib
import json
import os
import random
import secrets
import socket
import sys
import tempfile
from collections.abc import Iterator, Mapping
from importlib.util import find_spec
from pathlib import Path

from conformance.target import TARGETS, Target, load
from conformance.verdict import Unjudged, Verdict

__all__ = ["HEARTBEAT", "described", "reference"]

HOST = "127.0.0.1"
HEARTBEAT = "0.3"  # seconds: quick to watch
CAP = 500  # subscribers
RETAIN = 2000  # events: more than any row needs at a time, and few enough to see one evicted
STALL = 3  # seconds
INSTALL = "pip install 'eventbahn[server]'"
TOKENS = ("EVENTBAHN_TOKEN", "EVENTBAHN_READ_TOKEN")  # of a server of the user's, not of this one
# Below the ports that Linux and others hand out to clients, so that it stays free while the server restarts
PORTS = range(20_000, 30_000)
TRIES = 50

ORIGIN = "https://app.example"  # whose pages may read
READERS = f"""
[auth]
main = {{ headers = {{ Authorization = "Bearer ${{EVENTBAHN_TOKEN}}" }} }}

[cors]
origin      = "{ORIGIN}"
credentials = true
"""


@contextlib.contextmanager
def reference(environ: Mapping[str, str] = os.environ) -> Iterator[Target]:
    """The target that a fresh reference server will be. Raises Unjudged where there is none to start."""
    if find_spec("aiohttp") is None:
        raise Unjudged(
            Verdict.INCONCLUSIVE, f"no target was named, and there is no server of ours: {INSTALL}"
        )
    with tempfile.TemporaryDirectory(prefix="eventbahn-") as folder:
        file, promised = described(Path(folder))
        yield load(str(file), {**environ, **promised})


def described(folder: Path, *options: str, log: str = "sqlite") -> tuple[Path, Mapping[str, str]]:
    """Write into `folder` a target file that starts a reference server of its own, and what it needs.

    `options` are those of `eventbahn serve`. A `log` in a file survives a restart, one in "memory" does not.
    Also returned: the environment that the file is to be read with.
    """
    url, port = f"http://{HOST}", _free_port()
    limits = folder / "limits.toml"
    limits.write_text(f"[limits]\nsubscribers = {CAP}\nstall_seconds = {STALL}\n", encoding="utf-8")
    kept = "memory" if log == "memory" else f"{log}:{folder / 'log.db'}"
    start = ["env", *(part for name in TOKENS for part in ("-u", name))]
    start += [sys.executable, "-P", "-m", "eventbahn", "serve", "--port", str(port), "--log", kept]
    start += ["--heartbeat", HEARTBEAT, "--retain", str(RETAIN)]
    start += ["--config", str(limits), "--cors", ORIGIN, *options]
    token = secrets.token_hex()
    for option in ("--token-file", "--read-token-file"):
        start += [option, str(_secret(folder / option.strip("-"), token))]
    file = folder / "eventbahn.toml"
    text = (TARGETS / "eventbahn.toml").read_text(encoding="utf-8")
    file.write_text("\n".join([text, _process(start, port, log == "memory"), READERS]), encoding="utf-8")
    promised = {"EVENTBAHN_URL": f"{url}:{port}", "EVENTBAHN_HEARTBEAT": f"{HEARTBEAT}s"}
    return file, {**promised, "EVENTBAHN_TOKEN": token}


def _secret(file: Path, token: str) -> Path:
    file.touch(0o600)
    file.write_text(token, encoding="utf-8")
    return file


def _process(start: list[str], port: int, volatile: bool) -> str:
    return f"""
[process]
start    = {json.dumps(start)}
ready    = {{ tcp = "{HOST}:{port}", timeout = "60s" }}
stop     = {{ signal = "TERM", grace = "5s" }}
volatile = {json.dumps(volatile)}

[process.metrics]
connections = {{ url = "/metrics", regex = 'eventbahn_subscribers ([0-9]+)' }}
rss         = "pid"

[cursor.retention]
count = {RETAIN}

[limits]
streams = {CAP + 100}
cap     = {CAP}
slow_reader = {{ policy = "drop", after = "{STALL}s" }}
"""


def _free_port() -> int:
    """Raises Unjudged."""
    for port in random.sample(PORTS, TRIES):
        with contextlib.suppress(OSError), socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((HOST, port))
            return port
    raise Unjudged(
        Verdict.INCONCLUSIVE, f"no free port for the reference server among {TRIES} that were tried"
    )
