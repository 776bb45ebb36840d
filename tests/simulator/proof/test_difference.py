"""A message with other bytes is found in the log of a real server, for as long as the log has it."""

import httpx

from simulator.proof.difference import Difference, Log, find_difference
from tests.conftest import Serve


def item(seq: int, value: int, boot: int = 7) -> bytes:
    return b'{"device":"a","boot":%d,"seq":%d,"value":%d}' % (boot, seq, value)


def publish(url: str, items: list[bytes]) -> Log:
    """Post them; the log of that server."""
    body, kind = b"[" + b",".join(items) + b"]", {"content-type": "application/json"}
    answer = httpx.post(url + "/measurements", content=body, headers=kind).raise_for_status()
    return Log(url, None, answer.json()["last_id"])


def test_the_first_message_that_differs_is_found_and_no_other_run_is_looked_at(serve: Serve) -> None:
    earlier = [item(seq, 9, boot=6) for seq in range(5)]
    log = publish(serve().url, [*earlier, *(item(seq, seq % 3) for seq in range(5))])
    expected = {seq: item(seq, 0) for seq in range(5)}

    assert find_difference(log, "a", 7, 5, expected) == Difference(1, item(1, 0), item(1, 1))


def test_a_log_that_has_lost_its_beginning_is_read_from_the_oldest(serve: Serve) -> None:
    log = publish(serve("--retain", "10").url, [item(seq, int(seq in {3, 95})) for seq in range(100)])
    expected = {seq: item(seq, 0) for seq in range(100)}

    assert find_difference(log, "a", 7, 100, expected) == Difference(95, item(95, 0), item(95, 1))


def test_what_cannot_be_read_is_no_difference() -> None:
    assert find_difference(Log("http://127.0.0.1:9", None, "a-1"), "a", 7, 1, {}) is None
