"""`--set fleet.0.count=60`: values put into a parsed configuration before it is checked. Does no I/O."""

import tomllib
from typing import Any

from .tables import ConfigError

__all__ = ["override", "override_arguments"]


def override(data: dict[str, Any], assignment: str) -> None:
    """Set one `key.path=value`; numbers in the path count arrays from 0, what is not TOML is a string."""
    path, equals, text = assignment.partition("=")
    keys = path.strip().split(".")
    if not equals or not all(keys):
        raise ConfigError(f"--set {assignment}: expected KEY=VALUE, like run.speed=60 or fleet.0.count=12")
    target: Any = data
    for depth, key in enumerate(keys[:-1]):
        below = _step(target, key, assignment)
        if below is None:
            target[key] = below = {}
        if not isinstance(below, dict | list):
            raise ConfigError(f"--set {assignment}: {'.'.join(keys[: depth + 1])} holds a value, no table")
        target = below
    if isinstance(target, list):
        _step(target, keys[-1], assignment)
        target[int(keys[-1])] = _value(text.strip())
    else:
        target[keys[-1]] = _value(text.strip())


def override_arguments(flags: dict[str, str | None]) -> list[str]:
    """The assignments that options of their own stand for; None is an option that was not given."""
    return [f"{path}={text}" for path, text in flags.items() if text is not None]


def _step(target: Any, key: str, assignment: str) -> Any:
    """What lies below `key`; None for a table that is not there."""
    if isinstance(target, dict):
        return target.get(key)
    if not key.isdigit() or int(key) >= len(target):
        raise ConfigError(f"--set {assignment}: {key!r} is no index; the array has 0 … {len(target) - 1}")
    return target[int(key)]


def _value(text: str) -> Any:
    try:
        return tomllib.loads(f"value = {text}")["value"]
    except tomllib.TOMLDecodeError:
        return text
