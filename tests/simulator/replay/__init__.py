"""Tests of `simulator.replay`."""
