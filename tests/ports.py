"""A port to start a server on, where the server cannot be asked which one it took."""

import socket

__all__ = ["free_port"]


def free_port() -> int:
    """One of 127.0.0.1 that nobody listened on, a moment ago."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])
