"""Load results that have something to draw, written by hand."""

from reports.load_schema import Load
from tests.reports import samples

SERIES: samples.Json = {
    "step_s": 1,
    "t": [0, 1, 2, 3],
    "subs": [10, 10, 2, 10],
    "deliveries": [5, 10, 3, 10],
    "lost": [0, 0, 7, 0],
    "silent": [0, 0, 2, 0],
    "dup": [0, 0, 0, 4],
    "disconnects": [0, 0, 10, 0],
    "conn_ok": [10, 0, 0, 8],
    "client_cpu": [5.0, 6.0, 7.0, 8.0],
    "server_cpu": [15.0, 16.0, 17.0, 18.0],
    "server_rss_mb": [40.0, 40.5, 41.0, 41.0],
    "server": {"<b>queue": [1, 2, 3, 4]},
    "heat": {"bits": 3, "rows": [[[1024, 5]], [[1024, 9], [9216, 1]], [[2048, 3]], [[1024, 10]]]},
}


def run(**changes: object) -> Load:
    """Two levels of four seconds in all, with everything that is sampled by the second."""
    spans = {0: {"t": [0.0, 2.0], "judged": [0.5, 2.0]}, 1: {"t": [2.0, 4.0], "judged": [2.5, 4.0]}}
    phases = [samples.phase(n, subs, **spans[n]) for n, subs in ((0, 10), (1, 20))]
    return samples.a_load(*phases, **{"series": SERIES, **changes})


def hist(**metrics: list[list[int]]) -> samples.Json:
    """The same histograms for both phases."""
    return {"bits": 7, "phases": {n: {"deliver": samples.DELIVER, **metrics} for n in "01"}}
