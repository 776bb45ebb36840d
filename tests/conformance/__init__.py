"""Tests of the conformance suite; only here may the oracle meet the reference server in one process."""
