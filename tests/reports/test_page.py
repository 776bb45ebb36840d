"""The page, read back by another parser: whole, linked, self-contained, and deaf to what results try."""

import json
import re
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reports.load import decode
from reports.page import page
from reports.schemas import Result
from tests.reports import samples
from tests.reports.document import Document
from tests.reports.samples import row

ALL: list[Result] = [samples.a_conformance(), samples.a_load(), samples.a_fleet()]
HOSTILE = (
    "</title></style></script><script>alert(1)</script><img src=x onerror=alert(1)>\"'&\x1b]0;x\x07\u202e"
)


def strings(value: Any, text: str) -> Any:
    """The same result with `text` wherever a stranger may write."""
    match value:
        case dict():
            kept = {"schema", "verdict", "unit"}
            return {key: held if key in kept else strings(held, text) for key, held in value.items()}
        case list():
            return [strings(item, text) for item in value]
        case str():
            return text
    return value


@pytest.mark.parametrize(
    "results",
    [ALL[:1], ALL[1:2], ALL[2:], ALL, [ALL[0], *ALL]],
    ids=["conformance", "load", "fleet", "mixed", "matrix"],
)
def test_a_page_is_well_formed_and_every_link_in_it_leads_somewhere(results: list[Result]) -> None:
    document = Document(page(results, ["a.json"]))
    ids = document.ids()
    links = [attributes["href"] or "" for tag in ("a", "use") for attributes in document.named(tag)]

    assert len(set(ids)) == len(ids)
    assert not {link[1:] for link in links if link.startswith("#")} - set(ids)
    assert all(link.startswith(("#", "http://", "https://")) for link in links)
    labels = [e.attributes["aria-labelledby"] for e in document.elements if "aria-labelledby" in e.attributes]
    assert not set(labels) - set(ids)


def test_a_page_names_no_other_resource() -> None:
    source = page([ALL[0], *ALL])
    document = Document(source)

    assert {e.tag for e in document.elements} & {
        "link",
        "img",
        "iframe",
        "object",
        "embed",
        "base",
        "form",
    } == {
        "form"  # the filter, which has no action
    }
    assert not [e for e in document.elements if {"src", "srcset", "action", "poster"} & e.attributes.keys()]
    assert not [e for e in document.elements if "href" in e.attributes and e.tag not in ("a", "use")]
    assert not re.findall(r"@import|url\((?!#)", source)


def test_the_policy_allows_the_style_and_the_script_of_the_page_and_nothing_else() -> None:
    (policy,) = [
        meta["content"] or ""
        for meta in Document(page(ALL[:1])).named("meta")
        if meta.get("http-equiv") == "Content-Security-Policy"
    ]

    assert policy.startswith("default-src 'none'; ")
    assert re.search(r"script-src 'sha256-[\w+/=]{44}';", policy)
    assert "http" not in policy


def test_the_same_results_give_the_same_page() -> None:
    assert page(ALL, ["a.json"]) == page(ALL, ["a.json"])


def test_the_top_says_how_much_was_judged_and_what_was_not() -> None:
    text = Document(page(ALL[:1])).text

    headline = "3 of 4 rows judged (75 %): 1 PASS, 1 FAIL, 1 WARN; 1 N/A; 1 SKIP"
    assert headline in text
    assert text.index(headline) < text.index("Not judged N/A declared-absent 1 row SSE-CORS-001")
    assert text.index("SKIP needs-slow 1 row") < text.index("Findings") < text.index("Score by section")
    for fact in ("fixture", "http://127.0.0.1:8123", "2026-11-25T18:20:03Z", "17", "eventbahn 0.1.0"):
        assert fact in text


def test_rows_that_failed_or_warned_stand_open_and_others_are_folded() -> None:
    rows = [each for each in Document(page(ALL[:1])).named("details") if "data-verdict" in each]

    assert {each["data-verdict"]: "open" in each for each in rows} == {
        "PASS": False,
        "FAIL": True,
        "WARN": True,
        "N/A": False,
        "SKIP": False,
    }


