"""What the rows of ID make of recorded streams."""

import pytest

from conformance.captures.channel import Cursor
from conformance.captures.resumption import SPELLINGS, Queried, Resumption
from conformance.checks import test_id
from conformance.checks.bodies import Bodies
from conformance.reading import Reading
from conformance.target import Target, loads
from conformance.verdict import Judgement
from tests.conformance.test_reading import CLOSED, reading

PROMISES = """
schema = 1
target = { name = "x", base_url = "http://127.0.0.1:1" }
subscribe = { path = "/" }
"""
BY_QUERY = PROMISES + 'cursor = { query = "after", precedence = "query" }'
TEXTS = tuple(f"t{number}" for number in range(8))
LIVE = "live"
ALL = (*TEXTS, LIVE)


def target(text: str = PROMISES) -> Target:
    return loads(text, {})


def stream(texts: tuple[str, ...], ids: dict[str, str] | None = None) -> Reading:
    """An event for each text, with the id that `ids` gives it, or else its number."""
    named = {text: str(number) for number, text in enumerate(ALL)} | (ids or {})
    body = "".join(f"id: {named[text]}\ndata: {text}\n\n" for text in texts)
    return reading(CLOSED, body.encode()) if body else reading(CLOSED)


def cursor(texts: tuple[str, ...], ids: dict[str, str] | None = None, id_: str = "") -> Cursor:
    """A reader that got these texts."""
    read = stream(texts, ids)
    found = tuple(event.last_event_id for event in read.events)
    return Cursor(id_, read, texts, found, tuple(event.begin for event in read.events))


def story(
    witness: Cursor | None = None,
    leaver: Cursor | None = None,
    middle: Cursor | None = None,
    newest: Cursor | None = None,
) -> Resumption:
    """A resume at which nothing is wrong, but for what is given."""
    return Resumption(
        TEXTS,
        LIVE,
        2,
        tuple(map(str, range(8))),
        witness or cursor(ALL),
        leaver or cursor(TEXTS[:2]),
        middle or cursor(TEXTS[2:], id_="1"),
        newest or cursor((LIVE,), id_="7"),
    )


@pytest.mark.parametrize(
    ("found", "verdict", "observed"),
    {
        "as it should be": (story(), "PASS", "9 ids, all different; 9 of them seen by another reader"),
        "another one live": (
            story(leaver=cursor(TEXTS[:2], {"t1": "b-1"})),
            "FAIL",
            '"1" for one, "b-1" for another',
        ),
        "another one by replay": (
            story(middle=cursor(TEXTS[2:], {"t5": "x"}, "1")),
            "FAIL",
            '"5" for one, "x" for another',
        ),
        "none by replay": (story(middle=cursor(TEXTS[2:], {"t5": ""}, "1")), "FAIL", '"5" for one, "" for'),
        "two events share one": (
            story(witness=cursor(ALL, {"t5": "6"}), middle=cursor(TEXTS[2:], {"t5": "6"}, "1")),
            "FAIL",
            '2 events with the id "6"',
        ),
        "an event twice with its id": (story(middle=cursor((*TEXTS[2:], "t7"), id_="1")), "PASS", "9 ids"),
        "nobody else got any": (
            story(leaver=cursor(()), middle=cursor(()), newest=cursor(())),
            "INCONCLUSIVE",
            "",
        ),
    }.values(),
    ids=lambda value: value if isinstance(value, str) else None,
)
def test_one_id_for_everybody(found: Resumption, verdict: str, observed: str) -> None:
    judgement = test_id.test_one_id_for_everybody(found)

    assert judgement.verdict == verdict
    assert observed in judgement.observed


def bodies(id_: str) -> Bodies:
    return Bodies((reading(CLOSED, f"id: {id_}\ndata: fence\n\n".encode()),), ("fence",))


@pytest.mark.parametrize(
    ("id_", "verdict"),
    [
        ("7", "PASS"),
        (" 7", "FAIL"),
        ("7 ", "FAIL"),
        ("7\t", "FAIL"),
        ("7\0", "FAIL"),
        ("a b", "PASS"),
        ("é", "PASS"),
    ],
)
def test_an_id_that_a_header_would_change(id_: str, verdict: str) -> None:
    assert test_id.test_an_id_comes_back_as_it_was(bodies(id_), story(), target()).verdict == verdict


