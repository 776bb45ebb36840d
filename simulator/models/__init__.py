"""Physical models of devices, one a module: what a perfect sensor would see. No sensor errors, no faults."""
