"""What a receiver's answer means for a batch, and how long to wait before the next try. Pure."""

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from enum import Enum
from typing import Any, NamedTuple

__all__ = ["Answer", "Meaning", "backoff", "read_answer", "retry_after"]

FIRST_WAIT = 0.2  # seconds
LONGEST_WAIT = 30.0
RETRIED = {408, 425, 429, 507}
BUSY = {429, 503}
TOO_LARGE, UNPROCESSABLE = 413, 422
SHOWN = 200  # characters of a body in a message
TITLE = re.compile(r"<title[^>]*>\s*(.*?)\s*</title>", re.IGNORECASE | re.DOTALL)


class Meaning(Enum):
    """What to do with the batch."""

    TAKEN = "taken"
    RETRY = "retry"
    HALVE = "halve"
    REJECT = "reject"
    STOP = "stop"


class Answer(NamedTuple):
    """`accepted`, `duplicates`: as the receiver counts. `item`: the one it refuses, if it says so.

    `wait`: seconds that it asks for. `status`: 0 if there was no answer.
    """

    meaning: Meaning
    accepted: int = 0
    duplicates: int = 0
    item: int | None = None
    wait: float | None = None
    reason: str = ""
    status: int = 0

    @property
    def busy(self) -> bool:
        """Whether the receiver says that there is too much at once."""
        return self.status in BUSY


def read_answer(status: int, headers: Mapping[str, str], body: bytes, sent: int, now: datetime) -> Answer:
    """Judge the answer to `sent` messages. A 2xx without counts accepts all, unless it is a web page."""
    return _judged(status, headers, body, sent, now)._replace(status=status)


def _judged(status: int, headers: Mapping[str, str], body: bytes, sent: int, now: datetime) -> Answer:
    page = headers.get("content-type", "").lower().startswith("text/html")
    if 200 <= status < 300 and not page:
        told = _object(body)
        duplicates = _count(told.get("duplicates"), sent) or 0
        accepted = _count(told.get("accepted"), sent)
        return Answer(Meaning.TAKEN, sent - duplicates if accepted is None else accepted, duplicates)
    if 300 <= status < 400:
        return Answer(Meaning.STOP, reason=f"{status}, redirected to {headers.get('location', 'nowhere')}")
    reason = f"{status} {_page(body) if page else _text(body)}".rstrip()
    wait = retry_after(headers.get("retry-after"), now)
    if status in RETRIED or status >= 500:
        return Answer(Meaning.RETRY, wait=wait, reason=reason)
    if status == TOO_LARGE:
        return Answer(Meaning.HALVE, reason=reason)
    if status == UNPROCESSABLE:
        return Answer(Meaning.REJECT, item=_count(_object(body).get("index"), sent - 1), reason=reason)
    return Answer(Meaning.STOP, reason=reason)


def retry_after(value: str | None, now: datetime) -> float | None:
    """Seconds to wait, from either form of the header (RFC 9110, 10.2.3); None if absent or unreadable."""
    if value is None:
        return None
    if value.strip().isdigit():
        return float(value)
    try:
        then = parsedate_to_datetime(value)
    except ValueError:
        return None
    return max(0.0, ((then if then.tzinfo else then.replace(tzinfo=UTC)) - now).total_seconds())


def backoff(failures: int, draw: float, wait: float | None) -> float:
    """Seconds before the next try after that many failures in a row: full jitter; `draw` lies in [0, 1)."""
    longest = min(LONGEST_WAIT, FIRST_WAIT * 2.0 ** min(failures, 10))
    return max(wait or 0.0, draw * longest)


def _text(body: bytes) -> str:
    return body[:SHOWN].decode("utf-8", "replace").strip()


def _page(body: bytes) -> str:
    title = TITLE.search(body.decode("utf-8", "replace"))
    return f"a web page, {title[1][:SHOWN]!r}" if title else "a web page"


def _object(body: bytes) -> dict[str, Any]:
    try:
        told = json.loads(body)
    except ValueError:
        return {}
    return told if isinstance(told, dict) else {}


def _count(value: Any, most: int) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= most else None
