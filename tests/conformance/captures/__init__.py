"""Captures against real sockets."""
