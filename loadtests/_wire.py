"""What master and workers say to each other, as records and as bytes. Sends nothing.

The master asks, a worker answers; reports come unasked. A run in one process speaks the same, without bytes.
"""

from collections import Counter, defaultdict
from typing import Any

import msgspec

from loadtests._accounting import Loss
from loadtests._histogram import Histogram
from loadtests._ledger import Ledger, Reached, Sample
from loadtests._tally import HistogramKey, Published, Share

__all__ = [
    "Answer",
    "Begin",
    "Correct",
    "Done",
    "Drain",
    "Drained",
    "Hurry",
    "Muster",
    "Mustered",
    "Ping",
    "Pong",
    "Question",
    "Quiesce",
    "Quiesced",
    "Refused",
    "Report",
    "WireError",
    "decode_answer",
    "decode_question",
    "decode_report",
    "encode",
    "encode_report",
]

Packed = tuple[dict[int, int], int, int, int]  # counts, sum, least, most


class WireError(ValueError):
    """Bytes that are none of our messages: another version is at the other end."""


class Muster(msgspec.Struct, frozen=True, tag=True):
    """Could you take part in a run? Of this server, with these options, and so many subscribers yours."""

    host: str
    options: dict[str, Any]
    subscribers: int


class Mustered(msgspec.Struct, frozen=True, tag=True):
    """Yes; this is who I am."""

    host: str
    domain: str  # of the clock
    kernel_stamps: bool
    open_files: int
    ports: int | None  # of one address


class Refused(msgspec.Struct, frozen=True, tag=True):
    """No: `code` is what the master should exit with."""

    message: str
    code: int


class Ping(msgspec.Struct, frozen=True, tag=True):
    """What time is it?"""


class Pong(msgspec.Struct, frozen=True, tag=True):
    received_ns: int
    replied_ns: int


class Begin(msgspec.Struct, frozen=True, tag=True):
    """Begin what you were mustered for at `begin_ns`, by the master's clock; yours is ahead by `shift_ns`.

    What the plan has after `end_ns` is left out.

    `publisher` is your place among the `publishers` of the run, None when you joined too late for one.
    `domains` are the clocks of all publishers, `shifts` how far each is ahead of the master's.
    """

    run: str
    begin_ns: int
    end_ns: int
    worker: int
    publisher: int | None
    publishers: int
    shift_ns: int
    domains: list[str]
    shifts: list[int]


class Correct(msgspec.Struct, frozen=True, tag=True):
    """How far the clocks of domains have drifted since the run began."""

    drifts: dict[str, int]


class Quiesce(msgspec.Struct, frozen=True, tag=True):
    """Publish nothing more, and say what you have published."""


class Quiesced(msgspec.Struct, frozen=True, tag=True):
    published: dict[str, Published]


class Drain(msgspec.Struct, frozen=True, tag=True):
    """Wait until everybody has what was `published`, account for what is missing, and let everybody leave."""

    cut_ns: int  # by the master's clock: nothing later belongs to the run
    published: dict[str, Published]


class Hurry(msgspec.Struct, frozen=True, tag=True):
    """Wait for nothing more."""


class Report(msgspec.Struct, frozen=True):
    """What was counted since the report before."""

    run: str
    ledger: Ledger


class Drained(msgspec.Struct, frozen=True, tag=True):
    """All is accounted for. `reports` and `recorded` are what the master must have heard of, in all."""

    last: bytes  # the report that completes them
    reports: int
    recorded: int
    clock_step_us: int
    pump_errors: int


class Done(msgspec.Struct, frozen=True, tag=True):
    """As you say."""


Question = Muster | Ping | Begin | Correct | Quiesce | Drain | Hurry
Answer = Mustered | Refused | Pong | Quiesced | Drained | Done


class Pages(msgspec.Struct, array_like=True):
    """A report, as it travels."""

    run: str
    histograms: dict[HistogramKey, Packed]
    heat: dict[int, Packed]
    arrivals: dict[str, list[tuple[int, Reached]]]
    arrivals_xdom: dict[str, list[tuple[int, Reached]]]
    counts: dict[tuple[int, str], int]
    seconds: dict[tuple[int, str], int]
    errors: dict[str, int]
    losses: dict[int, Loss]
    shares: dict[int, list[Share]]
    samples: list[Sample]


encode = msgspec.msgpack.encode
_questions = msgspec.msgpack.Decoder(Question)
_answers = msgspec.msgpack.Decoder(Answer)
_pages = msgspec.msgpack.Decoder(Pages)


def decode_question(data: bytes) -> Question:
    """Raises WireError."""
    question: Question = _decoded(_questions, data)
    return question


def decode_answer(data: bytes) -> Answer:
    """Raises WireError."""
    answer: Answer = _decoded(_answers, data)
    return answer


def _decoded(decoder: msgspec.msgpack.Decoder[Any], data: bytes) -> Any:
    try:
        return decoder.decode(data)
    except msgspec.MsgspecError as error:
        raise WireError(f"not understood, do all hosts run the same version? {error}") from error


def encode_report(report: Report) -> bytes:
    """Some kilobytes a second, most of them histograms."""
    ledger = report.ledger
    return encode(
        Pages(
            report.run,
            {key: _pack(histogram) for key, histogram in ledger.histograms.items()},
            {second: _pack(histogram) for second, histogram in ledger.heat.items()},
            _by_source(ledger.arrivals),
            _by_source(ledger.arrivals_xdom),
            ledger.counts,
            ledger.seconds,
            ledger.errors,
            ledger.losses,
            ledger.shares,
            ledger.samples,
        )
    )


def decode_report(data: bytes) -> Report:
    """Raises WireError."""
    pages: Pages = _decoded(_pages, data)
    ledger = Ledger(
        defaultdict(Histogram, {key: _unpack(packed) for key, packed in pages.histograms.items()}),
        defaultdict(Histogram, {second: _unpack(packed) for second, packed in pages.heat.items()}),
        _by_probe(pages.arrivals),
        _by_probe(pages.arrivals_xdom),
        Counter(pages.counts),
        Counter(pages.seconds),
        Counter(pages.errors),
        defaultdict(Loss, pages.losses),
        defaultdict(list, pages.shares),
        pages.samples,
    )
    return Report(pages.run, ledger)


def _pack(histogram: Histogram) -> Packed:
    return histogram.counts, histogram.total, histogram.least, histogram.most


def _unpack(packed: Packed) -> Histogram:
    histogram = Histogram()
    histogram.counts, histogram.total, histogram.least, histogram.most = packed
    histogram.n = sum(histogram.counts.values())
    return histogram


def _by_source(arrivals: dict[tuple[str, int], Reached]) -> dict[str, list[tuple[int, Reached]]]:
    """A source has a long name and many probes."""
    found: defaultdict[str, list[tuple[int, Reached]]] = defaultdict(list)
    for (source, seq), probe in arrivals.items():
        found[source].append((seq, probe))
    return found


def _by_probe(found: dict[str, list[tuple[int, Reached]]]) -> dict[tuple[str, int], Reached]:
    return {(source, seq): probe for source, rows in found.items() for seq, probe in rows}
