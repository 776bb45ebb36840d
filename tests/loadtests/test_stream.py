"""A stream on real sockets: what a server may answer, and what is said of it. In a process of its own."""

import pytest

from tests.loadtests.alone import alone

PROGRAM = """
import socket, sys
import gevent
from types import SimpleNamespace
from loadtests._endpoint import Endpoint
from loadtests._origin import Origins
from loadtests._pump import Pump
from loadtests._stream import Current, Stream

class Owner:
    def on_open(self, arrived_ns): print("open", flush=True)
    def on_block(self, block, arrived_ns, read_ns): print(block, flush=True)
    def on_end(self, reason): print(reason, flush=True)

slices = [part.encode("latin-1").decode("unicode_escape").encode("latin-1") for part in sys.argv[1:]]
server = socket.create_server(("127.0.0.1", 0))
(endpoint,) = Endpoint.resolve("http://127.0.0.1:%d" % server.getsockname()[1])
pump = Pump()
shared = dict(pump=pump, kernel_stamps=False, origins=Origins(), current=Current())
circuit = SimpleNamespace(endpoint=endpoint, **shared)
Stream(circuit, Owner(), b"GET").connect()
theirs, _ = server.accept()
gevent.sleep(0.05)
assert theirs.recv(9) == b"GET"
for part in slices:
    theirs.sendall(part)
    gevent.sleep(0.03)
theirs.close()
gevent.sleep(0.05)
print(pump.errors, flush=True)
"""
HEAD = r"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n"
EOF = "stream: eof"
ANSWERS = {
    "head and body at once": ([HEAD + r"data: 1\n\ndata: 2\n\n"], ["open", "b'data: 1'", "b'data: 2'", EOF]),
    "a head in pieces": (
        [
            "HTTP/1.1 200 OK\\r\\nCONTENT-",
            "type:text/Event-Stream; charset=utf-8\\r",
            "\\n\\r\\ndata: 1\\n",
            "\\n",
        ],
        ["open", "b'data: 1'", EOF],
    ),
    "another type": (
        [r"HTTP/1.1 200 OK\r\nX-Content-Type: text/event-stream\r\nContent-Type: text/html\r\n\r\nx"],
        ["connect: not an event stream, but text/html"],
    ),
    "no type": ([r"HTTP/1.1 200 OK\r\n\r\n"], ["connect: not an event stream, but without a type"]),
    "a refusal": ([r"HTTP/1.1 503 Busy\r\nContent-Length: 2\r\n\r\nno"], ["connect: HTTP 503"]),
    "a hint before": ([r"HTTP/1.1 103 Early\r\n\r\n" + HEAD], ["connect: HTTP 103"]),
    "an end by its own length": (
        [r"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nContent-Length: 9\r\n\r\ndata: 1\n\n"],
        ["open", "b'data: 1'", EOF],
    ),
    "a head without end": (
        [r"HTTP/1.1 200 OK\r\nX: ", "x" * 100_000, "x" * 100_000],
        ["connect: a head longer than 131072 bytes"],
    ),
    "no HTTP": ([r"SSH-2.0-OpenSSH\r\n"], ["stream: not HTTP: "]),
    "nothing": ([], [EOF]),
}


@pytest.mark.parametrize(("slices", "said"), ANSWERS.values(), ids=ANSWERS)
def test_what_a_server_answers_is_told_once(slices: list[str], said: list[str]) -> None:
    done = alone(PROGRAM, *slices)

    *lines, errors = done.stdout.splitlines()
    assert errors == "0", done.stderr
    assert len(lines) == len(said)
    assert all(line.startswith(beginning) for line, beginning in zip(lines, said, strict=True)), lines
