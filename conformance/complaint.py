"""What is wrong with a decoded file, in the file's own words: key path, what is expected, did you mean."""

import re
from collections.abc import Iterable
from difflib import get_close_matches
from types import UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

import msgspec

__all__ = ["complaint", "did_you_mean"]

PLACE = re.compile(r" - at `\$\.?(.*)`$")
UNKNOWN = re.compile(r"Object contains unknown field `(.*)`")
MISSING = re.compile(r"Object missing required field `(.*)`")


def complaint(error: msgspec.ValidationError, root: type[msgspec.Struct]) -> str:
    """msgspec's error about a value that was to become `root`, as `KEY.PATH: what is wrong`."""
    text = str(error)
    place = PLACE.search(text)
    path = place[1] if place else ""
    what = PLACE.sub("", text)
    at = f"{path}: " if path else ""
    types = list(_types_at(root, path))
    if unknown := UNKNOWN.fullmatch(what):
        tables = [_keys(kind) for kind in types if _is_struct(kind)]
        keys = [
            key for table in tables if unknown[1] not in table for key in table
        ]  # else it was another one
        return f"{at}unknown key {unknown[1]!r}{did_you_mean(unknown[1], keys)}"
    if missing := MISSING.fullmatch(what):
        return f"{at}the key {missing[1]!r} is missing"
    if what.startswith("Invalid") and (allowed := [value for kind in types for value in _allowed(kind)]):
        return f"{at}expected {' or '.join(map(repr, allowed))}, got {what.split(' ')[-1]}"
    described = [meta.description for kind in types for meta in get_args(kind)[1:] if _described(meta)]
    if described and "regex" in what:
        return f"{at}expected {described[0]}"
    return f"{at}{what[:1].lower()}{what[1:].replace('`', '')}"


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """`; did you mean 'x'?`, or all the names that there are when none is near."""
    names = list(known)
    near = get_close_matches(name, names, n=1)
    if near:
        return f"; did you mean {near[0]!r}?"
    return f"; there {'is' if len(names) == 1 else 'are'} {', '.join(names)}" if names else ""


def _types_at(root: Any, path: str) -> Iterable[Any]:
    """The types that may stand at `path` below `root`: `a.b[0].c`, where `[...]` is any key of a mapping."""
    types = list(_members(root))
    for step in re.findall(r"[^.\[\]]+|\[[^\]]*\]", path):
        types = [member for kind in types for below in _below(kind, step) for member in _members(below)]
    return types


def _below(kind: Any, step: str) -> Iterable[Any]:
    if step.startswith("["):
        return [argument for argument in get_args(kind)[-2:] if argument not in (Ellipsis, str)] or get_args(
            kind
        )[:1]
    if _is_struct(kind):
        config = kind.__struct_config__
        if step == config.tag_field:
            return (Literal[config.tag],)
        hints = get_type_hints(kind, include_extras=True)
        return (hints[step],) if step in hints else ()
    return ()


def _members(kind: Any) -> Iterable[Any]:
    """The members of a union, or the type itself."""
    return get_args(kind) if get_origin(kind) in (Union, UnionType) else (kind,)


def _is_struct(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, msgspec.Struct)


def _keys(kind: Any) -> tuple[str, ...]:
    tag = kind.__struct_config__.tag_field
    return (*kind.__struct_fields__, *((tag,) if tag else ()))


def _allowed(kind: Any) -> tuple[Any, ...]:
    return get_args(kind) if get_origin(kind) is Literal else ()


def _described(meta: Any) -> bool:
    return isinstance(meta, msgspec.Meta) and bool(meta.description)
