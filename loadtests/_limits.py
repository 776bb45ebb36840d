"""What the operating system grants: open files and ports. Raises what it may, and says what is missing."""

import contextlib
import resource
from pathlib import Path

__all__ = ["LimitError", "open_files", "ports", "room_for"]

BESIDE = 512  # files of the publisher, of Locust and of Python itself
PORTS = Path("/proc/sys/net/ipv4/ip_local_port_range")  # Linux; elsewhere nobody says


class LimitError(ValueError):
    """Not enough of something; the message says what to do."""


def room_for(subscribers: int, addresses: int = 1) -> None:
    """Raise the limit of open files as far as that many streams need, from so many addresses.

    Raises LimitError.
    """
    needed = subscribers + BESIDE
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if _below(soft, needed):
        if _below(hard, needed):
            raise LimitError(
                f"{subscribers} subscribers need {needed} open files and the hard limit is {hard}: "
                f"raise it (`ulimit -Hn {needed}` as root, or LimitNOFILE), spread them over more "
                "--processes, or use fewer --levels"
            )
        resource.setrlimit(resource.RLIMIT_NOFILE, (needed, hard))
    found = ports()
    if found is not None and subscribers > found * addresses:
        raise LimitError(
            f"{subscribers} subscribers need as many ports, and {_counted(addresses)} {found * addresses}: "
            "add addresses (--source-ips 127.0.1.0/28), or widen net.ipv4.ip_local_port_range"
        )


def open_files() -> int:
    """The limit of open files that holds now."""
    return resource.getrlimit(resource.RLIMIT_NOFILE)[0]


def ports() -> int | None:
    """How many connections one address can have to one port of a server; None where nobody says."""
    with contextlib.suppress(OSError, ValueError):
        first, last = PORTS.read_text(encoding="ascii").split()
        return int(last) - int(first) + 1
    return None


def _counted(addresses: int) -> str:
    return "one address has" if addresses == 1 else f"{addresses} addresses have"


def _below(limit: int, needed: int) -> bool:
    return limit != resource.RLIM_INFINITY and limit < needed
