"""What was acknowledged is kept: servers killed at random moments, full disks, restored backups.

A kill says nothing about power cuts: what a process wrote is in the kernel's hands, synced or not. For that,
strace counts the syncs: one for each commit, before its answer.
"""

import asyncio
import os
import random
import re
import shutil
import subprocess
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from http.client import HTTPException
from pathlib import Path
from resource import RLIM_INFINITY, RLIMIT_FSIZE
from typing import Any

import httpx
import psutil
import pytest

from reference_server.cursor import Place, id_of, locate
from reference_server.limits import Limits
from reference_server.log import Item
from reference_server.sqlite_log import SqliteLog
from tests.conftest import DEADLINE, EVENTBAHN, Serve, first_line
from tests.ports import free_port
from tests.reference_server.listener import Listener

Key = tuple[str, int]
PUBLISHERS = 4


def key_of(data: str) -> Key:
    """Device and seq: enough, and much faster than JSON."""
    match = re.match(r'\{"device":"([^"]+)","seq":(\d+)', data)
    assert match, data
    return match[1], int(match[2])


class Publisher(threading.Thread):
    """A device that sends what is not acknowledged again, until told to stop."""

    def __init__(self, url: str, name: str, seed: int) -> None:
        super().__init__(daemon=True)
        self.url = url
        self.device = name
        self.random = random.Random(f"{seed} {name}")
        self.acknowledged: list[Key] = []
        self.leaving = threading.Event()

    def run(self) -> None:
        first = 0
        while not self.leaving.is_set():
            numbers = range(first, first + self.random.choice([1, 1, 7, 60]))
            self.send([{"device": self.device, "seq": n, "value": n} for n in numbers])
            first = numbers.stop

    def send(self, items: list[dict[str, Any]]) -> None:
        with httpx.Client(trust_env=False, timeout=DEADLINE) as client:
            while True:
                with suppress(httpx.TransportError):
                    answer = client.post(f"{self.url}/measurements", json=items).raise_for_status().json()
                    assert answer["accepted"] + answer["duplicates"] == len(items)
                    self.acknowledged += [(each["device"], each["seq"]) for each in items]
                    return
                self.leaving.wait(0.02)


class Subscriber(threading.Thread):
    """Comes back with its cursor whenever its stream ends."""

    def __init__(self, url: str, position: str) -> None:
        super().__init__(daemon=True)
        self.url = url
        self.position = position
        self.heard: list[str] = []  # ids
        self.others: list[str] = []  # events that are no measurements
        self.connects = 0
        self.leaving = threading.Event()

    def run(self) -> None:
        while not self.leaving.is_set():
            with suppress(OSError, HTTPException), Listener(self.url, last_id=self.position) as stream:
                self.connects += 1
                self.listen(stream)
            self.leaving.wait(0.02)

    def hears_more(self) -> None:
        before = len(self.heard)
        within_deadline(lambda: len(self.heard) > before)

    def listen(self, stream: Listener) -> None:
        done = 0
        while stream.read() and not self.leaving.is_set():
            for event in stream.events[done:]:
                if event.type == "measurement":
                    self.heard.append(event.last_event_id)
                    self.position = event.last_event_id
                else:
                    self.others.append(event.data)
            done = len(stream.events)


def seed_of_run() -> int:
    """Another one each time, told if the test fails; EVENTBAHN_SEED repeats it."""
    seed = int(os.environ.get("EVENTBAHN_SEED", random.randrange(2**32)))
    print(f"EVENTBAHN_SEED={seed}")  # pytest shows it beside a failure
    return seed


