"""What all checks of a run share: the connections, and each capture once. Judges nothing."""

from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from typing import Self

from conformance.bodies import Bodies
from conformance.cursors import strange
from conformance.exchange import Exchange, exchange
from conformance.quiet import Quiet, QuietStream
from conformance.reading import Reading
from conformance.resumption import Frames, Resumption, Unknown, frames, resume, unknown
from conformance.row import Payload
from conformance.setup import captured
from conformance.subject import Subject
from conformance.target import Target
from conformance.verdict import Unjudged, Verdict
from conformance.wire import Wire

__all__ = ["Stage"]

HEAD_SECONDS = 1.0  # for which a HEAD is watched after its answer


class Stage:
    """A context manager. The quiet subscription is opened first, and watched while everything else goes on.

    Every method captures anew, waits as long as it takes, and raises Unjudged where nothing can be judged.
    """

    def __init__(self, target: Target, wanted: Mapping[str, Sequence[Payload]], nonce: str) -> None:
        self.target = target
        self._wanted = wanted
        self._nonce = nonce
        self._open = ExitStack()
        self._resumed: Resumption | None = None

    def __enter__(self) -> Self:
        try:
            wire = self._open.enter_context(Wire())
            self.subject = Subject(self.target, wire, captured(self.target), self._nonce)
            self._open.callback(self.subject.close)
            self._quiet = QuietStream(self.subject)
        except BaseException:
            self._open.close()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self._open.close()

    def opening(self) -> Reading:
        """The quiet subscription, once it has a head; or a second one, where only that was in time."""
        first = self._quiet.opened()
        if first.head is None or first.head.seconds <= self.subject.head_seconds:
            return first
        with self.subject.visit():
            stream = self.subject.subscribe("a second quiet subscription", self.subject.channel())
            stream.wait(lambda reading: reading.head, self.subject.head_seconds)
            second = Reading.of(stream.transcript)
        return second if second.head else first

    def quiet(self) -> Quiet:
        """The quiet subscription, after silence enough."""
        return self._quiet.watch()

    def head(self) -> Reading:
        """The answer to a HEAD, watched for a while."""
        if self.target.subscribe.method != "GET":
            raise Unjudged(
                Verdict.NOT_APPLICABLE, f"declared-absent: a stream by {self.target.subscribe.method}"
            )
        with self.subject.visit():
            stream = self.subject.subscribe("a HEAD request", self.subject.channel(), method="HEAD")
            stream.wait(lambda reading: reading.head, self.subject.head_seconds)
            stream.wait(lambda reading: reading.after or None, HEAD_SECONDS)
            return Reading.of(stream.transcript)

    def exchange(self) -> Exchange:
        """All payloads, and one subscriber."""
        if not self.subject.can_publish:
            raise Unjudged(Verdict.NOT_APPLICABLE, "no-publisher")
        with self.subject.visit():
            return exchange(self.subject, self._wanted)

    def bodies(self, exchanged: Exchange | None) -> Bodies:
        """What came so far on the quiet subscription, and on that of the payloads."""
        quiet = Reading.of(self._quiet.stream.transcript)
        if exchanged is None:
            return Bodies((quiet,))
        return Bodies((quiet, exchanged.reading), exchanged.texts, exchanged.written)

    def resumption(self) -> Resumption:
        """Readers that come back."""
        with self.subject.visit():
            self._resumed = resume(self.subject)
        return self._resumed

    def unknown(self) -> Unknown:
        """A reader with an id of nobody's, on the channel of the readers that came back, if there is one."""
        with self.subject.visit():
            return unknown(self.subject, self._resumed)

    def frames(self) -> Frames:
        """Ids of what is no event, on the quiet subscription."""
        with self.subject.visit():
            return frames(self.subject, self._quiet.channel, self._quiet.stream)

    def cursors(self) -> Mapping[str, Reading]:
        """Answers to cursors of nobody's."""
        with self.subject.visit():
            return strange(self.subject)
