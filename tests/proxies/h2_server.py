"""An SSE server that speaks nothing but HTTP/2, in clear text; and what such servers do wrong."""

import socket
import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from h2.config import H2Configuration
from h2.connection import H2Connection
from h2.events import RequestReceived, StreamReset
from h2.settings import SettingCodes

__all__ = ["H2_FAULTS", "H2Fault", "H2Server"]

HEAD = [(":status", "200"), ("content-type", "text/event-stream"), ("cache-control", "no-cache")]
Wrong = Literal["", "names-the-connection", "allows-six-streams", "reset-ends-all", "one-queue"]


class H2Fault(NamedTuple):
    """What goes wrong, and the rows that see it."""

    help: str
    caught_by: tuple[str, ...]


H2_FAULTS: dict[Wrong, H2Fault] = {
    "names-the-connection": H2Fault("Sends Connection: keep-alive over HTTP/2.", ("SSE-H2-001",)),
    "allows-six-streams": H2Fault("Allows six streams on a connection.", ("SSE-H2-002",)),
    "reset-ends-all": H2Fault("Ends the connection when one stream of it is reset.", ("SSE-H2-002",)),
    "one-queue": H2Fault("Writes all streams through one queue.", ("SSE-H2-003",)),
}


@dataclass
class H2Server:
    """One connection at a time. `publish` writes to every stream of it, as far as their windows let it."""

    wrong: Wrong = ""
    url: str = ""
    _open: list[int] = field(default_factory=list)
    _queue: deque[tuple[int, bytes]] = field(default_factory=deque)
    _lock: threading.RLock = field(default_factory=threading.RLock)

    @contextmanager
    def serving(self) -> Iterator["H2Server"]:
        with socket.create_server(("127.0.0.1", 0)) as listener:
            self.url = f"http://127.0.0.1:{listener.getsockname()[1]}/"
            thread = threading.Thread(target=self._accept, args=[listener])
            thread.start()
            try:
                yield self
            finally:
                with suppress(OSError):
                    listener.shutdown(socket.SHUT_RDWR)
                thread.join()

    def publish(self, text: str) -> None:
        with self._lock:
            self._queue += [(number, f"data: {text}\n\n".encode()) for number in self._open]
            self._write()

    def _accept(self, listener: socket.socket) -> None:
        with suppress(OSError):
            self._sock, _ = listener.accept()
            with self._sock:
                self._serve()

    def _serve(self) -> None:
        careless = H2Configuration(
            client_side=False, validate_outbound_headers=False, normalize_outbound_headers=False
        )
        self._h2 = H2Connection(careless)
        self._h2.initiate_connection()
        if self.wrong == "allows-six-streams":
            self._h2.update_settings({SettingCodes.MAX_CONCURRENT_STREAMS: 6})
        self._sock.sendall(self._h2.data_to_send())
        while data := self._sock.recv(65536):
            with self._lock:
                for event in self._h2.receive_data(data):
                    self._take(event)
                self._write()

    def _take(self, event: object) -> None:
        match event:
            case RequestReceived(stream_id=number):
                more = [("connection", "keep-alive")] * (self.wrong == "names-the-connection")
                self._h2.send_headers(number, HEAD + more)
                self._open.append(number)
            case StreamReset(stream_id=number):
                self._open.remove(number)
                self._queue = deque(one for one in self._queue if one[0] != number)
                if self.wrong == "reset-ends-all":
                    self._open.clear()
                    self._h2.close_connection()

    def _write(self) -> None:
        """What fits; what does not waits, and, in one queue, everything behind it."""
        left: deque[tuple[int, bytes]] = deque()
        full: set[int] = set()
        while self._queue:
            number, data = self._queue.popleft()
            if number in full or (full and self.wrong == "one-queue"):
                left.append((number, data))
                continue
            fits = min(
                len(data), self._h2.local_flow_control_window(number), self._h2.max_outbound_frame_size
            )
            if fits:
                self._h2.send_data(number, data[:fits])
            if rest := data[fits:]:
                self._queue.appendleft((number, rest))
                if not fits:
                    full.add(number)
        self._queue = left
        with suppress(OSError):
            self._sock.sendall(self._h2.data_to_send())
