"""Credentials: real ones, made-up ones of the same shape, and none in what is shown around."""

import pytest

from conformance.target import Target, loads
from conformance.target.credentials import BAD, MAIN, NOBODY, blanked, credentials

FILE = """
schema = 1
target = {{ name = "t", base_url = "http://h" }}
subscribe = {{ path = "/" }}
auth = {{ main = {{ headers = {{ {headers} }} }}, other = {{ headers = {{ X-Key = "k2" }} }} }}
"""


def target(headers: str) -> Target:
    return loads(FILE.format(headers=headers), {})


@pytest.mark.parametrize(
    ("header", "made_up"),
    {
        "bearer": ('Authorization = "Bearer s3"', {"Authorization": "Bearer made-up-by-a-conformance-suite"}),
        "basic": (
            'Authorization = "Basic bWU6czM="',
            {"Authorization": "Basic bm9ib2R5Om1hZGUtdXAtYnktYS1jb25mb3JtYW5jZS1zdWl0ZQ=="},
        ),
        "a key": ('X-Key = "s3"', {"X-Key": "made-up-by-a-conformance-suite"}),
        "cookies": (
            'cookie = "a=s3; b=s4"',
            {"cookie": "a=made-up-by-a-conformance-suite; b=made-up-by-a-conformance-suite"},
        ),
    }.values(),
    ids=lambda value: value if isinstance(value, str) else None,
)
def test_made_up_credentials_look_like_real_ones(header: str, made_up: dict[str, str]) -> None:
    assert credentials(target(header), BAD) == made_up


def test_principals_are_those_of_the_target_and_nobody() -> None:
    ours = target('X-Key = "k1"')

    assert credentials(ours, MAIN) == {"X-Key": "k1"}
    assert credentials(ours, "other") == {"X-Key": "k2"}
    assert credentials(ours, NOBODY) == {}
    with pytest.raises(KeyError):
        credentials(ours, "somebody")


def test_what_is_shown_around_names_the_owner_instead() -> None:
    headers = ((b"Accept", b"*/*"), (b"x-key", b"k1"), (b"X-Key", b"k2"), (b"X-Other", b"k1"))

    assert blanked(headers, target('X-Key = "k1"')) == (
        (b"Accept", b"*/*"),
        (b"x-key", b"<main of [auth]>"),
        (b"X-Key", b"<other of [auth]>"),
        (b"X-Other", b"k1"),
    )
