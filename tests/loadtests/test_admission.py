"""Admission: what a run is refused for before anything is sent, and with which words."""

from pathlib import Path
from typing import Any

import pytest

from loadtests._admission import RefusalError, arrange
from loadtests._options import OPTIONS
from loadtests._recipe import Story

NOTHING: dict[str, Any] = {option.field: option.keywords.get("default", False) for option in OPTIONS}
TARGET = """\
schema = 1
target = { name = "t", base_url = "http://127.0.0.1:8082" }
subscribe = { path = "/sub" }
publish = { driver = "http", request = { path = "/pub", body = "{data}" } }
"""


@pytest.fixture
def target(tmp_path: Path) -> str:
    file = tmp_path / "target.toml"
    file.write_text(TARGET, encoding="utf-8")
    return str(file)


def test_without_a_target_it_is_the_story_at_the_host() -> None:
    settings, site = arrange(NOTHING, "http://127.0.0.1:8000")

    assert settings.scenario.name == "fanout"
    assert site.recipe == Story("http://127.0.0.1:8000")
    assert [endpoint.address for endpoint in site.streams] == [("127.0.0.1", 8000)]


def test_topics_are_channels() -> None:
    _, site = arrange({**NOTHING, "scenario": "topics"}, "http://127.0.0.1:8000")

    assert site.recipe == Story("http://127.0.0.1:8000", topics=True)


def test_a_target_needs_no_host(target: str) -> None:
    _, site = arrange({**NOTHING, "target": target}, "")

    assert (site.recipe.name, site.recipe.published) == ("http://127.0.0.1:8082", "http://127.0.0.1:8082/pub")


@pytest.mark.parametrize(
    ("options", "host", "said"),
    [
        ({}, "http://192.0.2.1", "http://192.0.2.1 is not this machine"),
        ({}, "ftp://127.0.0.1", "--host 'ftp://127.0.0.1': write http://"),
        ({"target": "nowhere.toml"}, "", "--target nowhere.toml: no such file"),
        ({"target": "http://127.0.0.1"}, "", "give a URL as --host"),
        ({"scenario": "fleet", "fleet": "ofice"}, "http://127.0.0.1", "did you mean 'office'?"),
        ({"levels": "0"}, "http://127.0.0.1", "--levels '0'"),
    ],
    ids=["another machine", "another protocol", "no file", "a URL", "no fleet", "a slip"],
)
def test_a_run_is_refused_with_a_reason(options: dict[str, Any], host: str, said: str) -> None:
    with pytest.raises(RefusalError) as refused:
        arrange({**NOTHING, **options}, host)

    assert said in str(refused.value)
    assert refused.value.code == 2


def test_topics_of_a_server_with_one_channel_are_refused(target: str) -> None:
    with pytest.raises(RefusalError, match=r"topics need a \{channel\}"):
        arrange({**NOTHING, "scenario": "topics", "target": target}, "")
