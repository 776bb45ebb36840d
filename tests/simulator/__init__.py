"""Tests of the fleet: values that are pure functions of device and time, and delivery over real sockets."""
