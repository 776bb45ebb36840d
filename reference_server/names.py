"""Names of channels and devices."""

import re

__all__ = ["MEASUREMENTS", "NAME", "NAME_RULE", "is_name"]

MEASUREMENTS = "measurements"  # the channel that devices write to, and `GET /events` reads
NAME = r"\A[A-Za-z0-9._:~-]{1,128}\Z"  # `$` would let a line end pass
MATCH = re.compile(NAME).match
NAME_RULE = "1 to 128 characters of A-Z a-z 0-9 . _ : ~ -"


def is_name(text: str) -> bool:
    """Whether `text` may name a channel or a device."""
    return MATCH(text) is not None
