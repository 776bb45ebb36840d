"""The backend behind Pushpin, which tells it to hold a stream open. Run as `app.py PORT`."""

import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import PurePosixPath


class Backend(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        path = PurePosixPath(self.path.partition("?")[0])
        if path.parts[1:2] != ("stream",) or len(path.parts) != 3:
            self.send_error(404)
            return
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Cache-Control", "no-cache")
        self.send_header("Grip-Hold", "stream")
        self.send_header("Grip-Channel", path.name)
        self.send_header("Grip-Keep-Alive", r": \n\n; format=cstring; timeout=15")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Backend).serve_forever()