@pytest.mark.parametrize("kills", [3, pytest.param(20, marks=pytest.mark.soak)])
def test_kill_9_at_any_moment_loses_nothing(kills: int, serve: Serve, tmp_path: Path) -> None:
    seed = seed_of_run()
    moments = random.Random(seed)
    log, port = f"sqlite:{tmp_path / 'log.db'}", str(free_port())
    served = serve("--port", port, "--retain", "10000000", log=log)
    start = httpx.get(f"{served.url}/snapshot").json()["last_id"]
    publishers = [Publisher(served.url, f"d{number}", seed) for number in range(PUBLISHERS)]
    subscriber = Subscriber(served.url, start)
    for thread in (*publishers, subscriber):
        thread.start()

    for _ in range(kills):
        time.sleep(moments.uniform(0.02, 0.7))
        served.process.kill()
        served.process.wait(DEADLINE)
        served = serve("--port", port, "--retain", "10000000", log=log)
        subscriber.hears_more()
    for publisher in publishers:
        publisher.leaving.set()
        publisher.join(DEADLINE)
    acknowledged = [key for publisher in publishers for key in publisher.acknowledged]
    with Listener(served.url, last_id=start) as stream:
        events = stream.take(len(acknowledged))
    within_deadline(lambda: len(subscriber.heard) >= len(events))
    subscriber.leaving.set()

    assert Counter(key_of(event.data) for event in events) == Counter(acknowledged)
    assert httpx.get(f"{served.url}/snapshot").json()["last_id"] == events[-1].last_event_id
    assert {event.last_event_id.rpartition("-")[0] for event in events} == {start.rpartition("-")[0]}
    assert subscriber.heard == [event.last_event_id for event in events]
    assert (subscriber.others, subscriber.connects > kills) == ([], True)


def within_deadline(holds: Callable[[], bool]) -> None:
    end = time.monotonic() + DEADLINE
    while not holds():
        assert time.monotonic() < end, "not within the deadline"
        time.sleep(0.02)


