"""A subscriber that does not keep up: it stalls, or trickles. Its events count for nobody's latency or loss.

Once the head of a stream has come, a stalled reader reads nothing, and a trickling one a little now and then.
A client cannot see that the server has given it up, since the end of its stream lies behind what it did not
read: so in the end it reads all that there is, and then it knows.
"""

import contextlib
import re
import socket
import time
from collections.abc import Callable

import gevent
from gevent.event import Event

from loadtests._accounting import Track
from loadtests._audience import Audience
from loadtests._plan import SECOND, Phase, Window
from loadtests._pump import open_socket
from loadtests._tally import HistogramKey

__all__ = ["Laggard"]

RECEIVE_BUFFER = 4_096  # bytes; the kernel makes a little more of it
TRICKLE_BYTES, TICK_SECONDS = 1_024, 1.0
HEAD_SECONDS = 10.0
READ_BYTES = 262_144
TAIL_BYTES = 65_536  # of what came last: the last event's stamp is in it
CATCH_UP_SECONDS = 4.0  # a stream that goes on for so long was not given up
PATIENCE_SECONDS = 1.0  # without a byte, and all has been read that there is
STAMP = re.compile(rb'sent\\*":(\d{19})')  # however the server quotes it
STATUS = re.compile(rb"HTTP/1\.[01] (\d{3})")
STATUS_BYTES = len("HTTP/1.1 200")
OK = 200
TCP_CLOSE = b"\x07"  # the state of a connection that was reset


class Laggard:
    """One such reader, from when it is started until the phase after the one that it was started in."""

    live = False  # it is none of those whom the run is for

    def __init__(self, audience: Audience, phase: Phase, *, trickles: bool) -> None:
        self.tracks: tuple[Track, ...] = ()
        self._audience = audience
        self._phase = phase
        self._trickles = trickles
        self._socket: socket.socket | None = None
        self._changed = Event()
        self._status = 0  # of the response; 0 while there is none
        self._bytes = 0
        self._tail = b""
        audience.members.add(self)

    def follow(self, delay: Callable[[], float]) -> None:
        """Connect, lag until the phase is over, read what there is, and tell; parks the calling greenlet."""
        gevent.sleep(delay())
        if self._connect():
            since_ns = time.time_ns()
            reset_ns = time.time_ns() if self._lag() else None
            ended = reset_ns is not None or self._catch_up()
            if self._here():
                self._tell(since_ns, reset_ns, ended=ended)
        self.close()

    def leave(self) -> None:
        """The same as `close`: nobody expects anything."""
        self.close()

    def close(self) -> None:
        """Let go of the connection."""
        if self._socket is not None:
            self._audience.pump.forget(self._socket.fileno())
            self._socket.close()
            self._socket = None
        self._audience.members.discard(self)
        self._changed.set()

    def cut(self) -> None:
        """A storm passes it by."""

    def _connect(self) -> bool:
        try:
            self._socket = open_socket(self._audience.endpoint.family)
            self._audience.origins.bind(self._socket)
            self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVE_BUFFER)
            self._socket.connect_ex(self._audience.endpoint.address)
        except OSError as error:  # out of files, or of ports
            self._audience.tally.errors[f"connect: {error.strerror}"] += 1
            return False
        self._audience.pump.connecting(self._socket.fileno(), self)
        self._changed.wait(HEAD_SECONDS)
        if self._status != OK:
            why = f"HTTP {self._status}" if self._status else "no response"
            self._audience.tally.errors[f"connect: {why} to a slow reader"] += 1
        return self._status == OK and self._here()

    def on_writable(self) -> None:
        """Connected, or not: then there is nothing to send on."""
        assert self._socket is not None
        request = self._audience.server.recipe.subscribe(self._audience.draw_topic(), "")
        with contextlib.suppress(OSError):  # told by the missing head
            self._socket.send(request)
        self._audience.pump.reading(self._socket.fileno())

    def on_readable(self) -> None:
        """The head, of which it takes what comes at once. From then on nobody calls."""
        assert self._socket is not None
        if self._take(TRICKLE_BYTES) is not False and len(self._tail) < STATUS_BYTES:
            return  # there is more to come
        if found := STATUS.match(self._tail):
            self._status = int(found[1])
        self._audience.pump.forget(self._socket.fileno())
        self._changed.set()

    def _lag(self) -> bool:
        """Whether the connection was reset meanwhile."""
        while self._here() and (left := (self._phase.end_ns - time.time_ns()) / SECOND) > 0:
            gevent.sleep(min(TICK_SECONDS, left))
            if self._here() and (self._reset() or (self._trickles and self._take(TRICKLE_BYTES) is False)):
                return True
        return False

    def _here(self) -> bool:
        """It has not been told to leave."""
        return self._socket is not None

    def _reset(self) -> bool:
        """By the server, which a client may see even behind what it did not read. Linux only."""
        assert self._socket is not None
        if not hasattr(socket, "TCP_INFO"):
            return False
        return self._socket.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 1) == TCP_CLOSE

    def _catch_up(self) -> bool:
        """Read all that there is. Whether the stream had an end."""
        if self._socket is not None:
            self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, READ_BYTES)
        since = quiet_since = time.monotonic()
        while self._here() and (now := time.monotonic()) - since < CATCH_UP_SECONDS:
            if now - quiet_since > PATIENCE_SECONDS:
                break
            match self._take(READ_BYTES):
                case False:
                    return True
                case True:
                    quiet_since = time.monotonic()
                    gevent.sleep(0)
                case None:
                    gevent.sleep(TICK_SECONDS / 20)
        return False

    def _take(self, most: int) -> bool | None:
        """Whether there was something to read, None for not yet; False at the end."""
        assert self._socket is not None
        try:
            data = self._socket.recv(most)
        except BlockingIOError:
            return None
        except OSError:
            return False
        self._bytes += len(data)
        self._tail = (self._tail + data)[-TAIL_BYTES:]
        return bool(data)

    def _tell(self, since_ns: int, reset_ns: int | None, *, ended: bool) -> None:
        kind, tally = "trickle" if self._trickles else "stalled", self._audience.tally
        tally.counts[self._phase.id, kind] += 1
        tally.counts[self._phase.id, f"{kind}_evicted"] += ended
        window = Window(self._phase.id, judged=True)
        tally.histograms[HistogramKey(window, f"{kind}_bytes")].add(self._bytes)
        if reset_ns is not None:  # and what lay unread is gone
            tally.histograms[HistogramKey(window, f"{kind}_lasted")].add((reset_ns - since_ns) // 1000)
        if stamps := STAMP.findall(self._tail):
            fed_us = max(0, int(stamps[-1]) - since_ns) // 1000
            tally.histograms[HistogramKey(window, f"{kind}_fed")].add(fed_us)
