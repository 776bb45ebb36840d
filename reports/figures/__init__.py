"""Pictures of load results, a module each: numbers in, SVG out. No pyplot state, no dates."""
