"""What can be seen of a server: its process, and a page of metrics."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import pytest

from loadtests._watch import MetricsError, ServerWatch, figures, metrics_url

PAGE = """\
# HELP eventbahn_subscribers Open streams.
# TYPE eventbahn_subscribers gauge
eventbahn_subscribers{channel="a"} 3
eventbahn_subscribers{channel="b"} 4
# TYPE process_cpu_seconds_total counter
process_cpu_seconds_total %s
# TYPE process_resident_memory_bytes gauge
process_resident_memory_bytes 5e+07
# TYPE write_seconds histogram
write_seconds_bucket{le="+Inf"} 9
write_seconds_count 9
write_seconds_sum 1.5
"""


@contextmanager
def page(*answers: str) -> Iterator[str]:
    """The URL of a page that answers with each of these in turn."""
    left = iter(answers)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = next(left).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None: ...  # noqa: A002 - the library's name

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/metrics"
        finally:
            server.shutdown()
            thread.join()


def test_labels_are_added_up_and_distributions_left_out() -> None:
    assert figures(PAGE % "1.5") == {
        "eventbahn_subscribers": 7,
        "process_cpu_seconds_total": 1.5,
        "process_resident_memory_bytes": 5e7,
    }


def test_a_server_that_exports_thousands_is_cut_short() -> None:
    assert len(figures("\n".join(f"m{number} 1" for number in range(1_000)) + "\n")) == 64


def test_cpu_and_memory_come_from_the_page_where_there_is_no_pid() -> None:
    with page(PAGE % "1.5", PAGE % "1.75") as url:
        watch = ServerWatch(None, url)

        first, second = watch.look(10), watch.look(11)

    assert "cpu_percent" not in first
    assert (second["cpu_percent"], second["rss_mb"], second["eventbahn_subscribers"]) == (25, 50, 7)
    assert not watch.errors


@pytest.mark.parametrize("answer", ["<html>", "a b c d"], ids=["html", "noise"])
def test_what_is_no_page_of_metrics_is_said_and_no_reason_to_stop(answer: str) -> None:
    with page(answer) as url:
        watch = ServerWatch(None, url)

        found = watch.look(1)

    assert found == {}
    assert sum(watch.errors.values()) == 1


def test_nobody_there_is_said_and_no_reason_to_stop() -> None:
    with page() as url:
        pass
    watch = ServerWatch(None, url)

    found = [watch.look(1), watch.look(2)]

    assert found == [{}, {}]
    assert watch.errors == {"server metrics: Connection refused": 2}


def test_a_process_is_watched_until_it_ends() -> None:
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as server:
        watch = ServerWatch(server.pid, "")
        alive = watch.look(1)
        server.communicate(b"\n")

    assert alive["rss_mb"] > 0
    assert watch.look(2) == {"cpu_percent": 0, "rss_mb": 0}


@pytest.mark.parametrize("text", ["localhost:9090", "ftp://x/", "http://", "http://x:y/"])
def test_what_is_no_address_is_refused(text: str) -> None:
    with pytest.raises(MetricsError, match="--server-metrics"):
        metrics_url(text)
