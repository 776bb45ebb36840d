"""What the rows of REPLAY, and of SEC about isolation, make of recorded streams."""

import pytest

from conformance.captures.channel import Cursor
from conformance.captures.cuts import Chain, Cut
from conformance.captures.isolation import Isolation
from conformance.captures.resumption import First
from conformance.captures.retention import Retention
from conformance.captures.seam import Seam, Trial
from conformance.checks import test_replay, test_sec
from conformance.reading import Reading
from conformance.target import Target, loads
from tests.conformance.test_reading import CLOSED, reading

PROMISES = """
schema = 1
target = { name = "x", base_url = "http://127.0.0.1:1" }
subscribe = { path = "/" }
"""
REFUSED = b"HTTP/1.1 410 Gone\r\n\r\n"
BACKLOG, MEANWHILE, AFTER = ("a0", "a1", "a2", "a3"), ("b0", "b1"), "c"
SENT = (*BACKLOG[1:], *MEANWHILE, AFTER)


def target(cursor: str = "") -> Target:
    return loads(PROMISES + f"[cursor]\n{cursor}", {})


def stream(texts: tuple[str, ...], head: bytes = CLOSED, more: str = "") -> Reading:
    body = more + "".join(f"id: {text}\ndata: {text}\n\n" for text in texts)
    return reading(*filter(None, [head, body.encode()]))


def cursor(texts: tuple[str, ...], head: bytes = CLOSED, more: str = "") -> Cursor:
    """A reader that got these texts, and `more` in front of them."""
    read = stream(texts, head, more)
    ours = [event for event in read.events if event.data in texts]
    return Cursor("i", read, texts, texts, tuple(event.begin for event in ours))


def seam(*got: str) -> Seam:
    return Seam("c", BACKLOG, BACKLOG, MEANWHILE, AFTER, cursor(got))


STRETCHED = {
    "all of it, in order": (SENT, {}),
    "what came meanwhile is missing": ((*BACKLOG[1:], AFTER), {"loss": "2 events did not come, 2 of them"}),
    "the history is short": (SENT[2:], {}),
    "the backlog has a hole": (("a1", "a3", *MEANWHILE, AFTER), {"loss": "1 event did not come, 0 of them"}),
    "what came meanwhile comes twice": (
        (*BACKLOG[1:], *MEANWHILE, *MEANWHILE, AFTER),
        {"repeats": "2 events came twice during a replay that stood still"},
    ),
    "one event overtakes": (
        ("a1", "b0", "a2", "a3", "b1", AFTER),
        {"order": "2 events came behind one that was published later"},
    ),
    "the last one overtakes": ((*BACKLOG[1:], AFTER, *MEANWHILE), {"order": "2 events came behind"}),
}


@pytest.mark.parametrize(("got", "broken"), STRETCHED.values(), ids=STRETCHED)
def test_a_stretched_seam(got: tuple[str, ...], broken: dict[str, str]) -> None:
    story = seam(*got)
    found = {
        "order": test_replay.test_nothing_overtakes_the_replay(story),
        "loss": test_replay.test_nothing_is_lost_at_the_seam(story, ()),
        "repeats": test_replay.test_nothing_comes_twice_at_the_seam(story, ()),
    }

    assert {row for row, one in found.items() if one.verdict == "FAIL"} == broken.keys()
    assert all(told in found[row].observed for row, told in broken.items())


def trials(*got: tuple[str, ...]) -> tuple[Trial, ...]:
    return tuple(Trial(SENT, cursor(texts)) for texts in got)


def test_many_trials_bound_what_they_did_not_see() -> None:
    many = trials(*[SENT] * 150)

    assert "0 of 150 trials at random moments, which bounds it to 2.0% (95 %)" in (
        test_replay.test_nothing_is_lost_at_the_seam(seam(*SENT), many).observed
    )
    assert "no trials" in test_replay.test_nothing_comes_twice_at_the_seam(seam(*SENT), ()).observed


def test_one_trial_that_went_wrong_is_enough() -> None:
    lost = test_replay.test_nothing_is_lost_at_the_seam(seam(*SENT), trials(SENT, SENT[1:]))
    twice = test_replay.test_nothing_comes_twice_at_the_seam(seam(*SENT), trials(SENT, (*SENT, AFTER)))

    assert (lost.verdict, lost.observed) == ("FAIL", "1 event did not come in trial 2 at a random moment")
    assert (twice.verdict, twice.observed) == ("FAIL", "1 event came twice in trial 2 at a random moment")


@pytest.mark.parametrize(
    ("declared", "got", "verdict"),
    [
        ("none", ("live",), "PASS"),
        ("none", ("h2", "live"), "FAIL"),
        ("all", ("h0", "h1", "h2", "live"), "PASS"),
        ("all", ("live",), "FAIL"),
        ("last:2", ("h1", "h2", "live"), "PASS"),
        ("last:2", ("h2", "live"), "FAIL"),
        ("last:9", ("h0", "h1", "h2", "live"), "PASS"),
        ("none", (), "INCONCLUSIVE"),
        (None, ("h2", "live"), "PASS"),
    ],
)
def test_a_first_connect(declared: str | None, got: tuple[str, ...], verdict: str) -> None:
    said = target(f'first = "{declared}"' if declared else "")
    story = First(("h0", "h1", "h2"), "live", cursor(got))

    assert test_replay.test_a_first_connect(story, said).verdict == verdict


RESET = "event: reset\ndata: gone\n\n"
SIGNAL = 'evicted = "signal"\nsignal = { event = "reset" }'


