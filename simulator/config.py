"""The configuration of a fleet: a TOML file or preset, checked to the last key, as frozen records."""

import json
import os
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from hashlib import blake2b
from importlib.resources import files
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from . import convert
from .devices import device_ids
from .fault_table import read_fault
from .faults import KINDS, Fault
from .overrides import override
from .plan import GroupPlan, Profile
from .profile_table import read_profile
from .rng import device_hash
from .site import Site
from .site_table import read_site
from .tables import ConfigError, Table, suggestion

__all__ = ["Config", "Run", "SinkPlan", "check_fault", "load", "load_delivery", "presets"]


@dataclass(frozen=True, slots=True)
class Run:
    """[run]: times in ms; `start` None is now, `speed` None is as fast as the receiver takes it."""

    name: str
    seed: int
    start: int | None
    speed: float | None
    backfill: int
    until: int | None


@dataclass(frozen=True, slots=True)
class SinkPlan:
    """[sink]: where messages go; times in seconds."""

    url: str
    batch: int
    linger: float
    connections: int
    gzip: bool
    token_env: str
    give_up: float

    @property
    def token(self) -> str | None:
        """The receiver's, from the environment."""
        return os.environ.get(self.token_env, "").strip() or None


@dataclass(frozen=True, slots=True)
class Config:
    """All that a run needs; `fingerprint` tells configurations apart that measure something else."""

    run: Run
    sink: SinkPlan
    groups: tuple[GroupPlan, ...]
    fingerprint: str

    def shard(self, number: int, of: int) -> "Config":
        """The same with the devices of shard `number` (from 1) alone, chosen by the hash of their id."""
        groups = (
            replace(plan, ids=tuple(name for name in plan.ids if device_hash(name) % of == number - 1))
            for plan in self.groups
        )
        return replace(self, groups=tuple(groups))


def presets() -> dict[str, Any]:
    """The bundled configurations by name."""
    folder = files("simulator") / "presets"
    return {f.name.removesuffix(".toml"): f for f in folder.iterdir() if f.name.endswith(".toml")}


def load(config: str, overrides: Sequence[str] = ()) -> Config:
    """Read a file, or else the preset of that name, with `key=value` overrides; raises ConfigError."""
    raw, label = _text(config)
    try:
        data = tomllib.loads(raw)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{label}: not TOML: {error}") from error
    for each in overrides:
        override(data, each)
    return _config(data, label)


def load_delivery(overrides: Sequence[str]) -> tuple[Run, SinkPlan]:
    """[run] and [sink] alone, from `key=value` overrides: what a replay needs. Raises ConfigError."""
    data: dict[str, Any] = {"run": {}}
    for each in overrides:
        override(data, each)
    top = Table(data, "replay")
    run, sink = _run(top.table("run")), _sink(top.table("sink", optional=True))
    top.close()
    return run, sink


def _fingerprint(data: dict[str, Any]) -> str:
    """Of what decides the bytes of messages: neither where they go, nor the pace, the start or the end."""
    decisive = {key: data["run"].get(key) for key in ("seed", "backfill")}
    text = json.dumps(data | {"sink": None, "run": decisive}, sort_keys=True, default=str)
    return blake2b(text.encode(), digest_size=8).hexdigest()


def _text(config: str) -> tuple[str, str]:
    path = Path(config)
    if path.is_file():
        try:
            return path.read_text(encoding="utf-8"), config
        except (OSError, UnicodeDecodeError) as error:
            raise ConfigError(f"{config}: cannot be read: {error}") from error
    known = presets()
    if config in known:
        return known[config].read_text(encoding="utf-8"), f"preset {config}"
    near = get_close_matches(config, known, n=1)
    hint = f"did you mean {near[0]!r}?" if near else f"the presets are {', '.join(sorted(known))}"
    raise ConfigError(f"{config}: no such file, and no preset of that name; {hint}")