@pytest.mark.parametrize(
    ("middle", "verdict"),
    {
        "the rest": (TEXTS[2:], "PASS"),
        "one too few, which is another row's": (TEXTS[3:], "PASS"),
        "one too many, which is another row's": (TEXTS[1:], "PASS"),
        "nothing": ((), "FAIL"),
        "everything": (TEXTS, "FAIL"),
    }.values(),
)
def test_an_id_that_is_not_known_again(middle: tuple[str, ...], verdict: str) -> None:
    found = story(middle=cursor(middle, id_="1"))

    assert test_id.test_an_id_comes_back_as_it_was(bodies("7"), found, target()).verdict == verdict


def test_all_of_the_history_again_where_it_may_be() -> None:
    twice = target(PROMISES + '[cursor]\ndelivery = "at-least-once"\n')

    judgement = test_id.test_an_id_comes_back_as_it_was(
        bodies("7"), story(middle=cursor(TEXTS, id_="1")), twice
    )

    assert judgement.verdict == "INCONCLUSIVE"


def test_our_own_ids_are_held_against_nobody() -> None:
    theirs = target(PROMISES + '[cursor]\nids = "publisher"\n')

    judgement = test_id.test_ids_need_no_preflight(bodies("urn:uuid:0"), theirs)

    assert judgement.verdict == "INFO"


@pytest.mark.parametrize(
    ("id_", "verdict", "observed"),
    [
        ("0b25-7_x.y~", "PASS", "1 id of at most 11 bytes"),
        ("x" * 128, "PASS", "128 bytes"),
        ("x" * 129, "FAIL", "an id of 129 bytes"),
        ("é" * 65, "FAIL", "an id of 130 bytes"),
        ("1432052416:0", "FAIL", '":" in "1432052416:0"; the target declares no pages of other origins'),
        ("[a]", "FAIL", '"[]" in'),
    ],
)
def test_ids_that_need_a_preflight(id_: str, verdict: str, observed: str) -> None:
    judgement = test_id.test_ids_need_no_preflight(bodies(id_), target())

    assert judgement.verdict == verdict
    assert observed in judgement.observed


def spelled(change: dict[bytes, tuple[str, ...]]) -> dict[bytes, Cursor]:
    """Readers that got what follows their ids, but for `change`."""
    return {name: cursor(change.get(name, ALL[number + 1 :])) for name, number in SPELLINGS.items()}


@pytest.mark.parametrize(
    ("change", "middle", "verdict"),
    {
        "known": ({}, TEXTS[2:], "PASS"),
        "unknown in lower case": ({b"last-event-id": ()}, TEXTS[2:], "FAIL"),
        "unknown in upper case, and all is sent": ({b"LAST-EVENT-ID": ALL}, TEXTS[2:], "FAIL"),
        "off by one, as always": (
            {name: ALL[number + 2 :] for name, number in SPELLINGS.items()},
            TEXTS[3:],
            "PASS",
        ),
        "nothing to compare with": ({}, (), "INCONCLUSIVE"),
    }.values(),
)
def test_other_spellings(change: dict[bytes, tuple[str, ...]], middle: tuple[str, ...], verdict: str) -> None:
    found = story(middle=cursor(middle, id_="1"))

    assert test_id.test_the_field_name_in_any_case(found, spelled(change)).verdict == verdict


def asked(alone: tuple[str, ...], both: tuple[str, ...] | None, declared: str = PROMISES) -> Judgement:
    found = Queried(ALL, 4, cursor(alone), 6, 5, None if both is None else cursor(both))
    return test_id.test_a_cursor_in_the_query(story(), found, target(declared))


@pytest.mark.parametrize(
    ("alone", "both", "declared", "verdict", "observed"),
    [
        (ALL[5:], ALL[6:], PROMISES, "PASS", "the header wins"),
        (ALL[5:], ALL[7:], PROMISES, "FAIL", "the query wins"),
        (ALL[5:], ALL[7:], BY_QUERY, "PASS", "the query wins"),
        (ALL[5:], ALL[6:], BY_QUERY, "FAIL", "the header wins"),
        (ALL[5:], (), PROMISES, "FAIL", "its reader got none of the events after it"),
        (ALL[5:], None, PROMISES, "PASS", "there is no header to yield to"),
        ((), ALL[6:], PROMISES, "FAIL", "a cursor in the query alone: its reader got none"),
        (ALL, ALL[6:], PROMISES, "FAIL", "its reader got 9 events, from number 1 of 9 on"),
    ],
)
def test_a_cursor_in_the_query(
    alone: tuple[str, ...], both: tuple[str, ...] | None, declared: str, verdict: str, observed: str
) -> None:
    judgement = asked(alone, both, declared)

    assert judgement.verdict == verdict
    assert observed in judgement.observed