@pytest.mark.parametrize(
    ("said", "reader", "verdict", "observed"),
    [
        (SIGNAL, cursor(("live",), more=RESET), "PASS", "`signal` (HTTP/1.0 200 OK; 0 events replayed)"),
        (SIGNAL, cursor(("t8", "t9", "live"), more=RESET), "PASS", "`signal` (HTTP/1.0 200 OK; 2 events"),
        (SIGNAL, cursor(("t8", "t9", "live")), "FAIL", "`oldest`"),
        (SIGNAL, cursor(("live",)), "FAIL", "`live`"),
        (SIGNAL, cursor(()), "FAIL", "no reaction that has a name"),
        ('evicted = "oldest"', cursor(("t8", "t9", "live")), "WARN", "a client never learns"),
        ('evicted = "all"', cursor(("t8", "t9", "live")), "WARN", "a client never learns"),
        ('evicted = "live"', cursor(("live",)), "WARN", "a client never learns"),
        ('evicted = "reject"', cursor((), REFUSED), "PASS", "`reject` (HTTP/1.1 410 Gone"),
        ('evicted = "reject"', cursor(("live",)), "FAIL", "`live`"),
        ("", cursor((), b"HTTP/1.1 500 Oh\r\n\r\n"), "FAIL", "HTTP/1.1 500 Oh"),
        ("", cursor(("live",)), "WARN", "a client never learns"),
        ("", cursor((*(f"t{number}" for number in range(10)), "live")), "INCONCLUSIVE", ""),
    ],
)
def test_an_evicted_cursor(said: str, reader: Cursor, verdict: str, observed: str) -> None:
    story = Retention(5, tuple(f"t{number}" for number in range(10)), "live", reader)

    judgement = test_replay.test_an_evicted_cursor(story, target(said))

    assert judgement.verdict == verdict
    assert observed in judgement.observed


def cut(*got: str, reached: bool = True) -> Cut:
    return Cut("t1", "inside the id line", "a reset", reached, stream(()), cursor(got))


@pytest.mark.parametrize(
    ("found", "verdict"),
    [
        ((cut("t1"), cut("t1")), "PASS"),
        ((cut("t1"), cut()), "FAIL"),
        ((cut("t1", reached=False), cut("t1")), "PASS"),
        ((cut("t1", reached=False),), "INCONCLUSIVE"),
    ],
)
def test_cuts_inside_an_event(found: tuple[Cut, ...], verdict: str) -> None:
    assert test_replay.test_a_cut_does_not_move_the_cursor(found).verdict == verdict


@pytest.mark.parametrize(
    ("got", "delivery", "verdict", "observed"),
    [
        (("1", "2", "3"), "exactly-once", "PASS", "3 events over 1 cut, each once and in order"),
        (("1", "3"), "exactly-once", "FAIL", "after 1 cut: 1 event missing"),
        (("1", "2", "2", "3"), "exactly-once", "FAIL", "after 1 cut: 1 repeated"),
        (("1", "2", "2", "3"), "at-least-once", "PASS", "each at least once"),
        (("1", "3", "2"), "exactly-once", "FAIL", "another order"),
    ],
)
def test_cuts_in_a_row(got: tuple[str, ...], delivery: str, verdict: str, observed: str) -> None:
    story = Chain(("1", "2", "3"), got, (stream(()), stream(())))

    judgement = test_replay.test_cuts_add_up(story, target(f'delivery = "{delivery}"'))

    assert judgement.verdict == verdict
    assert observed in judgement.observed


def test_a_short_history_is_no_verdict() -> None:
    lost = test_replay.test_nothing_is_lost_at_the_seam(seam(*SENT[2:]), ())
    short = test_replay.test_readers_resume_undisturbed(trials(SENT, SENT[1:]))

    assert (lost.verdict, short.verdict) == ("INCONCLUSIVE", "INCONCLUSIVE")
    assert short.reason.startswith("reader 2 of 2 lacks the first 1: so short a history shows nothing")


def test_a_reader_that_got_what_was_anothers() -> None:
    disturbed = (*trials(SENT), Trial(SENT, cursor(("a0", *SENT[:2]))))

    judgement = test_replay.test_readers_resume_undisturbed(disturbed)

    assert judgement.verdict == "FAIL"
    assert judgement.observed == "reader 2 of 2: 4 of 6 missing, 1 that it had or got twice"


def isolation(
    first: tuple[str, ...], second: tuple[str, ...], theirs: tuple[str, ...] = ("o0",)
) -> Isolation:
    return Isolation("two channels", ("a", "a0"), ("m0",), theirs, cursor(first), cursor(second))


@pytest.mark.parametrize(
    ("first", "second", "verdict"),
    [
        (("m0",), ("o0",), "PASS"),
        (("m0", "o0"), ("o0",), "FAIL"),
        (("m0",), ("m0", "o0"), "FAIL"),
        (("m0",), (), "INCONCLUSIVE"),
        ((), ("o0",), "INCONCLUSIVE"),
    ],
)
def test_events_that_cross(first: tuple[str, ...], second: tuple[str, ...], verdict: str) -> None:
    assert test_sec.test_nothing_crosses_live(isolation(first, second)).verdict == verdict


@pytest.mark.parametrize(
    ("reader", "verdict"),
    [
        (cursor(("own",)), "PASS"),
        (cursor(("own",), more=RESET), "PASS"),
        (cursor((), REFUSED), "PASS"),
        (cursor(("m0", "own")), "FAIL"),
        (cursor(("m0",)), "FAIL"),
        (cursor(()), "INCONCLUSIVE"),
    ],
)
def test_events_that_a_borrowed_id_brings(reader: Cursor, verdict: str) -> None:
    story = isolation(("m0",), ("o0",))

    assert test_sec.test_nothing_crosses_by_replay(story, (reader, "own")).verdict == verdict