def test_a_failed_row_shows_all_that_helps() -> None:
    source = page([samples.a_conformance(samples.FAILED)])
    text = Document(source).text

    for part in (
        "Expected one event whose data is 'a\\nb'",
        "Observed two events",
        "data: aCR data: forgedCRLF CRLF",
        "Arrivals: 3 reads, 181 bytes; first after 0.01 s, last after 2 s, longest pause 1.5 s",
        "Why it matters Whoever publishes a value can forge an event.",
        "How to fix it Split data at CRLF, CR and LF.",
        "Reproduce curl -sN http://127.0.0.1:8123/events",
        "HTML 9.2.6",
    ):
        assert part in text
    assert 'href="https://html.spec.whatwg.org/multipage/server-sent-events.html"' in source


def test_every_verdict_is_told_by_a_shape_and_a_word() -> None:
    document = Document(page(ALL[:1]))
    shapes = {attributes["href"] for attributes in document.named("use")}

    assert {"#shape-pass", "#shape-fail", "#shape-warn", "#shape-na", "#shape-skip"} <= shapes


def test_several_targets_become_a_matrix_that_links_to_their_rows() -> None:
    other = samples.a_conformance(samples.FAILED, target={"name": "other"})
    document = Document(page([ALL[0], other]))

    assert "Requirements by target 4 of 5 requirements came out differently." in document.text
    assert "not in this run" in document.text
    assert {"c1-SSE-INJ-003", "c2-SSE-INJ-003"} <= set(document.ids())


def test_a_load_page_shows_promises_percentiles_and_losses() -> None:
    text = Document(page(ALL[1:2])).text

    for part in (
        "1 SLO kept.",
        "PASS deliver.p99<=250ms 9.00 ms",
        "1000 1 000 10 1.00 1.00 9.00 9.00 9.10 6.00 11.00",
        "Server and load generator ran on one machine",
        "Latency by percentile",
        "50 % 90 % 99 %",
        "Latency by number of subscribers",
        "Deliveries and their cost over time",
        "1000 10 9.9 9 900 10 0 0 0 0 0",
    ):
        assert part in text


def test_a_server_elsewhere_is_not_said_to_share_the_machine() -> None:
    run = {**samples.load()["run"], "target": "http://10.1.2.3:8000"}

    assert "one machine" not in Document(page([samples.a_load(run=run)])).text


def test_an_invalid_run_says_why_at_the_top() -> None:
    text = Document(page([samples.a_load(invalid=["worker 0 used 93 %"], exit_code=4)])).text

    assert text.index("The run is invalid") < text.index("worker 0 used 93 %") < text.index("SLO")


def test_a_file_that_contradicts_itself_is_called_out() -> None:
    lying = samples.a_conformance(
        samples.FAILED, exit_code=0, summary={"counts": {"PASS": 1}, "coverage": 1.0}
    )
    text = Document(page([lying])).text

    assert "This file contradicts itself" in text
    assert "exit code 0 stands beside 1 FAIL" in text
    assert "Requirements are not met: 1 FAIL." in text


def test_a_load_run_without_anything_still_makes_a_page() -> None:
    empty = samples.a_load(
        samples.phase(0, 0, metrics={}, loss={}, judged=None),
        hist={"bits": 7, "phases": {}},
        series=None,
        slo=[],
        env={},
        workers=[],
    )

    assert "Nothing was delivered." in Document(page([empty])).text


def test_a_conformance_run_without_rows_is_not_good() -> None:
    empty = samples.a_conformance(rows=[], summary={"counts": {}, "coverage": None}, exit_code=3, target={})

    assert "Too little was judged" in Document(page([empty])).text


@pytest.mark.parametrize(
    "result", [samples.conformance(), samples.load(), samples.fleet()], ids=["conformance", "load", "fleet"]
)
def test_whatever_strings_a_result_holds_the_page_keeps_its_shape(result: samples.Json) -> None:
    source = page([decode(json.dumps(strings(result, HOSTILE)).encode())], [HOSTILE])
    document = Document(source)
    harmless = Document(page([decode(json.dumps(strings(result, "plain")).encode())], ["plain"]))

    assert [e.tag for e in document.elements if e.tag not in ("i", "p", "li")] == [
        e.tag for e in harmless.elements if e.tag not in ("i", "p", "li")
    ]
    assert not [e for e in document.elements if any(name.startswith("on") for name in e.attributes)]
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]", source)


