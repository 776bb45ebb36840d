"""Who asks: the header fields that prove it, made-up ones, and how reports show them. Pure.

[auth] of a target names those that are real. Two are built in: nobody, and somebody who made theirs up.
"""

import re
from base64 import b64encode
from collections.abc import Mapping

from conformance.target.schema import Target

__all__ = ["BAD", "MAIN", "NOBODY", "Pairs", "blanked", "credentials"]

MAIN, NOBODY, BAD = "main", "none", "bad"
MADE_UP = "made-up-by-a-conformance-suite"
BASIC = b64encode(f"nobody:{MADE_UP}".encode()).decode()
COOKIE_VALUE = re.compile("=[^;]*")

Pairs = tuple[tuple[bytes, bytes], ...]


def credentials(target: Target, principal: str) -> Mapping[str, str]:
    """The fields of one of [auth], or of those that are built in. "main" need not be there.

    Raises KeyError for a principal that there is not.
    """
    if principal == NOBODY or (principal == MAIN and MAIN not in target.auth):
        return {}
    if principal == BAD:
        main = target.auth[MAIN].headers
        return {name: _made_up(name, value) for name, value in main.items()}
    return target.auth[principal].headers


def blanked(headers: Pairs, target: Target) -> Pairs:
    """The same, with the name of its owner in place of each credential: reports are shown around."""
    owners = {
        (name.lower().encode(), value.encode()): f"<{owner} of [auth]>".encode()
        for owner, principal in target.auth.items()
        for name, value in principal.headers.items()
    }
    return tuple((name, owners.get((name.lower(), value), value)) for name, value in headers)


def _made_up(name: str, value: str) -> str:
    """Of the same shape, so that it is refused for what it is and not for how it looks."""
    scheme, blank, _ = value.partition(" ")
    if name.lower() == "cookie":
        return COOKIE_VALUE.sub(f"={MADE_UP}", value)
    if blank and scheme.lower() == "basic":
        return f"{scheme} {BASIC}"
    return f"{scheme} {MADE_UP}" if blank else MADE_UP
