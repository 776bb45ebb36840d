"""Statuses of HTTP by what they say about load. Pure."""

__all__ = ["answer_kind"]

TOO_MANY = 429


def answer_kind(status: int) -> str:
    """429, 4xx, 5xx, or other."""
    if status == TOO_MANY:
        return str(TOO_MANY)
    return f"{status // 100}xx" if status // 100 in {4, 5} else "other"
