"""A slow reader on a real socket, in a process of its own, which gevent's loop owns."""

import pytest

from tests.loadtests.alone import alone

PROGRAM = """
import socket, sys, time
from types import SimpleNamespace as Space
import gevent
from loadtests._laggard import Laggard
from loadtests._origin import Origins
from loadtests._plan import Plan, Step
from loadtests._pump import Pump
from loadtests._tally import Tally

parts = sys.argv[1:]
listener = socket.create_server(("127.0.0.1", 0))
begin_ns = time.time_ns()
plan = Plan.of([Step("with", 1, 1, 0, 0.5, slow=1)], begin_ns)
audience = Space(
    endpoint=Space(family=socket.AF_INET, address=listener.getsockname()),
    server=Space(recipe=Space(subscribe=lambda topic, last: b"GET / HTTP/1.1\\r\\n\\r\\n")),
    origins=Origins(), pump=Pump(), tally=Tally(), members=set(), draw_topic=lambda: "t",
)
reader = gevent.spawn(Laggard(audience, plan.phases[0], trickles=False).follow, lambda: 0.0)
gevent.sleep(0.05)
theirs, _ = listener.accept()
for part in parts:
    theirs.sendall(part.encode())
    gevent.sleep(0.05)
theirs.close()
reader.join(20)
print(dict(audience.tally.errors), {what: n for (_, what), n in audience.tally.counts.items()})
print(len(audience.members), audience.pump.errors)
audience.pump.close(); listener.close()
"""


@pytest.mark.parametrize(
    ("parts", "told"),
    [
        (["HTTP/1.1 200 OK\r\n\r\n", "data: 1\n\n"], "{} {'stalled': 1, 'stalled_evicted': 1}"),
        (["HTTP/", "1.1 200 OK\r\n\r\n"], "{} {'stalled': 1, 'stalled_evicted': 1}"),
        (["HTTP/1.1 503 Service Unavailable\r\n\r\n"], "{'connect: HTTP 503 to a slow reader': 1} {}"),
        (["SSH-2.0-OpenSSH_9.2\r\n"], "{'connect: no response to a slow reader': 1} {}"),
        ([], "{'connect: no response to a slow reader': 1} {}"),
    ],
    ids=["a stream", "a head in two parts", "turned away", "another protocol", "nothing"],
)
def test_only_who_was_given_a_stream_is_a_slow_reader(parts: list[str], told: str) -> None:
    done = alone(PROGRAM, *parts)

    assert done.stdout == f"{told}\n0 0\n"
