"""`driver = "http"`: a request for each message, over one connection. Judges nothing."""

from collections.abc import Mapping
from uuid import uuid4

import httpx

from conformance.publishers.publisher import PUBLISH_SECONDS, SHOWN, Pace, Receipt
from conformance.target import Target
from conformance.target.request import Message, UnsendableError, publish_request, shown
from conformance.visible import visible

__all__ = ["HttpPublisher"]

KEPT_SECONDS = 1.0  # that a connection may idle: a server closes it after two, or five, perhaps just now


class HttpPublisher:
    """`values` holds what [[setup]] captured."""

    def __init__(self, target: Target, values: Mapping[str, str]) -> None:
        assert target.publish is not None, "a publisher is made for a target that has one"
        self._target = target
        self._values = values
        self._success = target.publish.success
        self._pace = Pace(target.publish)
        verify = target.target.tls.verify
        limits = httpx.Limits(keepalive_expiry=KEPT_SECONDS)
        self._http = httpx.Client(trust_env=False, verify=verify, timeout=PUBLISH_SECONDS, limits=limits)

    def publish(self, message: Message) -> Receipt:
        """As a Publisher does."""
        try:
            built = publish_request(self._target, message, values={"uuid": uuid4().hex, **self._values})
        except UnsendableError as error:
            return Receipt(accepted=False, text=str(error), request=None)
        self._pace.keep()
        try:
            answer = self._http.request(
                built.method, built.url, headers=list(built.headers), content=built.body
            )
        except httpx.HTTPError as error:
            told = f"{type(error).__name__}: {error}"
            return Receipt(accepted=False, text=told, request=shown(built, self._target))
        body = "" if answer.is_success else f": {visible(answer.text, SHOWN)}"
        text = f"{answer.status_code} {answer.reason_phrase}{body}"
        return Receipt(answer.status_code in self._success, text, shown(built, self._target))

    def close(self) -> None:
        """Close the connection."""
        self._http.close()
