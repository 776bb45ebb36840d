"""Tests of `simulator.proof`."""
