"""`make bench`: our server beside others, in one run and as ratios; docs/benchmarks.md says what and how."""
