"""Questions, answers and reports as Locust's custom messages, between its master and its workers."""

import logging
import time
from collections.abc import Callable
from itertools import count
from typing import Any

import gevent
from gevent.event import AsyncResult
from gevent.pool import Group
from locust.env import Environment
from locust.rpc import Message
from locust.runners import STATE_MISSING, MasterRunner, WorkerRunner

from loadtests._wire import (
    Answer,
    Muster,
    Ping,
    Pong,
    Question,
    Report,
    WireError,
    decode_answer,
    decode_question,
    decode_report,
    encode,
    encode_report,
)

__all__ = ["MasterLink", "RemotePeer", "WorkerLink"]

log = logging.getLogger(__name__)

ASK, ANSWER, REPORT = "sse_ask", "sse_answer", "sse"
MISSED_HEARTBEATS = 3  # one a second, beyond those after which Locust calls a worker missing
GREET_SECONDS = 1.0
PRESENCE_SECONDS = 0.25  # how soon a worker's leaving is noticed


class MasterLink:
    """The master's end: asks workers, and hears their reports."""

    def __init__(self, runner: MasterRunner, hear: Callable[[str, Report], None]) -> None:
        """`hear` is told each report, and whose it is."""
        self._runner = runner
        self._hear = hear
        self._tokens = count()
        self._waiting: dict[int, AsyncResult[tuple[Answer, int]]] = {}
        runner.register_message(ANSWER, self._on_answer)
        runner.environment.events.worker_report.add_listener(self._on_report)

    def workers(self) -> list[str]:
        """Who is there, in the order of Locust's own numbers."""
        present = [client.id for client in self._runner.clients.all if client.state != STATE_MISSING]
        return sorted(present, key=self._runner.get_worker_index)

    def present(self, worker: str) -> bool:
        """Whether it may answer: Locust calls missing who is only busy, and counts how long that lasts."""
        client = self._runner.clients.get(worker)
        return client is not None and (client.state != STATE_MISSING or client.heartbeat > -MISSED_HEARTBEATS)

    def ask(self, worker: str, question: Question, seconds: float) -> tuple[Answer, int] | None:
        """The answer, and when it came (ns of the wall clock); None without one, as soon as that is sure."""
        token, until = next(self._tokens), time.monotonic() + seconds
        waiting = self._waiting[token] = AsyncResult()
        try:
            self._runner.send_message(ASK, {"token": token, "body": encode(question)}, worker)
            while (left := until - time.monotonic()) > 0:
                if waiting.wait(min(left, PRESENCE_SECONDS)) is not None:
                    return waiting.value
                if not self.present(worker):
                    return None
            return None
        finally:
            del self._waiting[token]

    def soon(self, what: Callable[["RemotePeer"], None], worker: str) -> None:
        """About a worker that has just come, as soon as Locust knows it too."""
        gevent.spawn_later(0, what, RemotePeer(self, worker))

    def _on_answer(self, environment: Environment, msg: Message, **_: Any) -> None:  # noqa: ARG002 - Locust's
        now = time.time_ns()
        waiting = self._waiting.get(msg.data["token"])
        if waiting is None:
            return  # it came too late
        try:
            waiting.set((decode_answer(msg.data["body"]), now))
        except WireError as error:
            log.error("Worker %s: %s", msg.node_id, error)

    def _on_report(self, client_id: str, data: dict[str, Any]) -> None:
        if REPORT not in data:
            return
        try:
            self._hear(client_id, decode_report(data[REPORT]))
        except WireError as error:
            log.error("Worker %s: %s", client_id, error)


class RemotePeer:
    """A worker in another process."""

    def __init__(self, link: MasterLink, id_: str) -> None:
        self.id = id_
        self._link = link

    def ask(self, question: Question, seconds: float) -> Answer | None:
        began = time.monotonic()
        if isinstance(question, Muster):
            self._greet(seconds)
        answered = self._link.ask(self.id, question, seconds - (time.monotonic() - began))
        return answered[0] if answered else None

    def _greet(self, seconds: float) -> None:
        """Until it answers: one that has just connected does not know our messages yet, and drops them."""
        until = time.monotonic() + seconds
        while self.ping(GREET_SECONDS) is None and time.monotonic() < until:
            pass

    def collect(self) -> None:
        """Its reports come by themselves."""

    def ping(self, seconds: float) -> tuple[int, Pong, int] | None:
        sent_ns = time.time_ns()
        match self._link.ask(self.id, Ping(), seconds):
            case Pong() as pong, returned_ns:
                return sent_ns, pong, returned_ns
        return None


class WorkerLink:
    """A worker's end: answers, and reports whenever Locust does."""

    def __init__(
        self,
        runner: WorkerRunner,
        answer: Callable[[Question], Answer],
        report: Callable[[], Report | None],
    ) -> None:
        self._runner = runner
        self._answer = answer
        self._report = report
        self._answering = Group()
        runner.register_message(ASK, self._on_ask)
        runner.environment.events.report_to_master.add_listener(self._on_report)

    def _on_ask(self, environment: Environment, msg: Message, **_: Any) -> None:  # noqa: ARG002 - Locust's
        received_ns = time.time_ns()
        try:
            question = decode_question(msg.data["body"])
        except WireError as error:
            log.error("The master: %s", error)
            return
        token = msg.data["token"]
        if isinstance(question, Ping):  # at once: this greenlet is the one that receives
            self._send(token, Pong(received_ns, time.time_ns()))
        else:
            self._answering.spawn(self._reply, token, question)

    def finish(self, seconds: float) -> None:
        """Wait so long for what is being answered."""
        self._answering.join(seconds)

    def _reply(self, token: int, question: Question) -> None:
        self._send(token, self._answer(question))

    def _send(self, token: int, answer: Answer) -> None:
        self._runner.send_message(ANSWER, {"token": token, "body": encode(answer)})

    def _on_report(self, client_id: str, data: dict[str, Any]) -> None:  # noqa: ARG002 - Locust's
        report = self._report()
        if report is not None:
            data[REPORT] = encode_report(report)
