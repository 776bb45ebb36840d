"""What people ask of a running fleet: JSON lines and keys, each of which becomes a [[fault]] table. Pure."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from .fault_table import PARAMS
from .faults import KINDS
from .tables import ConfigError, shown, suggestion
from .timeline import DAY_MS

__all__ = ["Keys", "fault_of_line"]

KEYS = ("fault", "match", "sensor", "for", *PARAMS)
Fault = dict[str, Any]


def fault_of_line(line: str, where: str) -> Fault:
    """The fault that a line like `{"fault": "stuck", "match": "hq-f03*", "for": "60s"}` asks for.

    Raises ConfigError that names `where`.
    """
    try:
        asked = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise ConfigError(f"{where}: not JSON: {error}") from error
    if not isinstance(asked, dict):
        raise ConfigError(f'{where}: expected {{"fault": …, "match": …, "for": …}}, got {shown(asked)}')
    for key in asked:
        if key in {"at", "rate"}:
            raise ConfigError(f"{where}: {key}: a fault that is asked for begins now, once")
        if key not in KEYS:
            raise ConfigError(f"{where}: {key}: is not known here{suggestion(key, list(KEYS))}")
    if "fault" not in asked:
        raise ConfigError(f"{where}: fault: is missing; there are {', '.join(KINDS)}")
    return {"kind": asked.pop("fault"), **asked}


class Keys:
    """Keys of a terminal, for a fleet whose models know these upsets; most faults last a watcher's minute."""

    def __init__(self, upsets: Iterable[str], speed: float, every: int) -> None:
        length = max(round(60_000 * speed), 3 * every)
        minute, later = f"{length}ms", f"{min(length, DAY_MS)}ms"
        one = {"match": "{device}", "for": minute}
        numbered = zip("123456789", upsets, strict=False)
        self._faults: Mapping[str, Fault] = {
            "s": {"kind": "stuck", **one},
            "d": {"kind": "dropout", **one},
            "k": {"kind": "spike", "match": "{device}"},
            "b": {"kind": "burst", **one},
            "o": {"kind": "offline", **one},
            "r": {"kind": "reboot", **one},
            "l": {"kind": "loss", "match": "*", "p": 0.3, "for": minute},
            "t": {"kind": "delay", "match": "*", "p": 0.3, "by": later, "for": minute},
            **{number: {"kind": kind, **one} for number, kind in numbered},
        }

    @property
    def help(self) -> str:
        """A line that tells them all."""
        known = " · ".join(f"{key} {fault['kind']}" for key, fault in self._faults.items())
        return f"keys: {known} · q end"

    def fault(self, key: str, device: str) -> Fault | None:
        """What a key asks for, of that device; None: it has no meaning."""
        fault = self._faults.get(key)
        return fault and {**fault, "match": fault["match"].format(device=device)}
