"""What a model is: outputs with units, parameters with defaults, and a state that steps. Knows no model."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import ClassVar, NamedTuple, Protocol

from simulator.distributions import Distribution
from simulator.rng import Floats, Keys
from simulator.site import Conditions

__all__ = ["Model", "Output", "Param", "State", "Upsets"]

State = tuple[Floats, ...]  # each of shape (devices,)


class Output(NamedTuple):
    """A quantity that sensors may look at; `unit` is a SenML or UCUM name, the range is the plausible one."""

    unit: str
    low: float
    high: float
    about: str


class Param(NamedTuple):
    """A parameter that the configuration may set to a number or a distribution within [low, high]."""

    default: Distribution
    low: float
    high: float
    about: str


class Upsets(Protocol):
    """What has gone wrong with the devices themselves: how severe each kind of upset is, 0 for not at all."""

    def at(self, kind: str, t: float) -> Floats | float:
        """Severity at `t` seconds UTC, in [0, 1] or as large as a fault says; shape (devices,) or 0."""


class Calm:
    """Nothing goes wrong."""

    def at(self, kind: str, t: float) -> float:  # noqa: ARG002 - whatever, whenever
        """Zero."""
        return 0.0


class Model(ABC):
    """N devices of one kind at one site.

    A model that has a state forgets its past within days (it is contractive). It is started `warm_up` seconds
    before a day begins and stepped to its beginning, so that any moment can be reached by itself. A model
    without one implements `read` alone. `upsets` says which of the kinds in its table befall whom, and when.
    """

    about: ClassVar[str]
    outputs: ClassVar[Mapping[str, Output]]
    params: ClassVar[Mapping[str, Param]]
    warm_up: ClassVar[int] = 0  # seconds
    upset_by: ClassVar[Mapping[str, str]] = {}
    upsets: Upsets = Calm()

    @abstractmethod
    def __init__(self, keys: Keys, params: Mapping[str, Floats]) -> None: ...

    def initial(self, now: Conditions) -> State:  # noqa: ARG002 - for those that have a state
        """A rough guess of the state, where a warm-up begins."""
        return ()

    def step(self, state: State, now: Conditions, dt: float) -> State:  # noqa: ARG002 - as above
        """The state `dt` seconds after `now`, if what drives it stays as it is now."""
        return state

    @abstractmethod
    def read(self, state: State, now: Conditions) -> dict[str, Floats]:
        """All outputs at `now`, each of shape (devices,)."""
