"""Tests of the load tests: the pure parts by number, the whole by calibration against a stand-in server."""