def _config(data: dict[str, Any], label: str) -> Config:
    top = Table(data, label)
    top.take("schema", convert.integer(1, 1))
    run = _run(top.table("run"))
    sink = _sink(top.table("sink", optional=True))
    sites = {name: read_site(name, table, run.seed) for name, table in top.table("site").named()}
    profiles = {name: read_profile(name, table) for name, table in top.table("profile").named()}
    faults = [(table, read_fault(table)) for table in top.tables("fault")]
    groups = [_group(table, sites, profiles, run.seed) for table in top.tables("fleet")]
    top.close()
    if not groups:
        raise top.error("fleet", "is missing: expected at least one [[fleet]]")
    _check_ids(top, groups)
    for table, fault in faults:
        check_fault(table, fault, groups)
    befallen = tuple(replace(group, faults=tuple(fault for _, fault in faults)) for group in groups)
    return Config(run, sink, befallen, _fingerprint(data))


def _run(table: Table) -> Run:
    run = Run(
        name=table.take("name", convert.name, "fleet"),
        seed=table.take("seed", convert.integer(0, 2**63 - 1), 1),
        start=table.take("start", convert.moment, None),
        speed=table.take("speed", _speed, 1.0),
        backfill=table.take("backfill", convert.duration(), 0),
        until=table.take("until", convert.duration(1), None),
    )
    table.close()
    return run


def _speed(value: Any) -> float | None:
    if value == "max":
        return None
    if isinstance(value, str):
        raise ValueError(f"expected a number above 0 or 'max', got {value!r}")
    return convert.number(0.001, 1e6)(value)


def _sink(table: Table) -> SinkPlan:
    sink = SinkPlan(
        url=table.take("url", _base_url, "http://127.0.0.1:8000"),
        batch=table.take("batch", convert.integer(1, 100_000), 500),
        linger=table.take("linger", convert.duration(0, 60_000), 200) / 1000,
        connections=table.take("connections", convert.integer(1, 64), 4),
        gzip=table.take("gzip", convert.flag, False),
        token_env=table.take("token_env", convert.text, "EVENTBAHN_TOKEN"),
        give_up=table.take("give_up", convert.duration(0, 7 * 86_400_000), 120_000) / 1000,
    )
    table.close()
    return sink


def _base_url(value: Any) -> str:
    parts = urlsplit(convert.text(value))
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.query or parts.fragment:
        raise ValueError(f"expected http://HOST[:PORT] or https://…, got {value!r}")
    if parts.port == 0:  # reading it raises ValueError for what is no port
        raise ValueError("port 0 is no port to connect to")
    return str(value)


def _group(table: Table, sites: dict[str, Site], profiles: dict[str, Profile], seed: int) -> GroupPlan:
    labels = table.table("labels", optional=True)
    plan = GroupPlan(
        profile=profiles[table.take("profile", convert.choice(list(profiles)))],
        site=sites[table.take("site", convert.choice(list(sites)))],
        ids=device_ids(table),
        labels={key: convert.text(value) for key, value in labels.items()},
        faults=(),
        seed=seed,
    )
    table.close()
    return plan


def _check_ids(top: Table, groups: list[GroupPlan]) -> None:
    seen: set[str] = set()
    for index, group in enumerate(groups):
        if double := seen & set(group.ids):
            raise top.error(f"fleet.{index}.id", f"device {min(double)!r} is in an earlier fleet already")
        seen |= set(group.ids)


def check_fault(table: Table, fault: Fault, groups: Sequence[GroupPlan]) -> None:
    """Raise ConfigError for a sensor or upset that no profile has; a `match` may mean nobody."""
    known = {kind for group in groups for kind in group.profile.model.upset_by}
    if KINDS[fault.kind].level == "process" and fault.kind not in known:
        raise table.error(
            "kind",
            f"no model of these fleets is upset by {fault.kind!r}{suggestion(fault.kind, sorted(known))}",
        )
    names = sorted({sensor.name for group in groups for sensor in group.profile.sensors})
    if fault.sensor is not None and fault.sensor not in names:
        raise table.error("sensor", f"no sensor {fault.sensor!r}; there are {', '.join(names)}")
