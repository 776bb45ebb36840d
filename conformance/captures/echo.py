"""A stream of our own, watched like all others: how late things come on this machine, whoever sends them."""

import socket
import threading
import time
from types import TracebackType
from typing import Self

from conformance.peer import Peer
from conformance.wire import Wire

__all__ = ["Echo"]

TICK_SECONDS = 0.05
REQUEST = b"GET / HTTP/1.1\r\n\r\n"  # to which nobody listens
END_SECONDS = 5.0


class Echo:
    """A context manager. A thread ticks; `latest` tells how late a tick came at worst, in seconds.

    What makes a tick late, a thread that was not woken or a capture that was not read, makes a heartbeat
    late just the same, and is no fault of a server.
    """

    def __init__(self, wire: Wire) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))
        host, port = self._listener.getsockname()
        url = f"http://{host}:{port}/"
        self._stream = wire.open(Peer.of(url), REQUEST, label="an echo of our own", url=url)
        self._over = threading.Event()
        self._begun = 0.0
        self._thread = threading.Thread(target=self._tick, name="echo", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        self._over.set()
        self._thread.join(END_SECONDS)
        self._stream.close()
        self._listener.close()

    @property
    def latest(self) -> float:
        """0.0 as long as no tick has come."""
        transcript, number, late = self._stream.transcript, 0, 0.0
        for arrival in transcript.arrivals:
            due = self._begun + number * TICK_SECONDS
            late = max(late, transcript.opened + arrival.seconds - due)
            number += len(arrival.data)
        return late

    def _tick(self) -> None:
        connection, _ = self._listener.accept()
        with connection:
            self._begun, number = time.monotonic(), 0
            while not self._over.wait(max(0.0, self._begun + number * TICK_SECONDS - time.monotonic())):
                connection.send(b".")
                number += 1
