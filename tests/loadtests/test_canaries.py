"""What of Locust's insides we build upon: whatever a new version changes, it is seen here first."""

import inspect
import subprocess
import sys
from collections.abc import Iterator

import pytest

from tests.conftest import DEADLINE

CANARIES = {
    "statistics take whole histograms of floats": """
        from locust.stats import RequestStats, StatsEntry
        stats = RequestStats()
        entry = StatsEntry(stats, "deliver", "SSE")
        entry.num_requests, entry.response_times = 3, {0.25: 2, 1.5: 1}
        entry.total_response_time, entry.min_response_time, entry.max_response_time = 2.0, 0.25, 1.5
        entry.start_time = entry.last_request_timestamp = 1.0
        stats.entries["deliver", "SSE"].extend(entry)
        row = stats.entries["deliver", "SSE"]
        assert (row.num_requests, row.min_response_time, row.max_response_time) == (3, 0.25, 1.5)
        assert row.get_response_time_percentile(0.5) == 0.25
    """,
    "errors are kept by key, and count": """
        from locust.stats import RequestStats, StatsError
        stats = RequestStats()
        key = StatsError.create_key("SSE", "stream", "eof")
        stats.errors[key] = StatsError("SSE", "stream", "eof")
        stats.errors[key].occurrences += 2
        assert stats.serialize_errors()[key]["occurrences"] == 2
    """,
    "percentiles to show are read when they are needed": """
        import inspect, locust.stats, locust.web, locust.html
        assert "stats.PERCENTILES_TO_CHART" in inspect.getsource(locust.web)
        assert "in PERCENTILES_TO_STATISTICS" in inspect.getsource(locust.stats.StatsEntry.to_dict)
        assert "in PERCENTILES_FOR_HTML_REPORT" in inspect.getsource(locust.html.get_html_report)
    """,
    "a shape is asked on the environment, and may stop": """
        import inspect
        from locust.runners import Runner
        source = inspect.getsource(Runner.shape_worker)
        assert "self.environment.shape_class.tick()" in source and "current_tick is None" in source
    """,
    "users are stopped after test_stopping, by every runner": """
        import inspect
        from locust.runners import MasterRunner, Runner
        for runner in (MasterRunner, Runner):
            source = inspect.getsource(runner.stop)
            assert source.index("test_stopping.fire") < source.index("update_state"), runner
    """,
    "listeners of quitting are called in reverse": """
        from locust.event import EventHook
        called, hook = [], EventHook()
        hook.add_listener(lambda **_: called.append("first"))
        hook.add_listener(lambda **_: called.append("last"))
        hook.fire(reverse=True)
        assert called == ["last", "first"]
    """,
    "an exit code that is set is the exit code": """
        import inspect, locust.main
        source = inspect.getsource(locust.main.main)
        assert "code = environment.process_exit_code" in source
        assert source.index("events.quitting.fire") < source.index("code = environment.process_exit_code")
    """,
    "custom messages carry bytes": """
        from locust.rpc import Message
        sent = Message("sse_ask", {"token": 1, "body": b"\\x00\\xff"}, "worker")
        assert Message.unserialize(sent.serialize()).data == {"token": 1, "body": b"\\x00\\xff"}
    """,
    "handlers that are not concurrent run where messages are received": """
        import inspect
        from locust.runners import MasterRunner, WorkerRunner
        for runner in (MasterRunner, WorkerRunner):
            source = inspect.getsource(runner.handle_message)
            assert "listener(environment=self.environment, msg=msg)" in source, runner
    """,
    "a worker's reports are dictionaries that we may add to": """
        import inspect
        from locust.runners import MasterRunner, WorkerRunner
        assert "report_to_master.fire(client_id=self.client_id, data=data)" in inspect.getsource(
            WorkerRunner._send_stats)
        assert "worker_report.fire(client_id=msg.node_id, data=msg.data)" in inspect.getsource(
            MasterRunner.handle_message)
    """,
    "a worker that connects is announced before it gets users": """
        import inspect
        from locust.runners import MasterRunner
        source = inspect.getsource(MasterRunner.handle_message)
        assert source.index("worker_connect.fire") < source.index("add_worker")
    """,
    "how long a worker may be silent is read when it connects": """
        import inspect
        from locust.runners import MasterRunner
        source = inspect.getsource(MasterRunner.handle_message)
        assert "heartbeat_liveness=HEARTBEAT_LIVENESS" in source
        assert "c.heartbeat = HEARTBEAT_LIVENESS" in source
        assert "client.heartbeat -= 1" in inspect.getsource(MasterRunner.heartbeat_worker)
    """,
    "the web interface has room for our tab": """
        import inspect, locust.web
        from pathlib import Path
        source = inspect.getsource(locust.web)
        assert "self.template_args = {**self.template_args, **new_template_args}" in source
        (script,) = Path(locust.web.__file__).parent.glob("webui/dist/assets/*.js")
        text = script.read_text(encoding="utf-8")
        for name in ("extendedTabs", "extendedTables", "extendedStats", "extendedCsvFiles"):
            assert name in text, name
    """,
    "the table of a headless run can be left out after init": """
        import inspect, locust.main
        source = inspect.getsource(locust.main.main)
        assert source.index("events.init.fire") < source.index("if not options.only_summary")
    """,
}


class Locust:
    """A process that has imported Locust, which patches whoever does: it runs one canary after the other."""

    PROGRAM = """
import locust, sys, traceback
for size in sys.stdin:
    try:
        exec(sys.stdin.read(int(size)), {})
    except BaseException:
        answer = traceback.format_exc()
    else:
        answer = ""
    print(len(answer))
    print(answer, end="", flush=True)
"""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def run(self, code: str) -> str:
        """What it says against that; "" when it has nothing to say."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        print(len(code), code, sep="\n", end="", file=self._process.stdin, flush=True)
        return self._process.stdout.read(int(self._process.stdout.readline()))


@pytest.fixture(scope="module")
def locust() -> Iterator[Locust]:
    with subprocess.Popen(
        [sys.executable, "-P", "-c", Locust.PROGRAM], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        yield Locust(process)
        process.kill()
        process.wait(DEADLINE)


@pytest.mark.parametrize("canary", CANARIES.values(), ids=CANARIES)
def test_locust_still_does_what_we_build_upon(canary: str, locust: Locust) -> None:
    assert locust.run(inspect.cleandoc("\n" + canary)) == ""
