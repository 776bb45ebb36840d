"""A step summary and annotations: what GitHub shows, within its bounds, and deaf to what results try."""

import json

from reports.gate import judge_all
from reports.github import MOST_BYTES, annotations, summary
from reports.load import decode
from reports.schemas import Result
from tests.reports import samples
from tests.reports.samples import row

HOSTILE = "|a`*<script>alert(1)</script>\n::error::x\x1b[2J%"


def result(*rows: samples.Json) -> Result:
    return decode(json.dumps(samples.conformance(*rows)).encode())


def test_a_summary_begins_with_the_outcome_and_shows_what_is_wrong() -> None:
    text = summary([result()])

    assert text.startswith("## ❌ SSE conformance of fixture\n\nRequirements are not met: 1 FAIL.\n")
    assert "| FAIL | [SSE-INJ-003](https://html.spec.whatwg.org/" in text
    assert "| one event whose data is 'a\\\\nb' | two events |" in text
    assert "- SKIP, needs-slow: SSE-BEAT-002" in text


def test_all_kinds_of_results_are_told() -> None:
    text = summary([samples.a_conformance(), samples.a_load(), samples.a_fleet()])

    assert [line[:7] for line in text.splitlines() if line.startswith("## ")] == [
        "## ❌ SS",
        "## ✅ Lo",
        "## ✅ De",
    ]


def test_what_a_target_sent_stays_in_its_cell() -> None:
    text = summary(
        [result(row(HOSTILE, "FAIL", title=HOSTILE, expected=HOSTILE, observed=HOSTILE, url=HOSTILE))]
    )
    cells = next(line for line in text.splitlines() if line.startswith("| FAIL"))

    assert cells.replace("\\|", "").count("|") == 5
    assert "<script>" not in text
    assert "\x1b" not in text
    assert "\n::error" not in text


def test_a_summary_is_cut_before_github_throws_it_away() -> None:
    many = [row(f"SSE-X-{number:03}", "FAIL", observed="x" * 300) for number in range(4000)]

    text = summary([result(*many)])

    assert len(text.encode()) <= MOST_BYTES
    assert text.endswith("… cut: a step summary may hold 1 MiB\n")
    assert summary([result(*many)], 10) == ""


def test_ten_binding_failures_are_annotated_and_nothing_else() -> None:
    rows = [row(f"SSE-X-{number:03}", "FAIL", observed=HOSTILE) for number in range(12)]

    lines = annotations([result(row("SSE-Y-001", "WARN"), row("SSE-Z-001", "FAIL", level="SHOULD"), *rows)])

    assert len(lines) == 10
    assert lines[0].startswith("::error title=SSE-X-000 Title of SSE-X-000::")
    assert all(line.isprintable() for line in lines)
    assert (
        "%0A::error::x" in annotations([result(row("SSE-X-001", "FAIL", expected="a", observed=HOSTILE))])[0]
    )


def test_what_became_of_conditions_stands_first() -> None:
    loaded = samples.loaded(samples.a_load(), samples.a_conformance())
    asked = ["deliver.p99 > 1ms", "fail > 1", "replay.n > 0"]

    text = summary([each.result for each in loaded], judgements=judge_all(asked, loaded, lost=False))

    first, *_, more = text.partition("\n## ✅ Load")
    assert more
    assert first.splitlines() == [
        "## Conditions",
        "",
        "- ❌ fail if deliver.p99 &gt; 1ms: yes. 1.json: 9.00 ms",
        "- ✅ fail if fail &gt; 1: no. 2.json: 1",
        "- ⚠️ fail if replay.n &gt; 0: could not be judged. 1.json: replay.n was not measured",
    ]
