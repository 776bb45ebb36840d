"""A receiver's own books, `GET /stats`: what it says that it holds of each device. Judges nothing."""

from collections.abc import Sequence

import httpx
import msgspec

__all__ = ["DeviceStats", "Stats", "UnjudgedError", "fetch_stats"]

DEADLINE = 60.0  # seconds; the books of a hundred thousand devices are some 30 MB
SHOWN = 200  # characters of a body in a message


class UnjudgedError(Exception):
    """Nothing can be said about a delivery; the message says why, and what to do."""


class DeviceStats(msgspec.Struct, frozen=True):
    """Of a device's highest boot: it holds each seq from `first_seq` to `last_seq`, but `missing` ones."""

    boot: int
    count: int = 0
    duplicates: int = 0
    first_seq: int | None = None
    last_seq: int | None = None
    missing: int = 0
    gaps: list[tuple[int, int]] = []  # first and last of those that are missing, in order, not always all
    digest: str = ""


class Stats(msgspec.Struct, frozen=True):
    """The answer to `GET /stats`."""

    devices: dict[str, DeviceStats]
    last_id: str = ""

    def latest_boot(self, names: Sequence[str]) -> int | None:
        """The boot of the last run of these devices; None if none of them is known."""
        return max((self.devices[name].boot for name in names if name in self.devices), default=None)


def fetch_stats(url: str, token: str | None, token_env: str) -> Stats:
    """Ask the server at that base URL; raises UnjudgedError."""
    where = url.rstrip("/") + "/stats"
    headers = {"authorization": f"Bearer {token}"} if token else {}
    try:
        answer = httpx.get(where, headers=headers, timeout=DEADLINE)
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise UnjudgedError(f"{where}: no answer ({str(error) or type(error).__name__})") from error
    match answer.status_code:
        case 200:
            return _read(where, answer.content)
        case 401 | 403:
            raise UnjudgedError(f"{where}: {_said(answer)}: give its token in the environment as {token_env}")
        case 404 | 405:
            raise UnjudgedError(f"{where}: {_said(answer)}: a server without these books cannot be verified")
    raise UnjudgedError(f"{where}: {_said(answer)}; expected 200")


def _read(where: str, body: bytes) -> Stats:
    try:
        return msgspec.json.decode(body, type=Stats)
    except msgspec.DecodeError as error:
        shown = body[:SHOWN].decode("utf-8", "backslashreplace")
        raise UnjudgedError(f"{where}: not what `GET /stats` says ({error}): {shown!r}") from error


def _said(answer: httpx.Response) -> str:
    text = answer.content[:SHOWN].decode("utf-8", "replace").strip()
    return f"{answer.status_code} {text!r}" if text else str(answer.status_code)
