"""The audience: open streams, read by a few lines of C. A reader in Python would be what is measured."""

import ctypes
import select
import socket
import subprocess
import tempfile
import time
from collections.abc import Sequence
from functools import cache
from pathlib import Path

import numpy as np
import numpy.typing as npt

from tests.bench.pump import Pump
from tests.bench.server import HEAD, BrokenError

__all__ = ["PAYLOAD", "Audience", "reader"]

SOURCE = Path(__file__).with_name("streams.c")
MOST = 1024  # as in the source
STREAM = np.dtype([("descriptor", "i4"), ("closed", "i4"), ("bytes", "i8"), ("events", "i8")])
ARRIVAL = np.dtype([("when", "f8"), ("first", "i8"), ("count", "i8")])
PAYLOAD = "~" + "x" * 119  # what the source looks for; the tilde stands nowhere else
WAVE = 200  # streams opened at once: no more than any server's backlog
PER_ADDRESS = 5_000  # streams from one of 127.0.0.2, .3, …: a port each
DEADLINE = 60.0  # seconds for all to open


@cache
def reader() -> ctypes.CDLL:
    """The compiled source. Raises BrokenError."""
    with tempfile.TemporaryDirectory() as folder:
        library = Path(folder) / "streams.so"
        command = ["cc", "-O2", "-Wall", "-Werror", "-shared", "-fPIC", "-o", str(library), str(SOURCE)]
        try:
            subprocess.run(command, check=True, capture_output=True, text=True)
        except FileNotFoundError:
            raise BrokenError(
                "there is no C compiler to build the load generator: apt-get install gcc libc6-dev"
            ) from None
        except subprocess.CalledProcessError as error:
            raise BrokenError(f"the load generator does not compile: {error.stderr}") from None
        return ctypes.CDLL(str(library))


class Audience:
    """Streams of one server."""

    def __init__(self, pump: Pump, port: int, path: str, most: int) -> None:
        """Raises BrokenError if the reader cannot be built."""
        self._reader = reader()
        self._pump = pump
        self._port = port
        self._request = HEAD % path.encode()
        self._connections: list[socket.socket] = []
        self._table = np.zeros(most, STREAM)
        self._came = np.zeros(MOST, ARRIVAL)
        self._arrivals: list[npt.NDArray[np.void]] = []
        self._epoll = select.epoll()
        pump.add(self._epoll, self._read)  # an epoll can be watched by another

    def __len__(self) -> int:
        return len(self._connections)

    @property
    def _streams(self) -> npt.NDArray[np.void]:
        return self._table[: len(self)]

    def grow(self, count: int) -> None:
        """Open `count` more, in waves; each has had its response head. Raises BrokenError."""
        until = time.monotonic() + DEADLINE
        for start in range(0, count, WAVE):
            for _ in range(min(WAVE, count - start)):
                self._open()
            while not (self._streams["bytes"].astype(bool) | self._streams["closed"].astype(bool)).all():
                if time.monotonic() > until:
                    held = np.count_nonzero(self._streams["bytes"])
                    raise BrokenError(f"only {held} streams were open after {DEADLINE:g} s")
                self._pump.turn(0.05)
        if self.lost:
            raise BrokenError(f"{self.lost} of {len(self)} streams were closed")

    def _open(self) -> None:
        place = len(self)
        source = (f"127.0.0.{2 + place // PER_ADDRESS}", 0)
        connection = socket.create_connection(("127.0.0.1", self._port), DEADLINE, source_address=source)
        connection.sendall(self._request)
        self._connections.append(connection)
        self._table[place]["descriptor"] = connection.fileno()
        self._reader.watch_stream(
            self._epoll.fileno(), self._table.ctypes.data_as(ctypes.c_void_p), ctypes.c_uint64(place)
        )

    def _read(self) -> None:
        table = self._table.ctypes.data_as(ctypes.c_void_p)
        came = self._came.ctypes.data_as(ctypes.c_void_p)
        found = self._reader.read_streams(self._epoll.fileno(), table, came)
        if found:
            self._arrivals.append(self._came[:found].copy())

    @property
    def lost(self) -> int:
        """Streams that the server ended."""
        return int(np.count_nonzero(self._streams["closed"]))

    @property
    def events(self) -> int:
        """Deliveries since `begin`."""
        return int(self._streams["events"].sum())

    @property
    def bytes(self) -> npt.NDArray[np.int64]:
        """What each stream has had, its head included."""
        found: npt.NDArray[np.int64] = self._streams["bytes"].copy()
        return found

    def begin(self) -> None:
        """Forget the events that have come so far."""
        self._streams["events"] = 0
        self._arrivals = []

    def drain(self, expected: int, seconds: float) -> None:
        """Read until so many events have come, or for so long."""
        until = time.monotonic() + seconds
        while self.events < expected and (left := until - time.monotonic()) > 0:
            self._pump.turn(min(left, 0.2))

    def latencies(self, due: Sequence[float]) -> npt.NDArray[np.float64]:
        """Seconds of each delivery; `due` says when each event should have gone out, in order.

        Where events were lost, those behind them are taken for earlier ones: latencies are too long then.
        """
        if not self._arrivals:
            return np.empty(0)
        came = np.concatenate(self._arrivals)
        counts = came["count"]
        starts = np.repeat(np.cumsum(counts) - counts, counts)
        places = np.arange(counts.sum()) - starts + np.repeat(came["first"], counts)
        late: npt.NDArray[np.float64] = np.repeat(came["when"], counts) - np.array(due)[places]
        return late

    def close(self) -> None:
        self._pump.drop(self._epoll)
        self._epoll.close()
        for connection in self._connections:
            connection.close()
