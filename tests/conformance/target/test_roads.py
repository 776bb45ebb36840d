"""The ways to one server, and the same target at another address."""

import pytest

from conformance.target import TargetError, load, loads
from conformance.target.roads import Road, at_origin, moved, roads

BEHIND, BEFORE = "http://127.0.0.1:8000", "http://127.0.0.1:8080"
FILE = f"schema = 1\ntarget = {{ name = 'x', base_url = '{BEFORE}'MORE }}\nsubscribe = {{ path = '/s' }}\n"


def test_an_origin_makes_the_own_address_a_road() -> None:
    target = loads(FILE.replace("MORE", f", origin = '{BEHIND}'"), {})

    assert [*roads(target)] == [Road("x", BEHIND, BEFORE)]
    assert at_origin(target).target.base_url == BEHIND


def test_other_paths_are_roads_from_the_origin_or_else_from_the_own_address() -> None:
    path = "[[paths]]\nname = 'cdn'\nbase_url = 'http://127.0.0.1:9'\n"

    assert [*roads(loads(FILE.replace("MORE", "") + path, {}))] == [Road("cdn", BEFORE, "http://127.0.0.1:9")]
    behind = loads(FILE.replace("MORE", f", origin = '{BEHIND}'") + path, {})
    assert [*roads(behind)][1:] == [Road("cdn", BEHIND, "http://127.0.0.1:9")]


def test_without_either_there_is_no_road() -> None:
    target = loads(FILE.replace("MORE", ""), {})

    assert [*roads(target)] == []
    assert at_origin(target) is target


@pytest.mark.parametrize(
    ("address", "url"),
    [
        (BEHIND, f"{BEHIND}/events?a=1"),
        (f"{BEHIND}/", f"{BEHIND}/events?a=1"),
        (f"{BEHIND}/own", f"{BEHIND}/own"),
    ],
)
def test_the_url_of_a_stream_keeps_its_path_unless_the_origin_has_one(address: str, url: str) -> None:
    target = load("https://app.example/events?a=1", {})

    assert moved(target, address).subscribe.url == url


def test_an_origin_may_be_said_beside_the_target() -> None:
    assert load("https://app.example/events", {}, origin=BEHIND).target.origin == BEHIND


def test_an_origin_on_this_machine_makes_nobody_a_stranger_or_a_friend() -> None:
    polite = load("https://app.example/events", {}, origin=BEHIND).politeness

    assert polite is not None
    assert polite.max_streams == 3


@pytest.mark.parametrize("origin", ["127.0.0.1:8000", "http://me:secret@h"])
def test_an_origin_that_is_no_address_is_refused(origin: str) -> None:
    with pytest.raises(TargetError, match="origin"):
        load("https://app.example/events", {}, origin=origin)
    with pytest.raises(TargetError, match=r"target\.origin"):
        loads(FILE.replace("MORE", f", origin = '{origin}'"), {})
