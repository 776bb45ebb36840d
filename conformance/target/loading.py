"""A target file or a URL becomes a `Target`: what the server under test promises. Sends and runs nothing."""

import shlex
import tomllib
from collections.abc import Iterator, Mapping
from ipaddress import ip_address
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import msgspec

from conformance.complaint import complaint
from conformance.target.consistency import bad_address, contradictions
from conformance.target.environment import expand
from conformance.target.schema import Exec, Politeness, Server, Target
from conformance.target.stream import Publish, Subscribe
from conformance.target.table import Seconds, seconds

__all__ = ["TARGETS", "Command", "Target", "TargetError", "commands", "is_loopback", "load", "loads"]

TARGETS = Path(__file__).parent.parent / "targets"  # the files that come with eventbahn
OURSELVES = Politeness(max_streams=None, max_requests=None, allow_attacks=True)


class TargetError(ValueError):
    """A target that cannot be used; the message says which file, which key, and what to write instead."""


class Command(NamedTuple):
    """Something that a target file makes the suite do besides subscribing and publishing."""

    key: str
    line: str


def load(source: str, environ: Mapping[str, str], *, origin: str | None = None) -> Target:
    """The target of a TOML file, or the one that a bare http(s) URL stands for: its stream, and nothing else.

    `politeness` is always set: where the file has none it follows from the addresses. `${HERE}` is the folder
    of the file, for programs that lie beside it. `origin` is that of [target], said elsewhere. Raises
    TargetError.
    """
    for wrong in bad_address("the origin", origin) if origin is not None else ():
        raise TargetError(wrong)
    if source.startswith(("http://", "https://")):
        return _of_url(source, origin)
    try:
        text = Path(source).read_text(encoding="utf-8")
    except FileNotFoundError:
        raise TargetError(f"{source}: no such file; a URL begins with http:// or https://") from None
    except (OSError, UnicodeDecodeError) as error:
        raise TargetError(f"{source}: {getattr(error, 'strerror', None) or error}") from None
    return loads(text, {**environ, "HERE": str(Path(source).absolute().parent)}, source, origin=origin)


def loads(
    text: str, environ: Mapping[str, str], name: str = "target", *, origin: str | None = None
) -> Target:
    """The target of a file's text; `name` stands in front of every complaint. Raises TargetError."""
    try:
        raw = expand(tomllib.loads(text), environ)
        target = msgspec.convert(_without_beats(raw), Target, dec_hook=_custom)
    except msgspec.ValidationError as error:
        raise TargetError(f"{name}: {complaint(error, Target)}") from None
    except (ValueError, LookupError) as error:
        raise TargetError(f"{name}: {error.args[0]}") from None
    wrong = [*contradictions(target)]
    if wrong:
        raise TargetError("\n".join(f"{name}: {one}" for one in wrong))
    return _polite(_with(target, origin))


def commands(target: Target) -> list[Command]:
    """What the file would run or send on its own account, for a runner to print and to ask leave for."""
    found = []
    if isinstance(target.target.version, Exec):
        found.append(Command("target.version", shlex.join(target.target.version.exec)))
    if target.process:
        found.append(Command("process.start", shlex.join(target.process.start)))
    for number, step in enumerate(target.setup):
        found.append(Command(f"setup[{number}]", f"{step.method} {step.url or step.path}"))
    if target.publish and target.publish.driver == "exec":
        found.append(Command("publish.command", shlex.join(target.publish.command or ())))
    if target.publish and target.publish.driver == "python":
        found.append(Command("publish.python", target.publish.python or ""))
    return found


def is_loopback(url: str) -> bool:
    """Whether the host of `url` is this machine."""
    host = urlsplit(url).hostname or ""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


def _of_url(url: str, origin: str | None) -> Target:
    for wrong in bad_address("the URL", url):
        raise TargetError(wrong)
    parts = urlsplit(url)
    literal = url.replace("{", "%7B").replace("}", "%7D")  # as browsers do; else they would be placeholders
    return _polite(
        Target(
            schema=1,
            target=Server(name=url, base_url=f"{parts.scheme}://{parts.netloc}", origin=origin),
            subscribe=Subscribe(url=literal, traffic="ambient"),
            publish=Publish(driver="none"),
        )
    )


def _with(target: Target, origin: str | None) -> Target:
    if origin is None:
        return target
    return msgspec.structs.replace(target, target=msgspec.structs.replace(target.target, origin=origin))


def _polite(target: Target) -> Target:
    if target.politeness is not None:
        return target
    ours = all(map(is_loopback, _addresses(target)))
    return msgspec.structs.replace(target, politeness=OURSELVES if ours else Politeness())


def _addresses(target: Target) -> Iterator[str]:
    yield target.target.base_url
    yield from filter(None, [target.target.origin])
    yield from (path.base_url for path in target.paths)
    published = target.publish.request if target.publish else None
    yield from (
        request.url for request in (target.subscribe, published, *target.setup) if request and request.url
    )


def _without_beats(raw: dict[str, Any]) -> dict[str, Any]:
    """`raw` with a declared absence of heartbeats turned into None, which TOML has no word for."""
    match raw:
        case {"heartbeat": {"interval": "none", **others}}:
            return {**raw, "heartbeat": {**others, "interval": None}}
    return raw


def _custom(kind: type, value: object) -> object:
    assert kind is Seconds, f"nobody has taught us to read a {kind}"
    return seconds(value)
