"""The sections of the catalogue by name: a result file holds their codes."""

__all__ = ["title"]

TITLES = {
    "HTTP": "Response head, methods, status",
    "FRAME": "Wire grammar",
    "DATA": "Payload fidelity",
    "INJ": "Injection",
    "ID": "Identifiers and cursor",
    "REPLAY": "Replay and the seam to live",
    "BEAT": "Heartbeat",
    "RETRY": "Reconnection time",
    "FLOW": "Latency, coding, fan-out, slow readers",
    "CONN": "Connection life cycle",
    "CORS": "Cross-origin",
    "CACHE": "Caching and transformation",
    "PROXY": "Through proxies",
    "H2": "HTTP/2",
    "SEC": "Access and isolation",
}


def title(section: str) -> str:
    """A section's name, or its code where it is not ours."""
    return TITLES.get(section, section)
