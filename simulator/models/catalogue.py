"""All models by the name that a configuration uses."""

from .model import Model
from .office_room import OfficeRoom
from .outdoors import Outdoors

__all__ = ["MODELS"]

MODELS: dict[str, type[Model]] = {"office_room": OfficeRoom, "weather": Outdoors}
