"""BEAT faults in literal bytes."""

import asyncio

import pytest

from reference_server.faults import beat
from reference_server.faults.beat import FAULTS
from tests.reference_server.faults.connection import written
from tests.reference_server.faults.readers import Reader, read_by

BEAT = b":\n\n"
EVENT = b"data: abcdef\ndata: gh\n\n"


@pytest.mark.parametrize(
    ("name", "bodies", "expected"),
    {
        "stops": ("heartbeat-stops", [BEAT] * 7 + [EVENT], [BEAT] * 5 + [EVENT]),
        "none before an event": (
            "heartbeat-after-first-event",
            [b"id: 1\n\n", BEAT, EVENT, BEAT],
            [b"id: 1\n\n", EVENT, BEAT],
        ),
        "every second": ("heartbeat-irregular", [BEAT, BEAT, EVENT, BEAT], [BEAT, EVENT, BEAT]),
    }.values(),
    ids=str,
)
def test_beats_that_are_left_out(name: str, bodies: list[bytes], expected: list[bytes]) -> None:
    assert written(FAULTS[name].parts.outlet, bodies) == expected


@pytest.mark.parametrize(
    ("name", "expected"),
    {
        "in a line": ("heartbeat-mid-line", [EVENT[:16], BEAT, EVENT[16:]]),
        "between lines": ("heartbeat-between-lines", [EVENT[:13], BEAT, EVENT[13:]]),
    }.values(),
    ids=str,
)
def test_a_beat_falls_into_an_event_of_which_a_part_waits(
    name: str, expected: list[bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(beat, "PIECE", 16)

    async def main() -> list[bytes]:
        reader = Reader()
        outlet = read_by(reader, FAULTS[name].parts.outlet)
        write = reader.write

        def take(data: bytes) -> None:
            reader.waits = len(data)
            write(data)

        reader.write = take  # type: ignore[method-assign,assignment] # to see what is written
        outlet.write(outlet.framed(EVENT))
        outlet.write(outlet.framed(BEAT))
        while b"".join(reader.got).count(b"gh") == 0:
            reader.waits = 0
            await asyncio.sleep(0)
        return reader.got

    assert asyncio.run(main()) == expected
