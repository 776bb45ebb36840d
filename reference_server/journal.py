"""The journal: one line for each event of the server's life, as text or JSON; never one for a delivery.

Lines are notes on the logger `eventbahn.server`. Without `--log-format` nobody reads notes, and none is made.
"""

import json
import logging
import re
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from queue import Full, Queue
from typing import NamedTuple, TextIO

__all__ = ["LOGGER", "alarm", "journal", "note"]

LOGGER = logging.getLogger("eventbahn.server")
MOST_LINES = 10_000  # that wait for whoever reads them
LONGEST = 2_000  # characters of one value; clients choose some of them
PLAIN = re.compile(r"[\w.:/@+*~-]+", re.ASCII)
PATIENCE = 1.0  # seconds that whoever reads has, at the end, to take what waits


class Note(NamedTuple):
    """What happened, in one word, and plain facts about it."""

    event: str
    facts: dict[str, object]

    def __str__(self) -> str:
        return " ".join([self.event, *(f"{name}={word_of(value)}" for name, value in self.facts.items())])


def note(event: str, /, **facts: object) -> None:
    """What belongs to a server's life. Facts that are None are left out."""
    write(logging.INFO, event, facts)


def alarm(event: str, /, **facts: object) -> None:
    """What somebody has to see to. As silent as the others while nobody reads."""
    write(logging.ERROR, event, facts)


def write(level: int, event: str, facts: dict[str, object]) -> None:
    if LOGGER.isEnabledFor(logging.INFO):
        LOGGER.log(
            level, Note(event, {name: cut(value) for name, value in facts.items() if value is not None})
        )


def cut(value: object) -> object:
    return f"{value[:LONGEST]}…" if isinstance(value, str) and len(value) > LONGEST else value


def word_of(value: object) -> str:
    """One word as it is, all else in quotes: no client can begin a line, or a fact of its own (CWE-117)."""
    return value if isinstance(value, str) and PLAIN.fullmatch(value) else as_json(value)


def as_json(value: object) -> str:
    """In visible ASCII only; JSON itself would let DEL pass."""
    return json.dumps(value).replace("\x7f", "\\u007f")


class Text(logging.Formatter):
    """`2026-11-25T22:51:35.123Z INFO joined stream=1 …`"""

    def format(self, record: logging.LogRecord) -> str:
        return f"{time_of(record)} {record.levelname} {note_of(record)}"


class Json(logging.Formatter):
    """`{"ts": "2026-11-25T22:51:35.123Z", "level": "info", "event": "joined", "stream": 1, …}`"""

    def format(self, record: logging.LogRecord) -> str:
        found = note_of(record)
        head = {"ts": time_of(record), "level": record.levelname.lower(), "event": found.event}
        return as_json({**head, **found.facts})


FORMATS: dict[str, type[logging.Formatter]] = {"text": Text, "json": Json}


def time_of(record: logging.LogRecord) -> str:
    at = datetime.fromtimestamp(record.created, UTC)
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def note_of(record: logging.LogRecord) -> Note:
    """The record's own, or one of what was said in prose, by us or by aiohttp."""
    if isinstance(record.msg, Note):
        return record.msg
    facts: dict[str, object] = {"text": record.getMessage()}
    if record.exc_info:
        facts["traceback"] = logging.Formatter().formatException(record.exc_info)
    return Note("message", facts)


class Lines(logging.Handler):
    """Lines to a stream, by a thread of its own: whoever reads them slowly holds up nobody else."""

    def __init__(self, stream: TextIO) -> None:
        super().__init__()
        self._stream = stream
        self._waiting: Queue[str | None] = Queue(MOST_LINES)
        self._lost = 0  # since the last one that found room
        self._thread = threading.Thread(target=self._write, name="journal", daemon=True)
        self._thread.start()

    def emit(self, record: logging.LogRecord) -> None:
        try:
            if self._lost:
                told = Note("lines_lost", {"count": self._lost})
                self._waiting.put_nowait(self.format(logging.makeLogRecord({**record.__dict__, "msg": told})))
                self._lost = 0
            self._waiting.put_nowait(self.format(record))
        except Full:
            self._lost += 1

    def _write(self) -> None:
        while (line := self._waiting.get()) is not None:
            with suppress(OSError, ValueError):  # nobody reads any more
                self._stream.write(f"{line}\n")
                self._stream.flush()

    def close(self) -> None:
        with suppress(Full):
            self._waiting.put(None, timeout=PATIENCE)
            self._thread.join(PATIENCE)
        super().close()


@contextmanager
def journal(form: str, stream: TextIO = sys.stderr) -> Iterator[None]:
    """Let notes be made, and written as `form` says: text or json. What asyncio says stands among them."""
    lines = Lines(stream)
    lines.setFormatter(FORMATS[form]())
    loggers = (LOGGER, logging.getLogger("asyncio"))
    before = LOGGER.level
    LOGGER.setLevel(logging.INFO)
    for each in loggers:
        each.addHandler(lines)
        each.propagate = False
    try:
        yield
    finally:
        LOGGER.setLevel(before)
        for each in loggers:
            each.removeHandler(lines)
            each.propagate = True
        lines.close()
