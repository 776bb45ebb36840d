"""The open-loop publisher: a probe leaves when it is due, however long answers take. Reads no events."""

import time
from collections.abc import Iterator, Mapping
from heapq import merge

import gevent
import httptools
from gevent import socket

from loadtests._answer import answer_kind
from loadtests._endpoint import Endpoint
from loadtests._plan import SECOND, Plan
from loadtests._probe import Compose, Probe
from loadtests._schedule import Schedule
from loadtests._server import Server
from loadtests._tally import HistogramKey, Published, Tally

__all__ = ["ANSWER_SECONDS", "Publisher"]

MOST_IN_FLIGHT = 256
ANSWER_SECONDS = 10.0  # for connecting and answering; beyond it a probe counts as unconfirmed
IDLE_SECONDS = 4.0  # many servers close an idle connection after 5 s
READ_BYTES = 65_536


class RefusedError(Exception):
    """A probe that the server did not take; the message says why, `kind` is what it is counted as."""

    def __init__(self, message: str, kind: str = "none") -> None:
        super().__init__(message)
        self.kind = kind


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
    """Publishes the probes of some sources, each of which numbers its own."""

    def __init__(
        self, server: Server, plan: Plan, sources: Mapping[str, Schedule], run: str, compose: Compose
    ) -> None:
        self._server = server
        self._plan = plan
        self._sources = sources
        self._run = run
        self._compose = compose
        self._finals = dict.fromkeys(sources, -1)
        self._unconfirmed: dict[str, set[int]] = {source: set() for source in sources}
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

    def published(self) -> dict[str, Published]:
        """What has left so far, by source; -1 before the first."""
        return {
            source: Published(final, frozenset(self._unconfirmed[source]))
            for source, final in self._finals.items()
        }

    def _publish(self) -> None:
        for due_ns, source, seq in merge(*map(self._due, self._sources)):
            while (left := due_ns - time.time_ns()) > 0:
                gevent.sleep(left / SECOND)
            self._finals[source] = seq
            self._unconfirmed[source].add(seq)
            if len(self._posts) >= MOST_IN_FLIGHT:
                self._refused(due_ns, RefusedError(f"not sent, {MOST_IN_FLIGHT} in flight", "unsent"))
                continue
            post = gevent.spawn(self._post, source, seq, due_ns)
            self._posts.add(post)
            post.link(self._posts.discard)

    def _due(self, source: str) -> Iterator[tuple[int, str, int]]:
        schedule = self._sources[source]
        return ((schedule.intended_ns(seq), source, seq) for seq in range(len(schedule)))

    def _post(self, source: str, seq: int, due_ns: int) -> None:
        connection = None
        late_ns = time.time_ns() - due_ns
        self._took("publisher_late", due_ns, late_ns)  # our own fault; all later is the server's
        try:
            connection = self._connection()
            status = connection.post(self._request(Probe(source, seq, self._run, due_ns, time.time_ns())))
            if not self._server.recipe.took(status):
                raise RefusedError(f"HTTP {status}", answer_kind(status))
            self._confirm(source, seq, due_ns)
        except TimeoutError:
            self._refused(due_ns, RefusedError(f"no answer within {ANSWER_SECONDS:.0f} s"))
        except OSError as error:
            self._refused(due_ns, RefusedError(error.strerror or str(error)))
        except RefusedError as error:
            self._refused(due_ns, error)
        finally:
            if connection is not None:
                self._put_back(connection)

    def _request(self, probe: Probe) -> bytes:
        schedule = self._sources[probe.source]
        number = probe.seq * schedule.of + schedule.index
        return self._server.recipe.publish(schedule.topic, self._compose(probe, number))

    def _confirm(self, source: str, seq: int, due_ns: int) -> None:
        self._unconfirmed[source].discard(seq)
        self._took("publish", due_ns, time.time_ns() - due_ns)
        self._tally.seconds[due_ns // SECOND, "published"] += 1

    def _refused(self, due_ns: int, error: RefusedError) -> None:
        phase = self._plan.phase_at(due_ns)
        self._tally.errors[f"publish: {error}"] += 1
        if phase is not None:
            self._tally.counts[phase.id, f"publish_{error.kind}"] += 1

    def _took(self, metric: str, due_ns: int, ns: int) -> None:
        self._tally.histograms[HistogramKey(self._plan.window_at(due_ns), metric)].add(ns // 1000)

    def _connection(self) -> Connection:
        while self._idle:
            kept = self._idle.pop()
            if time.monotonic() - kept.used < IDLE_SECONDS:
                kept.reusable = False  # until it has answered again
                return kept
            kept.close()
        return Connection(self._server.publications)

    def _put_back(self, connection: Connection) -> None:
        if connection.reusable:
            self._idle.append(connection)
        else:
            connection.close()
