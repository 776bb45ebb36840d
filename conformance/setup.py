"""The requests that a target wants to see once before anything else, and the values that they give."""

from collections.abc import Mapping
from typing import Any

import httpx

from conformance.target import Target
from conformance.target.request import UnsendableError, setup_request
from conformance.target.schema import Capture
from conformance.target.unwrap import pointed
from conformance.verdict import Unjudged, Verdict

__all__ = ["captured"]

SETUP_SECONDS = 10.0


def captured(target: Target) -> Mapping[str, str]:
    """Send every request of [[setup]] in order; each may use what those before captured. Raises Unjudged."""
    values: dict[str, str] = {}
    verify = target.target.tls.verify
    with httpx.Client(trust_env=False, verify=verify, timeout=SETUP_SECONDS) as client:
        for number, step in enumerate(target.setup):
            where = f"setup[{number}]"
            try:
                built = setup_request(target, step, values=values)
                answer = client.request(
                    built.method, built.url, headers=list(built.headers), content=built.body
                )
            except (httpx.HTTPError, UnsendableError) as error:
                raise Unjudged(Verdict.INCONCLUSIVE, f"{where}: {error}") from error
            if not answer.is_success:
                raise Unjudged(Verdict.INCONCLUSIVE, f"{where}: {answer.status_code} {answer.reason_phrase}")
            for name, capture in step.capture.items():
                values[name] = _value(f"{where}.capture.{name}", capture, answer)
    return values


def _value(where: str, capture: Capture, answer: httpx.Response) -> str:
    try:
        found: Any = (
            answer.headers[capture.header] if capture.header else pointed(answer.json(), capture.json or "")
        )
    except (ValueError, LookupError, TypeError) as error:
        raise Unjudged(Verdict.INCONCLUSIVE, f"{where}: the response has no such value") from error
    return str(found)
