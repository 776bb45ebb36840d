"""Statuses of HTTP by what they say about load. Pure."""

__all__ = ["answer_kind"]

TOO_MANY = 429


def answer_kind(status: int) -> str:
    """429, or the class of the status, like 5xx."""
    return str(TOO_MANY) if status == TOO_MANY else f"{status // 100}xx"
