"""Wrong on purpose: parts that break one point each, and the catalogue of their names."""

from reference_server.faults.catalogue import FAULTS, Fault

__all__ = ["FAULTS", "Fault"]
