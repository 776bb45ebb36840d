"""Questions, answers and reports, there and back."""

from collections import Counter, defaultdict

import pytest

from loadtests._accounting import Loss
from loadtests._histogram import Histogram
from loadtests._ledger import Ledger, Reached, Sample
from loadtests._plan import Window
from loadtests._tally import HistogramKey, Published, Share
from loadtests._wire import (
    Begin,
    Drain,
    Muster,
    Ping,
    Pong,
    Quiesced,
    Refused,
    Report,
    WireError,
    decode_answer,
    decode_question,
    decode_report,
    encode,
    encode_report,
)

JUDGED = Window(1, judged=True)
BEGIN_NS = 1_795_000_000_000_000_000
QUESTIONS = [
    Muster(
        "http://127.0.0.1:8000", {"levels": "10,20", "slo": ["deliver.p99<=1s"], "allow_remote": False}, 10
    ),
    Ping(),
    Begin("r", BEGIN_NS, BEGIN_NS + 9, 1, None, 2, -5_000_000_000, ["a", "b"], [0, -5_000_000_000]),
    Drain(7, {"probe-r-0": Published(41, frozenset({3, 4}))}),
]
ANSWERS = [Refused("no", 2), Pong(1, 2), Quiesced({"probe-r-0": Published(-1)})]


def ledger() -> Ledger:
    """Something of everything."""
    return Ledger(
        histograms=defaultdict(
            Histogram,
            {
                HistogramKey(JUDGED, "deliver"): Histogram([0, 5, 1_000_000]),
                HistogramKey(None, "connect"): Histogram([7]),
            },
        ),
        heat=defaultdict(Histogram, {12: Histogram([5, 5])}),
        arrivals={
            ("probe-r-0", 3): Reached(JUDGED, 12, 2, 5, 9),
            ("probe-r-1", 0): Reached(None, 13, 1, 1, 1),
        },
        arrivals_xdom={("probe-r-1", 4): Reached(JUDGED, 12, 3, 5, 9)},
        counts=Counter({(-1, "negative"): 2, (0, "dup"): 1}),
        seconds=Counter({(12, "deliveries"): 5}),
        errors=Counter({"stream: eof": 3}),
        losses=defaultdict(Loss, {0: Loss(10, 2, 1)}),
        shares=defaultdict(list, {0: [Share(0, 5, 900), Share(1, 4, 800)]}),
        samples=[Sample(12, 1, 20, 3.5, 80.25)],
    )


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: type(question).__name__)
def test_a_question_is_what_was_asked(question: Muster | Ping | Begin | Drain) -> None:
    assert decode_question(encode(question)) == question


@pytest.mark.parametrize("answer", ANSWERS, ids=lambda answer: type(answer).__name__)
def test_an_answer_is_what_was_answered(answer: Refused | Pong | Quiesced) -> None:
    assert decode_answer(encode(answer)) == answer


def test_a_report_holds_all_that_was_counted() -> None:
    report = Report("r", ledger())

    assert decode_report(encode_report(report)) == report


def test_what_was_decoded_goes_on_counting() -> None:
    decoded = decode_report(encode_report(Report("r", Ledger()))).ledger

    decoded.merge(ledger())

    assert decoded == ledger()


def test_a_second_of_a_busy_worker_is_some_kilobytes() -> None:
    busy = Ledger()
    for seq in range(20):
        busy.arrivals["probe-20261126T021222Z-fanout-beef-0", seq] = Reached(JUDGED, 1, 2_000, 900, 20_000)
    busy.histograms[HistogramKey(JUDGED, "deliver")] = Histogram(
        900 + 997 * n % 19_100 for n in range(40_000)
    )

    assert len(encode_report(Report("r", busy))) < 8_000


@pytest.mark.parametrize("data", [b"", b"\xc1", encode({"type": "Dance"})], ids=["none", "noise", "unknown"])
def test_what_is_not_understood_is_said(data: bytes) -> None:
    with pytest.raises(WireError, match="do all hosts run the same version"):
        decode_question(data)
