"""The pump on real sockets, in a process of its own, since gevent's loop owns the process that it runs in."""

from tests.loadtests.alone import alone

PROGRAM = """
import socket, time
import gevent
from loadtests._pump import Pump, kernel_stamps_work, open_socket, receive, stamped, SO_TIMESTAMPNS

class Reader:
    def __init__(self, sock): self.sock, self.reads, self.connected = sock, [], False
    def on_writable(self):
        self.connected = True
        if stamps: self.sock.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMPNS, 1)
        pump.reading(self.sock.fileno())
    def on_readable(self):
        read = (stamped if stamps else receive)(self.sock)
        if read[0] == b"boom": raise RuntimeError("on purpose")
        self.reads.append(read)
        if not read[0]: pump.forget(self.sock.fileno())

stamps = kernel_stamps_work()
pump = Pump(patient=stamps)
server = socket.create_server(("127.0.0.1", 0))
ours = open_socket(socket.AF_INET)
ours.connect_ex(server.getsockname())
reader = Reader(ours)
pump.connecting(ours.fileno(), reader)
theirs, _ = server.accept()
gevent.sleep(0.05)
theirs.sendall(b"hello")
time.sleep(0.2)  # the hub is kept from reading: a stamp of the kernel's does not mind
gevent.sleep(0.05)
theirs.sendall(b"boom")
gevent.sleep(0.05)
theirs.close()
gevent.sleep(0.05)
hello, end = reader.reads
calls = []
pump.later(0.02, lambda: calls.append("in time"))
pump.later(0.01, lambda: calls.append("never")).close()
pump.later(0, lambda: 1 / 0)
gevent.sleep(0.1)
waited = (hello[2] - hello[1]) / 1e9
print(reader.connected, hello[0], end[0], calls, pump.errors, waited >= 0.2 if stamps else waited == 0)
pump.close(); ours.close(); server.close()
"""


def test_a_socket_is_connected_read_stamped_and_forgotten() -> None:
    done = alone(PROGRAM)

    assert done.stdout == "True b'hello' b'' ['in time'] 2 True\n"
    assert "RuntimeError: on purpose" in done.stderr
