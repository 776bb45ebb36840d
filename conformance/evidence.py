"""What stands behind a judgement: bytes around an offence, and a command to see it again. Sends nothing."""

import shlex
from urllib.parse import urlsplit

from conformance.target.request import Request
from conformance.transcript import Transcript
from conformance.visible import visible

__all__ = ["again", "counted", "excerpt", "publishing", "quoted"]

EXCERPT_BYTES = 80
LONGEST_QUOTE = 120  # characters
CURLS_OWN = ("content-length:", "accept-encoding: identity")  # it asks for no coding unless told to
LONGEST_HEADER = 200  # beyond it a command line is no help


def quoted(text: str | bytes) -> str:
    """`text` in quotes, with what cannot be seen escaped, cut where it is long."""
    return f'"{visible(text, LONGEST_QUOTE)}"'


def counted(count: int, noun: str) -> str:
    """`1 beat`, `2 beats`."""
    return f"{count} {noun}{'' if count == 1 else 's'}"


def excerpt(body: bytes | bytearray, offset: int) -> tuple[bytes, tuple[bool, bool]]:
    """The bytes around `offset`, about half of them before it; and whether there are more on either side."""
    begin = max(0, min(offset - EXCERPT_BYTES // 2, len(body) - EXCERPT_BYTES))
    end = begin + EXCERPT_BYTES
    return bytes(body[begin:end]), (begin > 0, end < len(body))


def again(transcript: Transcript) -> str:
    """A command that sends the same request: curl, or the bytes themselves where curl would not send them."""
    head, _, body = transcript.request.partition(b"\r\n\r\n")
    first, *fields = head.split(b"\r\n")
    method = first.split(b" ", 1)[0].decode("ascii")
    if not head.isascii() or any(len(field) > LONGEST_HEADER for field in fields) or body:
        return _by_netcat(transcript)
    options = {"GET": ["-sNi"], "HEAD": ["-sI"]}.get(method, ["-sNi", "-X", method])
    if first.endswith(b"1.0"):
        options.append("--http1.0")
    if not any(field.lower().startswith(b"accept:") for field in fields):
        options += ["-H", "Accept:"]  # else curl adds one of its own
    own = (*CURLS_OWN, f"host: {urlsplit(transcript.url).netloc}".lower())
    for field in fields:
        name, _, value = field.decode("ascii").partition(":")
        if not field.decode("ascii").lower().startswith(own):
            # curl leaves a header out when its value is empty, unless it ends in a semicolon
            options += ["-H", f"{name};" if not value.strip() else f"{name}: {value.strip()}"]
    return shlex.join(["curl", *options, transcript.url])


def publishing(transcript: Transcript, request: Request | None) -> str:
    """A command that sends `request` while another one listens, for a shell that knows $'…'."""
    if request is None:
        return again(transcript)
    options = ["curl", "-s", "-X", request.method]
    for name, value in request.headers:
        options += ["-H", f"{name.decode('latin-1')}: {value.decode('utf-8', 'replace')}"]
    body = visible(request.body).replace("'", "\\'")
    data = f" --data-binary $'{body}'" if request.body else ""
    publish = f"{shlex.join(options)}{data} {shlex.quote(request.url)}"
    return f"{again(transcript)} & sleep 1; {publish}; sleep 1; kill $!"


def _by_netcat(transcript: Transcript) -> str:
    parts = urlsplit(transcript.url)
    port = parts.port or (443 if parts.scheme == "https" else 80)
    octets = visible(transcript.request[: 4 * LONGEST_HEADER]).replace("%", "%%").replace("'", "\\x27")
    reader = ["openssl", "s_client", "-quiet", "-connect", f"{parts.hostname}:{port}"]
    peer = reader if parts.scheme == "https" else ["nc", "-w", "3", str(parts.hostname), str(port)]
    return f"printf '{octets}' | {shlex.join(peer)}"
