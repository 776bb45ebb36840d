"""All models by the name that a configuration uses."""

from .air_quality import AirQuality
from .battery import Battery
from .freezer import Freezer
from .household import Household
from .model import Model
from .office_room import OfficeRoom
from .outdoors import Outdoors
from .pump_tank import PumpTank
from .rotating_machine import RotatingMachine
from .soil import Soil
from .vehicle import Vehicle
from .water_meter import WaterMeter

__all__ = ["MODELS"]

MODELS: dict[str, type[Model]] = {
    "air_quality": AirQuality,
    "battery": Battery,
    "freezer": Freezer,
    "household": Household,
    "office_room": OfficeRoom,
    "pump_tank": PumpTank,
    "rotating_machine": RotatingMachine,
    "soil": Soil,
    "vehicle": Vehicle,
    "water_meter": WaterMeter,
    "weather": Outdoors,
}
