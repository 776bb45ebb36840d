"""Tests of the reference server: its parts by literal bytes, the whole of it as a command over sockets."""
