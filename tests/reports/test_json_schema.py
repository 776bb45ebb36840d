"""The schemas of result files: current in docs/, and met by what the programs really write."""

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path

import jsonschema
import pytest
from click.testing import CliRunner

from reports.cli import report
from reports.json_schema import KINDS, json_schema
from reports.load import load
from tests.conftest import EVENTBAHN, Served, servers
from tests.reports import samples

DOCS = Path(__file__).parents[2] / "docs" / "schemas"
FLEET = (
    "weather",
    "--set",
    'fleet=[{profile="station", site="coast", id="s{n}", count=2}]',
    "--until",
    "10m",
)
COMMANDS = {  # BASE and OUT are filled in; --levels and such keep it short
    "conformance": ("check", "BASE/events", "--sse-only", "HTTP-001,FRAME-001,BEAT-001", "--sse-json", "OUT"),
    "load": (
        *("load", "--headless", "--host", "BASE", "--scenario", "smoke"),
        *("--levels", "3", "--settle", "1", "--hold", "1", "--out", "OUT"),
    ),
    "fleet": ("fleet", "verify", *FLEET, "--url", "BASE", "--speed", "max", "--out", "OUT"),
}


@pytest.fixture(scope="module")
def server() -> Iterator[Served]:
    for start in servers():
        yield start("--heartbeat", "0.3")


@pytest.fixture(scope="module")
def written(server: Served, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """A result of each kind, by the commands that people use, run at once."""
    folder = tmp_path_factory.mktemp("results")
    command("fleet", "run", *FLEET, "--url", server.url, "--speed", "max", folder=folder).wait(60)
    files = {kind: folder / f"{kind}.json" for kind in COMMANDS}
    running = [
        command(*(filled(word, server.url, files[kind]) for word in words), folder=folder)
        for kind, words in COMMANDS.items()
    ]
    for process in running:
        process.wait(60)
    return files


def filled(word: str, base: str, out: Path) -> str:
    return str(out) if word == "OUT" else word.replace("BASE", base)


def command(*words: str, folder: Path) -> "subprocess.Popen[bytes]":
    return subprocess.Popen(
        [*EVENTBAHN, *words], cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )


@pytest.mark.parametrize("kind", KINDS)
def test_what_our_programs_write_meets_the_schema_and_is_read(kind: str, written: dict[str, Path]) -> None:
    content = json.loads(written[kind].read_bytes())

    jsonschema.Draft202012Validator(json.loads(json_schema(kind))).validate(content)
    assert type(load(written[kind])) is KINDS[kind]


@pytest.mark.parametrize("kind", KINDS)
def test_the_schema_in_the_documentation_is_current(kind: str) -> None:
    committed = DOCS / f"eventbahn-{kind}-1.json"

    assert committed.read_text() == json_schema(kind), f"eventbahn report --schema {kind} > {committed}"


@pytest.mark.parametrize("kind", KINDS)
def test_a_schema_is_one_and_the_command_prints_it(kind: str) -> None:
    jsonschema.Draft202012Validator.check_schema(json.loads(json_schema(kind)))

    done = CliRunner().invoke(report, ["--schema", kind])

    assert (done.exit_code, done.stdout) == (0, json_schema(kind))


BAD = {
    "another version": ("fleet", samples.fleet(schema="eventbahn-fleet/2")),
    "a negative count": ("fleet", samples.fleet(devices={"a": samples.delivery(seen=-1)})),
    "no phases": ("load", {key: value for key, value in samples.load().items() if key != "phases"}),
    "a bucket of three": ("load", samples.load(hist={"bits": 7, "phases": {"0": {"deliver": [[1, 2, 3]]}}})),
    "a verdict of its own": ("conformance", samples.conformance(samples.row("A-B-1", "MAYBE"))),
    "an arrival before time": (
        "conformance",
        samples.conformance(samples.row("A-B-1", "PASS", arrivals=[[-1, 1]])),
    ),
}


@pytest.mark.parametrize(("kind", "result"), BAD.values(), ids=BAD)
def test_what_we_would_refuse_the_schema_refuses(kind: str, result: samples.Json) -> None:
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.Draft202012Validator(json.loads(json_schema(kind))).validate(result)
