"""What a server is started with."""

from dataclasses import dataclass, field
from ssl import SSLContext

from reference_server.limits import Limits
from reference_server.parts import Parts

__all__ = ["Settings"]


@dataclass(frozen=True, slots=True)
class Settings:
    """The options of `eventbahn serve`, and what they choose."""

    host: str = "127.0.0.1"
    port: int = 8000  # 0: a free one
    log: str = "memory"  # or sqlite:FILE
    retain: int = 100_000  # entries
    retain_age: float = 86_400.0  # seconds; 0: for ever
    heartbeat: float = 15.0  # seconds
    retry: int = 2_000  # milliseconds; 0: none is sent
    prime: bool = True
    cors: tuple[str, ...] = ()  # origins whose pages may read; "*": all
    max_age: float = 0.0  # seconds that a stream may last; 0: as long as it will
    token: str | None = field(default=None, repr=False)  # for writing, and for reading too
    read_token: str | None = field(default=None, repr=False)
    open: bool = False  # whoever comes is let in, by whatever name
    tls: SSLContext | None = field(default=None, repr=False)  # None: http
    limits: Limits = field(default_factory=Limits)
    fault: str = ""  # the name of what `parts` do wrong
    parts: Parts = field(default_factory=Parts)
