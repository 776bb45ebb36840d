"""Who may read, and who may write: bearer tokens, and for pages a cookie."""

import stat
from collections.abc import Mapping
from hashlib import blake2b
from hmac import compare_digest
from pathlib import Path
from typing import NoReturn

from aiohttp import web

from reference_server.log import UnusableError
from reference_server.refusal import RefusedError

__all__ = ["Access", "token_of"]

VISIBLE = range(0x21, 0x7F)  # what a header field can carry in one word
SHORTEST = 16  # characters
READING = {"GET", "HEAD"}
OPEN_PATHS = {"/healthz"}
EVERYBODY = {stat.S_IROTH, stat.S_IWOTH}
LEAD = "Bearer "


class Access:
    """`token` opens everything, `read` what can be got; without one of its kind, that kind is open to all."""

    def __init__(self, token: str | None, read: str | None) -> None:
        """Raises UnusableError: whoever may not read must not be able to write."""
        if read and not token:
            raise UnusableError(
                "a token for reading needs one for writing too: --token-file F or EVENTBAHN_TOKEN"
            )
        self._writers = [digest(token)] if token else []
        self._readers = [*self._writers, digest(read)] if read else []

    def judge(self, request: web.Request) -> None:
        """Let the request pass, or not. Raises RefusedError, or whatever `enter` does."""
        if request.path == "/" and request.method == "GET" and "token" in request.query:
            self.enter(request, request.query["token"])
        if request.path in OPEN_PATHS or request.method == "OPTIONS":  # a preflight carries no credentials
            return
        reading = request.method in READING
        known = self._readers if reading else self._writers
        if known and not (is_one(bearer(request), known) or (reading and self._has_cookie(request))):
            raise denied("Authorization" in request.headers)

    def _has_cookie(self, request: web.Request) -> bool:
        return any(
            compare_digest(
                request.cookies.get(cookie_name(each), "").encode("utf-8", "backslashreplace"),
                cookie_value(each),
            )
            for each in self._readers
        )

    def enter(self, request: web.Request, token: str) -> NoReturn:
        """`GET /?token=…`: a cookie instead: the token leaves the address bar.

        Raises HTTPSeeOther, or RefusedError.
        """
        given = digest(token)
        if self._readers and not is_one(given, self._readers):
            raise denied(True)
        elsewhere = web.HTTPSeeOther(
            "/", headers={"Cache-Control": "no-store", "Referrer-Policy": "no-referrer"}
        )
        if self._readers:
            elsewhere.set_cookie(
                cookie_name(given),
                cookie_value(given).decode(),
                httponly=True,
                samesite="Strict",
                secure=request.secure,
            )
        raise elsewhere


def digest(token: str) -> bytes:
    """Of one length for all tokens, so that a comparison tells nothing of theirs."""
    return blake2b(token.encode("utf-8", "backslashreplace"), digest_size=32).digest()


def is_one(given: bytes, known: list[bytes]) -> bool:
    """Compared with each, in a time that does not depend on what is in them."""
    return sum(compare_digest(given, each) for each in known) > 0


def bearer(request: web.Request) -> bytes:
    field = request.headers.get("Authorization", "")
    return digest(field[len(LEAD) :].strip()) if field[: len(LEAD)].lower() == LEAD.lower() else b""


def cookie_name(known: bytes) -> str:
    """One for each token: cookies know no ports, and a host may have two servers."""
    return "eventbahn-" + blake2b(known, digest_size=4, person=b"name").hexdigest()


def cookie_value(known: bytes) -> bytes:
    """Not the token, which could write too; a cookie only reads."""
    return blake2b(known, digest_size=32, person=b"cookie").hexdigest().encode()


def denied(tried: bool) -> RefusedError:
    """401: without a token, or with a wrong one (RFC 6750, 3)."""
    error = ', error="invalid_token"' if tried else ""
    return RefusedError(
        401,
        "the token is not one of this server's" if tried else "this needs a token",
        expected="Authorization: Bearer TOKEN; for pages, open /?token=TOKEN once",
        headers={"WWW-Authenticate": f'Bearer realm="eventbahn"{error}'},
    )


def token_of(file: str | None, variable: str, environ: Mapping[str, str]) -> tuple[str | None, str]:
    """The token in `file`, else in the environment, or None; and a warning, or "". Raises UnusableError."""
    if file is None:
        text = environ.get(variable)
        return (None, "") if text is None else (checked(text, variable), "")
    try:
        path = Path(file)
        text = path.read_text(encoding="utf-8")
        mode = path.stat().st_mode
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        raise UnusableError(f"cannot read the token in {file}: {reason}") from None
    warning = f"everybody on this machine can read the token in {file}: chmod 600 {file}"
    return checked(text, file), warning if any(mode & each for each in EVERYBODY) else ""


def checked(text: str, where: str) -> str:
    """A token that a header field can carry, and nobody guesses. Raises UnusableError."""
    token = text.strip()
    if not token:
        raise UnusableError(f"the token in {where} is empty: `openssl rand -hex 32` makes one")
    if not all(ord(letter) in VISIBLE for letter in token):
        raise UnusableError(f"the token in {where} is not one word of visible ASCII characters")
    if len(token) < SHORTEST:
        raise UnusableError(
            f"the token in {where} has fewer than {SHORTEST} characters: anybody could guess it"
        )
    return token
