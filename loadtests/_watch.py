"""The server while a run lasts, as far as it can be seen: its process, its own metrics. Judges nothing."""

import http.client
import urllib.error
import urllib.request
from collections import Counter, defaultdict
from collections.abc import Mapping
from urllib.parse import urlsplit

import psutil
from prometheus_client.parser import text_string_to_metric_families

from loadtests._vitals import Vitals

__all__ = ["CPU_PERCENT", "RSS_MB", "MetricsError", "ServerWatch", "figures", "metrics_url"]

CPU_PERCENT, RSS_MB = "cpu_percent", "rss_mb"
CPU_SECONDS, RESIDENT_BYTES = "process_cpu_seconds_total", "process_resident_memory_bytes"
ANSWER_SECONDS = 0.8  # a look a second
MOST_BYTES = 1 << 20
MOST_FIGURES = 64  # a server may export thousands; those that do not fit are left out by name
DISTRIBUTIONS = ("histogram", "summary", "gaugehistogram")


class MetricsError(ValueError):
    """An address that cannot be a metrics page; the message says why."""


def metrics_url(text: str) -> str:
    """Raises MetricsError."""
    try:
        parts = urlsplit(text)
        named = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError as error:
        raise MetricsError(f"--server-metrics {text!r}: {error}") from error
    if not named:
        raise MetricsError(f"--server-metrics {text!r}: write http://HOST[:PORT]/metrics")
    return text


class ServerWatch:
    """Looks once a second; what cannot be seen is said in `errors`, and is no reason to stop."""

    def __init__(self, pid: int | None, url: str) -> None:
        """Raises psutil.Error when there is no such process."""
        self.errors: Counter[str] = Counter()
        self._process = Vitals(pid) if pid else None
        self._url = url
        self._opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        self._cpu: tuple[int, float] | None = None

    def look(self, second: int) -> dict[str, float]:
        """Figures by name; without a pid CPU and memory are those of the metrics."""
        found = self._metrics()
        found |= self._usage(found, second)
        if self._process is not None:
            found |= self._sampled(self._process)
        return found

    @staticmethod
    def _sampled(process: Vitals) -> dict[str, float]:
        """A process that has ended uses nothing; the run will say so in its own way."""
        try:
            cpu, rss = process.sample()
        except psutil.Error:
            cpu, rss = 0.0, 0.0
        return {CPU_PERCENT: cpu, RSS_MB: rss}

    def _metrics(self) -> dict[str, float]:
        if not self._url:
            return {}
        try:
            with self._opener.open(self._url, timeout=ANSWER_SECONDS) as answer:
                return figures(answer.read(MOST_BYTES).decode("utf-8", "replace"))
        except (OSError, ValueError, http.client.HTTPException) as error:
            reason = error.reason if isinstance(error, urllib.error.URLError) else error
            self.errors[f"server metrics: {getattr(reason, 'strerror', None) or reason}"] += 1
            return {}

    def _usage(self, found: Mapping[str, float], second: int) -> dict[str, float]:
        usage, before, self._cpu = {}, self._cpu, None
        if RESIDENT_BYTES in found:
            usage[RSS_MB] = found[RESIDENT_BYTES] / 1e6
        if CPU_SECONDS in found:
            self._cpu = second, found[CPU_SECONDS]
            if before is not None and second > before[0]:
                usage[CPU_PERCENT] = 100 * (found[CPU_SECONDS] - before[1]) / (second - before[0])
        return usage


def figures(text: str) -> dict[str, float]:
    """Counters and gauges of a page in the text format of Prometheus, labels added up. Raises ValueError."""
    found: defaultdict[str, float] = defaultdict(float)
    for family in text_string_to_metric_families(text):
        if family.type in DISTRIBUTIONS:
            continue
        for sample in family.samples:
            if not sample.name.endswith("_created") and (sample.name in found or len(found) < MOST_FIGURES):
                found[sample.name] += sample.value
    return dict(found)
