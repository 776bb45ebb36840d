"""The open-loop publisher: a probe leaves when it is due, however long answers take. Reads no events."""

import time

import gevent
import httptools
from gevent import socket

from loadtests._endpoint import Endpoint
from loadtests._plan import Plan
from loadtests._probe import Probe
from loadtests._schedule import Schedule
from loadtests._tally import HistogramKey, Tally

__all__ = ["ANSWER_SECONDS", "Publisher"]

MOST_IN_FLIGHT = 256
ANSWER_SECONDS = 10.0  # for connecting and answering; beyond it a probe counts as unconfirmed
IDLE_SECONDS = 4.0  # many servers close an idle connection after 5 s
SECOND = 1_000_000_000
READ_BYTES = 65_536


class RefusedError(Exception):
    """A probe that the server did not take; the message says why."""


class Connection:
    """One keep-alive connection: a request, its answer, the next request."""

    def __init__(self, endpoint: Endpoint) -> None:
        self.reusable = False
        self.used = time.monotonic()
        self._done = False
        self._socket = socket.socket(endpoint.family, socket.SOCK_STREAM)
        self._socket.settimeout(ANSWER_SECONDS)
        try:
            self._socket.connect(endpoint.address)
            self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        except OSError:
            self.close()
            raise

    def post(self, request: bytes) -> int:
        """The status of the answer. Raises OSError, or RefusedError when what comes back is no answer."""
        parser = httptools.HttpResponseParser(self)
        self._done = False
        self._socket.sendall(request)
        while not self._done:
            data = self._socket.recv(READ_BYTES)
            if not data:
                raise RefusedError("connection closed before the answer")
            try:
                parser.feed_data(data)
            except httptools.HttpParserError as error:
                raise RefusedError(f"the answer is not HTTP: {error}") from error
        self.reusable = parser.should_keep_alive()
        self.used = time.monotonic()
        return int(parser.get_status_code())

    def on_message_complete(self) -> None:
        """httptools calls this at the end of the answer's body."""
        self._done = True

    def close(self) -> None:
        self._socket.close()


class Publisher:
    """Publishes one source's probes. `final` is the last number that left, -1 before the first."""

    def __init__(self, endpoint: Endpoint, plan: Plan, schedule: Schedule, run: str, source: str) -> None:
        self.final = -1
        self.unconfirmed: set[int] = set()
        self._endpoint = endpoint
        self._plan = plan
        self._schedule = schedule
        self._run = run
        self._source = source
        self._tally = Tally()
        self._idle: list[Connection] = []
        self._posts: set[gevent.Greenlet[..., None]] = set()
        self._clockwork = gevent.spawn(self._publish)

    def take(self) -> Tally:
        """What was counted since the last call."""
        taken, self._tally = self._tally, Tally()
        return taken

    def stop(self, seconds: float) -> None:
        """Send nothing more, and wait so long for the answers that are due."""
        self._clockwork.kill()
        gevent.joinall(list(self._posts), timeout=seconds)
        gevent.killall(list(self._posts))
        while self._idle:
            self._idle.pop().close()

    def _publish(self) -> None:
        for seq in self._schedule.seqs(self._schedule.begin_ns, self._schedule.end_ns):
            due_ns = self._schedule.intended_ns(seq)
            while (left := due_ns - time.time_ns()) > 0:
                gevent.sleep(left / SECOND)
            self.final = seq
            self.unconfirmed.add(seq)
            if len(self._posts) >= MOST_IN_FLIGHT:
                self._tally.errors[f"publish: not sent, {MOST_IN_FLIGHT} in flight"] += 1
                continue
            post = gevent.spawn(self._post, seq, due_ns)
            self._posts.add(post)
            post.link(self._posts.discard)

    def _post(self, seq: int, due_ns: int) -> None:
        connection = None
        self._took(
            "publisher_late", due_ns, time.time_ns() - due_ns
        )  # our own fault; all later is the server's
        try:
            connection = self._connection()
            probe = Probe(self._source, seq, self._run, due_ns, time.time_ns())
            status = connection.post(self._endpoint.publish(probe.encode()))
            if not 200 <= status < 300:
                raise RefusedError(f"HTTP {status}")
            self._confirm(seq, due_ns)
        except TimeoutError:
            self._tally.errors[f"publish: no answer within {ANSWER_SECONDS:.0f} s"] += 1
        except OSError as error:
            self._tally.errors[f"publish: {error.strerror or error}"] += 1
        except RefusedError as error:
            self._tally.errors[f"publish: {error}"] += 1
        finally:
            if connection is not None:
                self._put_back(connection)

    def _confirm(self, seq: int, due_ns: int) -> None:
        self.unconfirmed.discard(seq)
        self._took("publish", due_ns, time.time_ns() - due_ns)
        self._tally.seconds[due_ns // SECOND, "published"] += 1

    def _took(self, metric: str, due_ns: int, ns: int) -> None:
        self._tally.histograms[HistogramKey(self._plan.window_at(due_ns), metric)].add(ns // 1000)

    def _connection(self) -> Connection:
        while self._idle:
            kept = self._idle.pop()
            if time.monotonic() - kept.used < IDLE_SECONDS:
                kept.reusable = False  # until it has answered again
                return kept
            kept.close()
        return Connection(self._endpoint)

    def _put_back(self, connection: Connection) -> None:
        if connection.reusable:
            self._idle.append(connection)
        else:
            connection.close()
