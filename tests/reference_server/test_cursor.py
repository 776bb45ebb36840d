"""Where a cursor stands in the log, and what a client hears whose cursor cannot be followed."""

import json
from typing import NamedTuple

import pytest

from reference_server.cursor import Place, Reset, id_of, locate


class Held(NamedTuple):
    """What some log holds."""

    epoch: str = "e1"
    oldest: int = 5
    newest: int = 9


FOLLOWED = {
    "none": ("", 9),
    "the newest": ("e1-9", 9),
    "one behind": ("e1-8", 8),
    "just before the oldest": ("e1-4", 4),
}
REFUSED = {
    "evicted": ["e1-3", "e1-0"],
    "ahead": ["e1-10", "e1-999999999999999999"],
    "epoch": ["e2-7", "E1-7"],
    "unknown": [
        "7",
        "e1-",
        "-7",
        "e1-07",
        "e1--1",
        "e1-7 ",
        "e1-7\n",
        "e1-7.0",
        "é1-7",
        "e1-٧",
        "x" * 8192,
        "\0",
    ],
}


@pytest.mark.parametrize(("asked", "sequence"), FOLLOWED.values(), ids=FOLLOWED)
def test_a_cursor_in_the_log_is_followed(asked: str, sequence: int) -> None:
    assert locate(asked, Held()) == Place(sequence)


@pytest.mark.parametrize(
    ("reason", "asked"), [(reason, each) for reason in REFUSED for each in REFUSED[reason]]
)
def test_any_other_leads_to_the_head_with_the_reason(reason: str, asked: str) -> None:
    assert locate(asked, Held()) == Place(9, Reset(reason, asked))


def test_the_head_of_an_empty_log_can_be_followed() -> None:
    assert locate("e1-0", Held(oldest=1, newest=0)) == Place(0)


def test_a_reset_says_what_was_asked_and_what_there_is() -> None:
    told = json.loads(Reset("evicted", 'é"\n').data(Held()))

    assert told == {"reason": "evicted", "asked": 'é"\n', "oldest": "e1-5", "newest": "e1-9"}


def test_an_empty_log_has_no_oldest() -> None:
    told = json.loads(Reset("epoch", "x-1").data(Held(oldest=1, newest=0)))

    assert (told["oldest"], told["newest"]) == (None, "e1-0")


def test_an_id_is_epoch_and_sequence() -> None:
    assert id_of(Held(), 7) == "e1-7"
