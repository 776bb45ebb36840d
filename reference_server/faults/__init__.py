"""Wrong on purpose: parts that break one point each, by section, and the catalogue of their names."""

from reference_server.faults.catalogue import FAULTS
from reference_server.faults.fault import Fault

__all__ = ["FAULTS", "Fault"]
