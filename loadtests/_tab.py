"""Locust's web interface shows the run: a tab beside its own, a live page, the result and its report."""

import json
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from flask import Response, jsonify, request
from locust.web import WebUI

from loadtests._glance import COLUMNS, by_phase, by_second
from loadtests._run import Run

__all__ = ["show"]

KEY, TITLE = "sse-fan-out", "SSE fan-out"
LIVE = Path(__file__).with_name("live.html")
LIVE_SECONDS = 300
REPORT_SECONDS = 120.0
PLAIN = {"Content-Type": "text/plain; charset=utf-8"}


def show(web_ui: WebUI, base: str, current: Callable[[], Run | None]) -> None:
    """Add all that below `base`, to an interface that has not been started; `current` is the run to show."""
    assert web_ui.app is not None, "it is made with the interface"
    web_ui.template_args["extended_tabs"] = [{"title": TITLE, "key": KEY}]
    web_ui.template_args["extended_tables"] = [
        {"key": KEY, "structure": [{"key": key, "title": title} for key, title in COLUMNS.items()]}
    ]
    web_ui.template_args["extended_csv_files"] = [
        {"href": "./sse/live", "title": "SSE fan-out, live"},
        {"href": "./sse/report.html", "title": "SSE fan-out, report"},
        {"href": "./sse/report.json", "title": "SSE fan-out, result file"},
    ]

    def extend(response: Response) -> Response:
        run = current()
        if request.path.endswith("/stats/requests") and response.is_json and run is not None:
            rows = by_phase(run.plan, run.shown, run.losses())
            response.set_data(
                json.dumps({**(response.json or {}), "extended_stats": [{"key": KEY, "data": rows}]})
            )
        return response

    web_ui.app.after_request(extend)
    pages: dict[str, Callable[[Run], Response]] = {
        "live.json": _seconds,
        "report.json": _document,
        "report.html": _report,
    }
    for name, page in pages.items():
        view = web_ui.auth_required_if_enabled(_of_a_run(page, current))
        web_ui.app.add_url_rule(f"{base}/sse/{name}", f"sse {name}", view)
    live = web_ui.auth_required_if_enabled(lambda: Response(LIVE.read_bytes(), mimetype="text/html"))
    web_ui.app.add_url_rule(f"{base}/sse/live", "sse live", live)


def _of_a_run(page: Callable[[Run], Response], current: Callable[[], Run | None]) -> Callable[[], Response]:
    def view() -> Response:
        run = current()
        return Response("No run has begun yet.\n", 404, PLAIN) if run is None else page(run)

    return view


def _seconds(run: Run) -> Response:
    return jsonify(
        {
            "run": run.id,
            "over": run.over,
            "phases": by_phase(run.plan, run.shown, run.losses()),
            **by_second(run.plan, run.shown, LIVE_SECONDS),
        }
    )


def _document(run: Run) -> Response:
    if run.document is None:
        return Response("The run is not over; its figures are at /sse/live.json.\n", 409, PLAIN)
    text = json.dumps(run.document, separators=(",", ":"), allow_nan=False)
    headers = {"Content-Disposition": f'attachment; filename="{run.id}.json"'}
    return Response(text, 200, headers, mimetype="application/json")


def _report(run: Run) -> Response:
    """By `eventbahn report`, in a process of its own: figures take seconds, and users go on meanwhile."""
    if run.document is None:
        return Response("The run is not over; it is shown at /sse/live.\n", 409, PLAIN)
    with tempfile.TemporaryDirectory() as folder:
        result, page = Path(folder, f"{run.id}.json"), Path(folder, "report.html")
        result.write_text(json.dumps(run.document, allow_nan=False), encoding="utf-8")
        command = [sys.executable, "-P", "-m", "eventbahn", "report", str(result), "-o", str(page)]
        try:
            done = subprocess.run(
                command,
                capture_output=True,
                text=True,
                timeout=REPORT_SECONDS,
                stdin=subprocess.DEVNULL,
                check=False,
            )
        except subprocess.TimeoutExpired:
            return Response(f"The report took more than {REPORT_SECONDS:.0f} s.\n", 504, PLAIN)
        if not page.exists():
            return Response(f"The report could not be made:\n{done.stderr}", 501, PLAIN)
        return Response(page.read_bytes(), mimetype="text/html")
