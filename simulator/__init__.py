"""A fleet of simulated devices: physics → sensors → faults → schedule → delivery."""
