"""What a model is: outputs with units, parameters with defaults, and a state that steps. Knows no model."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import ClassVar, NamedTuple

from simulator.distributions import Distribution
from simulator.rng import Floats, Keys
from simulator.site import Conditions

__all__ = ["Model", "Output", "Param", "State"]

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


class Model(ABC):
    """N devices of one kind at one site.

    A model that has a state forgets its past within days (it is contractive). It is started `warm_up` seconds
    before a day begins and stepped to its beginning, so that any moment can be reached by itself.
    """

    about: ClassVar[str]
    outputs: ClassVar[Mapping[str, Output]]
    params: ClassVar[Mapping[str, Param]]
    warm_up: ClassVar[int] = 0  # seconds

    @abstractmethod
    def __init__(self, keys: Keys, params: Mapping[str, Floats]) -> None: ...

    @abstractmethod
    def initial(self, now: Conditions) -> State:
        """A rough guess of the state, where a warm-up begins."""

    @abstractmethod
    def step(self, state: State, now: Conditions, dt: float) -> State:
        """The state `dt` seconds after `now`, if what drives it stays as it is now."""

    @abstractmethod
    def read(self, state: State, now: Conditions) -> dict[str, Floats]:
        """All outputs at `now`, each of shape (devices,)."""
