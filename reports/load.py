"""Result files become records, or one line that says which file is wrong, where and why. Judges nothing."""

import gzip
import re
import zlib
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import msgspec

from reports.load_schema import Load
from reports.schemas import Conformance, Fleet, Result
from reports.sides import Loaded
from reports.visible import visible

__all__ = ["MAX_BYTES", "SCHEMAS", "ResultError", "Unreadable", "decode", "load", "load_all"]

MAX_BYTES = 256 * 2**20  # a two-hour soak is about 2 MB; beyond this it is no result file, or a bomb
MESSAGE_CHARACTERS = 300
SCHEMAS: dict[str, type[Result]] = {
    "eventbahn-conformance/1": Conformance,
    "eventbahn-load/1": Load,
    "eventbahn-fleet/1": Fleet,
}


class ResultError(Exception):
    """A file that cannot be reported; the message is one line."""


class Unreadable(NamedTuple):
    """A file that the page has to do without, and why."""

    name: str
    why: str


class Head(msgspec.Struct):
    """What every result file begins with."""

    schema: str


def load(path: Path) -> Result:
    """The result in the file at `path`. Raises ResultError."""
    try:
        return decode(read(path))
    except ResultError as error:
        raise ResultError(visible(f"{path}: {shortened(str(error))}")) from error


def load_all(results: Sequence[Path], baselines: Sequence[Path]) -> tuple[list[Loaded], list[Unreadable]]:
    """What could be read, the baselines first, and what could not."""
    found, missed = [], []
    paths = [*baselines, *results]
    for number, (path, name) in enumerate(zip(paths, told_apart(paths), strict=True)):
        try:
            found.append(Loaded(name, load(path), number < len(baselines)))
        except ResultError as error:
            missed.append(Unreadable(name, str(error)))
    return found, missed


def told_apart(paths: Sequence[Path]) -> list[str]:
    """The name of each file, with folders in front where others are called so, too: `main/result.json`.

    One that is given again is numbered.
    """
    shared = Counter(tail for path in dict.fromkeys(paths) for tail in tails(path))
    names = [str(next((tail for tail in tails(path) if shared[tail] == 1), path)) for path in paths]
    again = [names[:number].count(name) for number, name in enumerate(names)]
    return [f"{name} ({times + 1})" if times else name for name, times in zip(names, again, strict=True)]


def tails(path: Path) -> list[Path]:
    """`a/b/c` → `c`, `b/c`, `a/b/c`."""
    return [Path(*path.parts[-count:]) for count in range(1, len(path.parts) + 1)]


def read(path: Path) -> bytes:
    """The bytes of a file, unpacked where its name ends in .gz."""
    try:
        with gzip.open(path) if path.name.endswith(".gz") else path.open("rb") as file:
            content = file.read(MAX_BYTES + 1)
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise ResultError(f"not a complete gzip file: {error}") from error
    except OSError as error:
        raise ResultError(f"cannot be read: {error.strerror}") from error
    if not content:
        raise ResultError("is empty")
    if len(content) > MAX_BYTES:
        raise ResultError(f"is larger than {MAX_BYTES >> 20} MiB")
    return content


def decode(content: bytes) -> Result:
    """The record that `content` holds. Raises ResultError with key and expectation, without a file name."""
    try:
        schema = msgspec.json.decode(content, type=Head).schema
        if schema not in SCHEMAS:
            raise ResultError(foreign(schema))
        return msgspec.json.decode(content, type=SCHEMAS[schema])
    except msgspec.ValidationError as error:
        raise ResultError(located(str(error))) from error
    except RecursionError as error:
        raise ResultError("is nested too deeply") from error
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise ResultError(f"is not JSON: {error}") from error


def foreign(schema: str) -> str:
    """What to do about a file of another version, or of another program."""
    name, _, version = schema.partition("/")
    ours = next((known for known in SCHEMAS if known.startswith(f"{name}/")), None)
    if ours and version.isdigit():
        return f"schema: {schema!r} is of another version of eventbahn; this one reads {ours}"
    return f"schema: {schema!r} is not known; this version reads {', '.join(SCHEMAS)}"


def shortened(message: str) -> str:
    """A message may quote the file, and a file may hold anything."""
    return message if len(message) <= MESSAGE_CHARACTERS else message[: MESSAGE_CHARACTERS - 1] + "…"


def located(message: str) -> str:
    """msgspec's sentence with the key in front: `phases[0].subs: expected int, got str`."""
    what, _, where = message.partition(" - at ")
    key = re.sub(r"^\$\.?", "", where.strip("`"))
    what = what.replace("`", "")
    sentence = what[:1].lower() + what[1:]
    return f"{key}: {sentence}" if key else sentence