@pytest.fixture
def traced(tmp_path: Path) -> Iterator[tuple[str, Path]]:
    """A server under strace: its URL, and the file that holds what it synced and answered."""
    trace = tmp_path / "trace"
    watch = ["strace", "-f", "-qq", "-y", "-s", "12", "-o", str(trace), "-e"]
    watch += ["trace=fsync,fdatasync,write,writev,sendto,sendmsg"]
    command = [*watch, *EVENTBAHN, "serve", "--port", "0", "--log", f"sqlite:{tmp_path / 'log.db'}"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    yield first_line(process), trace
    for server in psutil.Process(process.pid).children():
        server.terminate()
    process.communicate(timeout=DEADLINE)


@pytest.mark.skipif(not shutil.which("strace"), reason="no strace: apt-get install strace")
def test_each_commit_is_synced_once_before_its_answer(traced: tuple[str, Path]) -> None:
    url, trace = traced
    with httpx.Client(base_url=url, trust_env=False, timeout=DEADLINE) as client:
        for number in range(10):
            items = [{"device": "d", "seq": 3 * number + each, "value": 1} for each in range(3)]
            client.post("/measurements", json=items).raise_for_status()
    happened = "".join(map(kind_of, trace.read_text().splitlines()))

    assert re.fullmatch("s+a(sa){9}s*", happened), happened


def kind_of(line: str) -> str:
    """s: a sync has ended; a: an answer is sent; nothing else matters."""
    if re.search(r"\bf(data)?sync(\(| resumed).*= 0$", line):
        return "s"
    return "a" if '"HTTP/1.1 200' in line else ""


BATCH = [{"value": number, "pad": "x" * 900} for number in range(100)]


def fill_up(
    serve: Serve, folder: Path, take_room: Callable[[int], None], give_room: Callable[[], None]
) -> None:
    """Publish until the disk is full, look around, make room, and go on."""
    served = serve(log=f"sqlite:{folder / 'log.db'}")
    start = httpx.get(f"{served.url}/snapshot").json()["last_id"]

    def post(number: int) -> httpx.Response:
        items = [{"device": "d", "seq": 100 * number + n, **each} for n, each in enumerate(BATCH)]
        return httpx.post(f"{served.url}/measurements", json=items)

    with Listener(served.url) as live:
        live.until(b"id:")
        number = 0
        while (status := post(number).status_code) == 200:
            number += 1
            if number == 5:
                take_room(served.process.pid)
            assert number < 1000, "the disk is never full"
        kept = 100 * number
        refused = status, post(number).status_code, post(number + 1).status_code
        with Listener(served.url, last_id=start) as replay:
            replayed = replay.take(kept)
        seen = httpx.get(f"{served.url}/snapshot").json()["devices"]["d"]["measurement"]["seq"]
        give_room()
        again = [post(each).json() for each in (number - 1, number, number + 1)]
        events = live.take(kept + 200)

    assert refused == (507, 507, 507)
    assert (len(replayed), seen) == (kept, kept - 1)
    assert [(each["accepted"], each["duplicates"]) for each in again] == [(0, 100), (100, 0), (100, 0)]
    assert [key_of(event.data)[1] for event in events] == list(range(kept + 200))


def mounted(folder: Path) -> bool:
    """Whether `folder` is a disk of 4 MiB now."""
    command = ["mount", "-t", "tmpfs", "-o", "size=4m", "none", str(folder)]
    return os.geteuid() == 0 and subprocess.run(command, capture_output=True, check=False).returncode == 0


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "disk"
    folder.mkdir()
    if not mounted(folder):
        pytest.skip("only root may mount a small disk: sudo -E make test")
    yield folder
    subprocess.run(["umount", "--lazy", str(folder)], check=True)


def test_a_full_disk_loses_nothing(small_disk: Path, serve: Serve) -> None:
    filler = small_disk / "filler"

    def take_room(_: int) -> None:
        filler.write_bytes(b"x" * 2_000_000)

    fill_up(serve, small_disk, take_room, filler.unlink)


def test_a_write_that_fails_loses_nothing(tmp_path: Path, serve: Serve) -> None:
    limited: list[psutil.Process] = []

    def take_room(pid: int) -> None:
        limited.append(psutil.Process(pid))
        limited[0].rlimit(RLIMIT_FSIZE, (1_500_000, RLIM_INFINITY))

    def give_room() -> None:
        limited[0].rlimit(RLIMIT_FSIZE, (RLIM_INFINITY, RLIM_INFINITY))

    fill_up(serve, tmp_path, take_room, give_room)


def test_a_disk_that_is_full_from_the_start_is_named(small_disk: Path) -> None:
    with suppress(OSError):
        (small_disk / "filler").write_bytes(b"x" * 5_000_000)

    done = subprocess.run(
        [*EVENTBAHN, "serve", "--port", "0", "--log", f"sqlite:{small_disk / 'log.db'}"],
        capture_output=True,
        text=True,
        timeout=DEADLINE,
        check=False,
    )

    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)
    assert "the disk is full: make room" in done.stderr


@pytest.mark.parametrize(
    ("files", "reason"), [(["log.db"], "epoch"), (["log.db", "log.db-mark"], "ahead")], ids=["noticed", "not"]
)
def test_a_cursor_from_after_the_backup_is_reset(files: list[str], reason: str, tmp_path: Path) -> None:
    async def work() -> Place:
        await grown(tmp_path / "log.db", 3)
        backup = {name: (tmp_path / name).read_bytes() for name in files}
        cursor = id_of(await grown(tmp_path / "log.db", 2), 5)
        for name, body in backup.items():
            (tmp_path / name).write_bytes(body)
        return locate(cursor, await grown(tmp_path / "log.db", 1))

    place = asyncio.run(work())

    assert place.reset is not None
    assert (place.reset.reason, place.sequence) == (reason, 4)


async def grown(path: Path, events: int) -> SqliteLog:
    """The log with so many more events, closed again."""
    log = SqliteLog(path, 100, Limits())
    for _ in range(events):
        await log.append([Item("c", "x")])
    await log.close()
    return log
