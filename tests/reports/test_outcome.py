"""When a result may be called good."""

import pytest

from reports.outcome import of_conformance, of_fleet, of_load
from tests.reports import samples
from tests.reports.samples import row

CONFORMANCE = {
    "all met": ((row("A-A-1", "PASS"),), 0, "PASS"),
    "one failed": ((row("A-A-1", "PASS"), row("A-A-2", "FAIL")), 1, "FAIL"),
    "failed, whatever the exit code says": ((row("A-A-2", "FAIL"),), 0, "FAIL"),
    "flaky": ((row("A-A-1", "FLAKY"),), 1, "FAIL"),
    "warned": ((row("A-A-1", "WARN"),), 0, "PASS"),
    "warned in a strict run": ((row("A-A-1", "WARN"),), 1, "FAIL"),
    "nothing judged": ((row("A-A-1", "SKIP"),), 3, "INCONCLUSIVE"),
    "nothing judged, whatever the exit code says": ((row("A-A-1", "SKIP"),), 0, "INCONCLUSIVE"),
    "observed only": ((row("A-A-1", "INFO"),), 0, "INCONCLUSIVE"),
    "low coverage": ((row("A-A-1", "PASS"), row("A-A-2", "SKIP")), 3, "INCONCLUSIVE"),
    "interrupted": ((row("A-A-1", "PASS"),), 130, "INCONCLUSIVE"),
}


@pytest.mark.parametrize(("rows", "code", "verdict"), CONFORMANCE.values(), ids=CONFORMANCE)
def test_a_target_is_good_only_with_evidence(rows: tuple[samples.Json, ...], code: int, verdict: str) -> None:
    assert of_conformance(samples.a_conformance(*rows, exit_code=code)).verdict == verdict


def test_a_good_outcome_does_not_hide_what_was_let_pass() -> None:
    rows = [row("A-A-1", "PASS"), row("A-A-2", "WARN"), row("A-A-3", "WAIVED")]

    assert of_conformance(samples.a_conformance(*rows)).sentence == (
        "No binding requirement is broken: 1 WARN, 1 WAIVED."
    )
    assert of_conformance(samples.a_conformance(rows[0])).sentence == (
        "Every requirement that was judged is met."
    )


def slo(ok: bool | None) -> samples.Json:
    return {"expr": "deliver.p99<=250ms", "ok": ok}


LOAD = {
    "kept": ({"slo": [slo(True)]}, "PASS", "1 SLO kept."),
    "broken": ({"slo": [slo(True), slo(False)]}, "FAIL", "1 of 2 SLOs broken."),
    "not measured": ({"slo": [slo(True), slo(None)]}, "INCONCLUSIVE", "1 of 2 SLOs kept, the others"),
    "none": ({"slo": []}, "INFO", "Measured, not judged"),
    "invalid": ({"slo": [slo(True)], "invalid": ["late"]}, "INCONCLUSIVE", "The run is invalid"),
}


@pytest.mark.parametrize(("changes", "verdict", "sentence"), LOAD.values(), ids=LOAD)
def test_a_load_run_is_judged_by_its_promises(changes: samples.Json, verdict: str, sentence: str) -> None:
    found = of_load(samples.a_load(**changes))

    assert found.verdict == verdict
    assert found.sentence.startswith(sentence)


def test_a_fleet_is_delivered_when_every_device_is() -> None:
    devices = {"a": samples.delivery(), "b": samples.delivery(seen=98, missing=2, ok=False)}

    assert of_fleet(samples.a_fleet()).verdict == "PASS"
    assert of_fleet(samples.a_fleet(devices=devices)).sentence == "1 of 2 devices not delivered in full."
    assert of_fleet(samples.a_fleet(devices={})).verdict == "INCONCLUSIVE"
    assert of_fleet(samples.a_fleet(exit_code=3)).verdict == "INCONCLUSIVE"
