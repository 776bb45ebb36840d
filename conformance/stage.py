"""What all checks of a run share: the connections, and each capture once. Judges nothing."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import ExitStack, contextmanager
from functools import partial
from typing import Any, NamedTuple, Self

from conformance.captures.quiet import QuietStream
from conformance.once import Once
from conformance.process import ServerProcess
from conformance.reading import Reading
from conformance.row import Payload
from conformance.setup import captured
from conformance.subject import Subject
from conformance.target import Target
from conformance.transcript import Transcript
from conformance.wire import Wire

__all__ = ["Capture", "Stage"]

AT_ONCE = 6  # captures, most of which wait most of the time
STREAMS = 30  # that so many captures may need between them
OK = 200


class Capture(NamedTuple):
    """What a check can ask for by name.

    `take` opens its own connections, waits as long as it takes, and raises Unjudged where nothing can be
    judged. One that is `alone` begins when all others have ended: it counts what the server does, or
    stops it.
    """

    help: str
    take: Callable[["Stage"], object]
    alone: bool = False


class Stage:
    """A context manager. The quiet subscription is opened first, and watched while everything else goes on.

    `wanted` are the payloads of each row. `begin` starts the captures of these names, several at once where
    the server gives each a channel of its own and takes many streams; one that was not begun is taken when
    it is asked for. `slow`: captures may take minutes.
    """

    def __init__(
        self,
        target: Target,
        captures: Mapping[str, Capture],
        wanted: Mapping[str, Sequence[Payload]],
        nonce: str,
        *,
        slow: bool = False,
        process: ServerProcess | None = None,
    ) -> None:
        self.target = target
        self.slow = slow
        self.wanted = wanted
        self._captures = captures
        self._taken: dict[str, Once[object]] = {
            name: Once(partial(capture.take, self)) for name, capture in captures.items()
        }
        self._nonce = nonce
        self.process = process
        self._begun: list[Future[object]] = []
        self._open = ExitStack()
        self.transcripts: tuple[Transcript, ...] = ()  # of all streams, once it is over

    def __enter__(self) -> Self:
        try:
            self._pool = self._open.enter_context(ThreadPoolExecutor(AT_ONCE, "capture"))
            self.wire = self._open.enter_context(Wire())
            self._values = dict(captured(self.target))
            self.subject = Subject(self.target, self.wire, self._values, self._nonce)
            self._open.callback(self.subject.close)
            self._open.callback(self._pool.shutdown, wait=False, cancel_futures=True)
            self.quiet = QuietStream(self.subject, slow=self.slow)
        except BaseException:
            self._open.close()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self._open.close()
        self.transcripts = tuple(stream.transcript for stream in self.subject.streams)

    def begin(self, names: Collection[str]) -> None:
        """Start the captures of these names in the background, in the order of the table."""
        together = [name for name in self._captures if name in names and not self._captures[name].alone]
        if self._spacious and _accepted(self.quiet.opened()):
            self._begun = [self._pool.submit(self._taken[name]) for name in together]

    def get(self, name: str) -> Any:
        """What the capture of this name came to. Raises Unjudged, as the capture did."""
        if self._captures[name].alone:
            wait(self._begun)
        return self._taken[name]()

    def again(self, name: str) -> Any:
        """The same, captured anew, on a server that is left alone meanwhile. Raises Unjudged."""
        wait(self._begun)
        self.quiet.stream.close()
        self.quiet = QuietStream(self.subject, slow=self.slow)
        return self._captures[name].take(self)

    @contextmanager
    def visit(self) -> Iterator[Subject]:
        """The server, for one capture: whatever is subscribed inside is closed at the end."""
        with self.subject.visit() as visitor:
            yield visitor

    def restart(self) -> None:
        """Start the server that was stopped, and have its [[setup]] again. Raises Unjudged."""
        assert self.process is not None, "whoever stops it has asked whether it is ours"
        self.process.start()
        self._values.update(captured(self.target))

    @property
    def _spacious(self) -> bool:
        most = self.target.politeness.max_streams if self.target.politeness else None
        roomy = most is None and self.target.limits.streams >= STREAMS
        return roomy and self.subject.isolated


def _accepted(reading: Reading) -> bool:
    return reading.head is not None and reading.head.status == OK
