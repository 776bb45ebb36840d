"""The backend behind Pushpin, which tells it to hold streams open. Run as `app.py PORT FRONT READY`.

Pushpin takes connections before it can serve: once FRONT has served one, something listens at READY.
"""

import socket
import sys
import time
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from urllib.request import urlopen

PORT, FRONT, READY = map(int, sys.argv[1:])
STREAM = {"Content-Type": "text/event-stream", "Cache-Control": "no-cache, no-transform"}
HOLD = {"Grip-Hold": "stream", "Grip-Keep-Alive": r": \n\n; format=cstring; timeout=15"}


class Backend(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        _, verb, channel = self.path.split("?")[0].split("/", 2)
        fields = {**STREAM, "X-Accel-Buffering": "no", **HOLD, "Grip-Channel": channel}
        self.send_response({"stream": 200, "ready": 200}.get(verb, 404))
        for field in fields.items() if verb == "stream" else ():
            self.send_header(*field)
        self.send_header("Content-Length", "0")
        self.end_headers()

    do_HEAD = do_GET  # noqa: N815 - its name there


ThreadingHTTPServer.request_queue_size = 512
server = ThreadingHTTPServer(("127.0.0.1", PORT), Backend)
Thread(target=server.serve_forever).start()
while True:
    with suppress(OSError), urlopen(f"http://127.0.0.1:{FRONT}/ready/", timeout=1):
        break
    time.sleep(0.1)
ready = socket.create_server(("127.0.0.1", READY))
