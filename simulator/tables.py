"""A TOML table read strictly: every key is taken with its type; what is left is an error. Does no I/O."""

from collections.abc import Callable, Iterator, Mapping
from difflib import get_close_matches
from typing import Any, Final, TypeVar

__all__ = ["REQUIRED", "ConfigError", "Table"]

T = TypeVar("T")
D = TypeVar("D")
REQUIRED: Final[Any] = object()


class ConfigError(ValueError):
    """A wrong configuration; the message names file, key, what was expected and what was found."""


class Table:
    """A table at `path` of `file`; converters return what a value means, or raise ValueError."""

    def __init__(self, data: Any, file: str, path: str = "") -> None:
        self.file, self.path = file, path
        if not isinstance(data, Mapping):
            raise self.error("", f"expected a table, got {shown(data)}")
        self._data: Mapping[str, Any] = data
        self._known: list[str] = []

    def error(self, key: str, sentence: str) -> ConfigError:
        """An error about a key of this table."""
        return ConfigError(f"{self.file}: {self._at(key) or 'the file'}: {sentence}")

    def take(self, key: str, convert: Callable[[Any], T], default: D = REQUIRED) -> T | D:
        """The value of a key as `convert` understands it."""
        self._known.append(key)
        if key not in self._data:
            if default is REQUIRED:
                raise self.error(key, "is missing")
            return default
        try:
            return convert(self._data[key])
        except ConfigError:
            raise
        except (ValueError, TypeError) as error:
            raise self.error(key, str(error)) from error

    def table(self, key: str, *, optional: bool = False) -> "Table":
        """The table below a key; an empty one if it is optional and absent."""
        self._known.append(key)
        if key not in self._data and not optional:
            raise self.error(key, f"is missing: expected a table [{self._at(key)}]")
        return Table(self._data.get(key, {}), self.file, self._at(key))

    def tables(self, key: str) -> list["Table"]:
        """The tables of an array of tables, if any."""
        self._known.append(key)
        found = self._data.get(key, [])
        if not isinstance(found, list):
            raise self.error(key, f"expected an array of tables [[{self._at(key)}]], got {shown(found)}")
        return [Table(item, self.file, f"{self._at(key)}.{index}") for index, item in enumerate(found)]

    def named(self) -> Iterator[tuple[str, "Table"]]:
        """All tables below this one, by name."""
        for key in self._data:
            yield key, self.table(key)

    def items(self) -> Iterator[tuple[str, Any]]:
        """All keys with raw values, for tables whose keys are the user's own."""
        self._known += self._data
        yield from self._data.items()

    def close(self) -> None:
        """Raise ConfigError if a key is left that nobody asked for."""
        for key in self._data:
            if key not in self._known:
                raise self.error(key, f"is not known here{suggestion(key, self._known)}")

    def _at(self, key: str) -> str:
        return ".".join(part for part in (self.path, key) if part)


def suggestion(name: str, known: list[str]) -> str:
    """A did-you-mean, or what there is."""
    near = get_close_matches(name, known, n=1)
    if near:
        return f"; did you mean {near[0]!r}?"
    return f"; there are {', '.join(sorted(set(known)))}" if known else ""


def shown(value: Any) -> str:
    """A value as an error shows it: with its type, and not too long."""
    text = repr(value)
    return f"{type(value).__name__} {text if len(text) <= 60 else text[:57] + '…'}"
