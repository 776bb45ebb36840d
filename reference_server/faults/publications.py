"""Ways in that accept what must be refused."""

from functools import partial

from reference_server.publication import Publication, read_publication

__all__ = ["read_any_event_name"]


class AnyEventName(Publication):
    """A publication whose event name may hold line ends."""

    event: str = ""


read_any_event_name = partial(read_publication, kind=AnyEventName)
