"""The published payload inside an event's data, as the target file says it is wrapped. Pure."""

import base64
import binascii
import json
from typing import Any

__all__ = ["payload", "pointed"]


def payload(kind: str, data: str) -> str | None:
    """What was published, or None. `kind` is raw, json, base64 or json-field:/POINTER."""
    try:
        match kind.partition(":"):
            case "json", _, _:
                return _text(json.loads(data))
            case "json-field", _, pointer:
                return _text(pointed(json.loads(data), pointer))
            case "base64", _, _:
                return base64.b64decode(data, validate=True).decode()
            case _:
                return data
    except (ValueError, LookupError, TypeError, binascii.Error):
        return None


def pointed(value: Any, pointer: str) -> Any:
    """The value at a JSON pointer (RFC 6901). Raises LookupError, ValueError or TypeError."""
    for step in pointer.split("/")[1:]:
        key = step.replace("~1", "/").replace("~0", "~")
        value = value[int(key)] if isinstance(value, list) else value[key]
    return value


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) else json.dumps(value)
