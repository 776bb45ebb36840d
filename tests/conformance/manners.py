"""The ways in which a correct server may differ from ours, and what it writes by them. Does no I/O."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import NamedTuple

__all__ = ["HEARTBEAT_SECONDS", "Event", "Manners", "block", "described"]

HEARTBEAT_SECONDS = 0.3
DECLARED = MappingProxyType(
    {
        "subscribe": "",
        "cursor": 'unknown = "signal", signal = { event = "lost" }',
        "heartbeat": f'interval = "{HEARTBEAT_SECONDS}s"',
        "publish": "",
        "fields": "event = true",
        "more": "",
    }
)


class Event(NamedTuple):
    """What was published; `id` where the publisher gave one."""

    data: str = ""
    event: str = ""
    id: str = ""


@dataclass(frozen=True)
class Manners:
    """What is odd. `declared` are the tables of the target file that tell of it, for those above."""

    line_end: str = "\n"
    space: str = " "  # after a colon; without it a payload's own first blank is doubled
    first: str = ""  # before anything else on a stream
    http: str = "1.1"  # "1.0": the body ends with the connection, no chunks
    piece: int = 0  # bytes in one write, 0 for all; more of them in a long event
    heartbeat: str = ": beat{end}{end}"
    order: str = "id event data"  # of the fields in a block
    before: tuple[str, ...] = ()  # lines in front of the fields of a block
    after: tuple[str, ...] = ()  # and behind them
    between: str = ""  # what follows a block
    bare: bool = False  # a field without a value has no colon
    kind: str = ""  # the type of an event that was published without one
    id: str = "{number}"
    step: int = 1  # between the numbers of two events
    wrap: str = ""  # what the data is, around {json}, the payload as JSON
    late: bool = False  # the head is sent with the first bytes of the body, as Node and WSGI servers do
    head_seconds: float = 0.0
    batch_seconds: float = 0.0  # for which events are gathered, to be written at once
    head: str = ""  # more header lines
    early: str = ""  # what is sent before the head
    gzip: bool = False  # for whoever takes it
    everything: bool = False  # is what a reader without a cursor gets first
    query: str = ""  # in which the cursor comes, and not in the header
    rejects: int = 0  # the status for a cursor that nobody was given
    again: int = 0  # events before the cursor that are sent once more
    cursors: bool = True
    declared: Mapping[str, str] = field(default_factory=dict)

    def id_of(self, number: int, event: Event) -> str:
        """That of the event with this number."""
        return event.id or self.id.format(number=number * self.step)


def block(manners: Manners, number: int, event: Event) -> str:
    """An event as it is written."""
    kind = event.event or manners.kind
    fields = {
        "id": [manners.id_of(number, event)] if manners.cursors else [],
        "event": [kind] if kind else [],
        "data": re.split("\r\n|\r|\n", _wrapped(manners, event.data)),
    }
    lines = [_line(manners, name, value) for name in manners.order.split() for value in fields[name]]
    whole = [*manners.before, *lines, *manners.after, ""]
    return "".join(line + manners.line_end for line in whole) + manners.between.format(end=manners.line_end)


def _line(manners: Manners, name: str, value: str) -> str:
    if manners.bare and not value:
        return name
    return f"{name}:{manners.space or ' ' * value.startswith(' ')}{value}"


def _wrapped(manners: Manners, data: str) -> str:
    return manners.wrap.replace("{json}", json.dumps(data)) if manners.wrap else data


def described(manners: Manners, url: str) -> str:
    """The target file of a server with these manners."""
    told = {**DECLARED, **manners.declared}
    path = f'path = "/{{channel}}"{", " * bool(told["subscribe"])}{told["subscribe"]}'
    return f"""
        schema = 1
        target = {{ name = "odd", base_url = "{url}" }}
        subscribe = {{ {path} }}
        cursor = {{ {told["cursor"]} }}
        heartbeat = {{ {told["heartbeat"]} }}
        {told["more"]}
        [publish]
        driver = "http"
        fields = {{ {told["fields"]} }}
        {told["publish"]}
        [publish.request]
        path = "/{{channel}}"
        json = {{ data = "{{data}}", event = "{{event}}", id = "{{id}}" }}
    """
