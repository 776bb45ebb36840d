"""Births on their way to the receiver, before and apart from the messages. Keeps none that is refused."""

from collections.abc import Callable

from .answer import Meaning
from .courier import Courier, hopeless

__all__ = ["introduce"]


async def introduce(
    courier: Courier, url: str, births: list[bytes], size: int, say: Callable[[str], None]
) -> None:
    """POST births, `size` at a time; a receiver without births (404, 405) is left in peace.

    Raises UndeliverableError.
    """
    async with courier.connection() as connection:
        while births:
            part = births[:size]
            answer = await courier.send(connection, url, part)
            match answer.meaning:
                case Meaning.HALVE if len(part) > 1:
                    size = len(part) // 2
                    continue
                case Meaning.STOP if answer.status in {404, 405}:
                    return
                case Meaning.STOP:
                    raise hopeless(url, answer)
                case Meaning.REJECT if answer.item is not None:
                    say(f"{url} refuses a birth: {answer.reason}")
                    births = births[: answer.item] + births[answer.item + 1 :]
                    continue
                case Meaning.HALVE | Meaning.REJECT:
                    say(f"{url} refuses births: {answer.reason}")
            births = births[len(part) :]
