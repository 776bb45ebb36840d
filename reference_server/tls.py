"""TLS: certificate and key from their files. What is wrong with them is said before anybody connects."""

import ssl
from pathlib import Path

from reference_server.log import UnusableError

__all__ = ["context_of"]

MISMATCH = {"KEY_VALUES_MISMATCH", "KEY_TYPE_MISMATCH", "NO_CERTIFICATE_ASSIGNED"}
CERTIFICATE, KEY, ENCRYPTED = b"-----BEGIN CERTIFICATE-----", b"PRIVATE KEY-----", b"ENCRYPTED"


def context_of(cert: str | None, key: str | None) -> ssl.SSLContext | None:
    """For HTTP/1.1 over TLS 1.2 and 1.3; None without files. Raises UnusableError."""
    if cert is None and key is None:
        return None
    if cert is None or key is None:
        missing = "--tls-cert F" if cert is None else "--tls-key F"
        raise UnusableError(f"TLS needs a certificate and its key: {missing} is missing")
    expect(cert, "certificate", CERTIFICATE)
    if ENCRYPTED in expect(key, "key", KEY):
        raise UnusableError(
            f"the TLS key {key} is encrypted: `openssl pkey -in {key}` writes it in the clear"
        )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.set_alpn_protocols(["http/1.1"])
    try:
        context.load_cert_chain(cert, key, password="")  # no prompt, whatever the file holds
    except ssl.SSLError as error:
        if error.reason in MISMATCH:
            raise UnusableError(f"the TLS key {key} is not that of the certificate {cert}") from None
        raise UnusableError(f"TLS cannot use {cert} with {key}: {error.reason or error}") from None
    return context


def expect(file: str, what: str, mark: bytes) -> bytes:
    """What is in the file, if it is PEM of this kind. Raises UnusableError."""
    try:
        text = Path(file).read_bytes()
    except OSError as error:
        raise UnusableError(f"cannot read the TLS {what} {file}: {error.strerror}") from None
    if mark not in text:
        raise UnusableError(f"{file} holds no {what} as PEM, a line of which has '{mark.decode()}'")
    return text