def test_a_link_that_is_no_web_address_is_text() -> None:
    document = Document(page([samples.a_conformance(row("A-B-1", "FAIL", url="javascript:alert(1)"))]))

    assert "javascript" not in "".join(attributes["href"] or "" for attributes in document.named("a"))


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.text(st.characters(exclude_categories=["Cs"]), max_size=40),
    st.text("<>&\"'/\r\n\0]-! sctyle", max_size=40),
)
def test_no_text_breaks_out_of_its_place(one: str, other: str) -> None:
    hostile = row(
        one or "x",
        "FAIL",
        section=other,
        title=other,
        evidence=[one, other],
        clause=one,
        url=other,
        reason=one,
    )
    document = Document(page([samples.a_conformance(hostile, target={one: other, "name": other})], [one]))

    assert len(document.named("script")) == 1
    assert len(document.named("style")) == 1
    assert len(set(document.ids())) == len(document.ids())


def test_rows_with_one_id_keep_apart() -> None:
    rows = [
        row("A-B-1", "PASS"),
        row("A-B-1", "FAIL", path="proxy"),
        row("<>", "PASS"),
        row("c1-row-2", "PASS"),
    ]
    ids = Document(page([samples.a_conformance(*rows)])).ids()

    assert len(set(ids)) == len(ids)


HUGE = 2**53
EXTREMES = {
    "huge latencies": samples.load(hist={"bits": 7, "phases": {"0": {"deliver": [[HUGE, HUGE], [0, HUGE]]}}}),
    "zero latency": samples.load(hist={"bits": 7, "phases": {n: {"deliver": [[0, 1]]} for n in "01"}}),
    "one subscriber, and very many": samples.load(samples.phase(0, 1), samples.phase(1, HUGE)),
    "a phase of no length": samples.load(samples.phase(0, 5, t=[0, 0], judged=[0, 0])),
    "a series of one second": samples.load(series={"step_s": 1, "t": [0], "deliveries": [1]}),
    "a series shorter than its phases": samples.load(series={"step_s": 1, "t": [0, 1], "deliveries": [1, 2]}),
    "a series of nothing": samples.load(series={"step_s": 1, "t": [0, 1], "deliveries": [0, 0]}),
    "a series of ages": samples.load(series={"step_s": 0.001, "t": [0, 1e12], "deliveries": [0, HUGE]}),
    "a giant name": samples.load(samples.phase(0, 5, name="n" * 100_000)),
    "a formula as a name": samples.load(samples.phase(0, 5, name="$\\frac{1}{0}$")),
    "many phases": samples.load(*(samples.phase(n, 10 * n + 10) for n in range(40))),
    "deep target": samples.conformance(target=json.loads('{"a":' * 300 + "1" + "}" * 300)),
    "arrivals at once": samples.conformance(row("A-B-1", "FAIL", arrivals=[[0, 0], [5e-324, HUGE]])),
    "arrivals of ages": samples.conformance(row("A-B-1", "FAIL", arrivals=[[1e12, HUGE], [0, 1]])),
}


@pytest.mark.parametrize("result", EXTREMES.values(), ids=EXTREMES)
def test_extremes_make_a_whole_page(result: samples.Json) -> None:
    source = page([decode(json.dumps(result).encode())])

    assert Document(source).text
    assert not re.search(
        r"\b(nan|inf)\b", re.sub(r"<style>.*?</style>|<script>.*?</script>", "", source, flags=re.DOTALL)
    )
    assert len(source) < 1_000_000


def test_what_clients_made_of_it_is_a_table() -> None:
    words = Document(page(ALL[:1])).text

    assert "sse-client 1.2" in words
    assert 'no event, where the standard has message "y"' in words
    assert "not installed" in words
