"""A first target file from what a probe saw: the known is written, the rest is there as a comment. Pure."""

import json
from collections.abc import Iterator
from itertools import pairwise
from urllib.parse import parse_qsl, urlsplit

from conformance.captures.quiet import greeted_until
from conformance.eventstream import Block
from conformance.probe import Probe
from conformance.visible import visible

__all__ = ["draft"]

STANDARD_TYPES = {"message"}
SHOWN = 60  # characters of what the server sent

PUBLISH = """\
# How the suite makes your server send something. Most rows need it: payloads, injection, replay, fan-out.
# [publish]
# driver  = "http"
# success = [200, 201, 202, 204]
# fields  = { data = true, event = true } # what a publisher can set: data, event, id, retry, comment
# unwrap  = { kind = "raw" }              # how it shows up in data: raw, json, json-field:/text, base64
# [publish.request]
# method = "POST"
# path   = "/publish/{channel}"
# json   = { data = "{data}", event = "{event}" }  # or body = "{data}", form = { … }
"""
WAIVE = """\
# Known failures, with a reason and a date:
# [[waive]]
# id     = "SSE-HTTP-009"
# reason = "the framework answers HEAD with 405"
# until  = 2027-06-30
"""


def draft(url: str, probe: Probe) -> str:
    """The text of a target file for `url`. It loads as it stands, and promises nothing that was not seen."""
    parts = [_target(url, probe), _subscribe(url, probe), PUBLISH, _cursor(probe), _heartbeat(probe), WAIVE]
    return "\n".join(parts)


def _target(url: str, probe: Probe) -> str:
    parts = urlsplit(url)
    server = probe.reading.head.all("server") if probe.reading.head else []
    version = f"version  = {_text(server[0])}\n" if server else '# version = "1.2.3"\n'
    return (
        f"# What {visible(url)} promises. Look at every line: what is declared is held against the server.\n"
        f"schema = 1\n\n[target]\nname     = {_text(parts.netloc)}\n{version}"
        f"base_url = {_text(f'{parts.scheme}://{parts.netloc}')}\n"
    )


def _subscribe(url: str, probe: Probe) -> str:
    parts = urlsplit(url)
    lines = [
        "[subscribe]",
        f"path     = {_text(_literal(parts.path or '/'))}",
        "# Put {channel} where a channel, topic or user is named: then each row gets one of its own.",
    ]
    query = ", ".join(f"{_text(name)} = {_text(_literal(value))}" for name, value in parse_qsl(parts.query))
    lines += [f"query    = {{ {query} }}"] if query else []
    greeting = [*_frames(_greeting(probe))]
    lines += [f"greeting = [{', '.join(greeting)}] # came at once, and is no event"] if greeting else []
    if probe.quiet.events:
        lines.append(
            f'traffic  = "ambient" # {probe.quiet.events} events came that the suite had not published'
        )
    if probe.reading.complete:
        lines.append("finite   = true # it ended by itself")
    return "\n".join(lines) + "\n"


def _cursor(probe: Probe) -> str:
    head = "# What a client that comes back with Last-Event-ID may expect."
    if probe.replayed is None:
        seen = f"{len(probe.ids)} id seen" if probe.ids else "no id seen"
        why = f"Not tried: {seen}. Without this table, nothing is held against the server."
        declared = '# [cursor]\n# header = true\n# query  = ""           # a parameter that does the same\n'
        return f"{head} {why}\n{declared}{_unknown(probe, '# ')}"
    if not probe.replayed:
        return f"{head} What came after the first id was not sent again.\n[cursor]\nsupported = false\n"
    return f"{head} It was tried, and it works.\n[cursor]\nheader    = true\n{_unknown(probe, '')}"


def _unknown(probe: Probe, comment: str) -> str:
    """How an id of nobody's was answered, as far as that has a name."""
    head = probe.stranger.head
    if head is not None and head.status != 200:
        return f'{comment}unknown   = "reject"       # {head.line} to an id that the server never gave\n'
    first = {event.type for event in probe.reading.events}
    new = [event.type for event in probe.stranger.events if event.type not in first | STANDARD_TYPES]
    if new:
        signal = f"{{ event = {_text(new[0])} }}"
        return f'{comment}unknown   = "signal"\n{comment}signal    = {signal} # came for an unknown id\n'
    policies = "live | all | signal | reject"
    return f'# unknown   = "live"         # {policies}: an id that the server never gave\n'


def _heartbeat(probe: Probe) -> str:
    times = [probe.reading.seconds_at(beat[0].offset) for beat in probe.quiet.beats]
    if len(times) < 2:
        told = f"fewer than two comments came in {probe.quiet.watched:.0f} s"
        return f'# Signs of life on an idle stream: {told}.\n# [heartbeat]\n# interval = "15s" # or "none"\n'
    gaps = sorted(after - before for before, after in pairwise(times))
    median = gaps[len(gaps) // 2]
    seen = f"# {len(times)} comments came, {median:.2f} s apart"
    return f'[heartbeat]\ninterval = {_text(_duration(median))} {seen}\nkind     = "comment"\n'


def _greeting(probe: Probe) -> list[Block]:
    """Blocks that came in one go with the head, and whose like did not come again."""
    blocks, end = probe.reading.blocks, greeted_until(probe.reading)
    first = [block for block in blocks if block.begin < end]
    later = {*_frames(blocks[len(first) :])}
    return [block for block in first if not later & {*_frames([block])}]


def _frames(blocks: list[Block]) -> Iterator[str]:
    """Each kind of block once, in the words of a target file."""
    seen = set()
    for block in blocks:
        names = {field.name for field in block.fields}
        types = [field.value for field in block.fields if field.name == "event"]
        if names == {"id"}:
            seen.add("{ id_only = true }")
        elif names == {""}:
            seen.add("{ comment = true }")
        elif types:
            seen.add(f"{{ event = {_text(types[-1])} }}")
    yield from sorted(seen)


def _duration(seconds: float) -> str:
    return f"{round(seconds)}s" if seconds >= 2 else f"{round(seconds, 1) * 1000:.0f}ms"


def _literal(text: str) -> str:
    """Braces are placeholders in a target file."""
    return text.replace("{", "%7B").replace("}", "%7D")


def _text(value: str) -> str:
    """A TOML string; those of JSON are some."""
    return json.dumps(visible(value, SHOWN) if not value.isprintable() else value, ensure_ascii=False)
