"""A request that cannot be served, and what the client is told. All but streams and pages is JSON."""

import json
from collections.abc import Mapping
from typing import Any

from aiohttp import web

__all__ = ["RefusedError", "reply"]


class RefusedError(Exception):
    """The status, and a sentence that says what is wrong; more fields say where, and what was expected."""

    def __init__(
        self,
        status: int,
        error: str,
        *,
        retry_after: int | None = None,
        headers: Mapping[str, str] | None = None,
        **fields: Any,
    ) -> None:
        super().__init__(error)
        self.status = status
        self.fields = {"error": error, **fields}
        self.headers = dict(headers or {})
        if retry_after is not None:
            self.headers["Retry-After"] = str(retry_after)


def reply(fields: dict[str, Any], status: int = 200, headers: dict[str, str] | None = None) -> web.Response:
    """A JSON answer that nobody may keep."""
    return web.Response(
        text=json.dumps(fields),
        status=status,
        content_type="application/json",
        headers={"Cache-Control": "no-store", **(headers or {})},
    )
