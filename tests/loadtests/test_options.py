"""Options: defaults of the scenario, what overrides them, and what is refused with the flag's name."""

from pathlib import Path
from typing import Any

import pytest

from loadtests._options import OPTIONS, OptionError, Settings

NOTHING: dict[str, Any] = {option.field: option.keywords.get("default", False) for option in OPTIONS}


def test_the_defaults_are_those_of_fanout() -> None:
    settings = Settings.of(NOTHING)

    assert settings.scenario.name == "fanout"
    assert settings.scenario.levels == (100, 250, 500, 1000, 2000)
    assert (settings.scenario.settle, settings.scenario.hold, settings.scenario.rates) == (10, 30, (10,))
    assert [objective.text for objective in settings.objectives] == ["loss.silent==0"]
    assert settings.path("r1") == Path("results/r1.json")
    assert not settings.allow_remote


def test_what_is_given_wins() -> None:
    given = {"levels": "5, 10", "settle": "0", "hold": "1.5", "pub_rate": "20", "out": "x/{run_id}.json.gz"}

    settings = Settings.of({**NOTHING, **given, "server_pid": "12", "seed": "7"})

    assert settings.scenario.levels == (5, 10)
    assert (settings.scenario.settle, settings.scenario.hold, settings.scenario.rates) == (0, 1.5, (20,))
    assert (settings.path("r1"), settings.server_pid, settings.seed) == (Path("x/r1.json.gz"), 12, 7)
    assert settings.given["--levels"] == "5, 10"


def test_options_of_scenarios_override_theirs() -> None:
    given = {
        "schedule": "burst:20",
        "payload_bytes": "900",
        "reconnect": "jitter",
        "jitter": "0.5",
        "lifetime": "3",
        "topics": "4",
        "zipf": "0",
        "fleet": "",
    }

    scenario = Settings.of({**NOTHING, **given}).scenario

    assert (scenario.schedule, scenario.payload, scenario.reconnect) == ("burst:20", 900, ("jitter",))
    assert (scenario.jitter, scenario.lifetime, scenario.topics, scenario.zipf) == (0.5, 3, 4, 0)


def test_an_objective_joins_those_of_the_scenario_or_takes_the_place_of_one() -> None:
    slo = ["deliver.p99<=1s", "loss.silent<=5", "phase[2000].loss.silent==0"]

    settings = Settings.of({**NOTHING, "slo": slo})

    assert [objective.text for objective in settings.objectives] == slo


def test_an_empty_field_of_the_web_form_is_not_given() -> None:
    assert Settings.of({**NOTHING, "levels": "", "hold": "", "seed": ""}) == Settings.of(
        {**NOTHING, "seed": ""}
    )


@pytest.mark.parametrize(
    ("option", "value", "said"),
    [
        ("scenario", "fan", "there are smoke, fanout"),
        ("levels", "many", "write whole numbers, like 100,250,500"),
        ("levels", "10,", "write whole numbers"),
        ("levels", "0", "begin at 1 or more and rise"),
        ("levels", "20,10", "begin at 1 or more and rise"),
        ("levels", "10,10", "begin at 1 or more and rise"),
        ("settle", "-1", "write 0 or more"),
        ("settle", "nan", "write 0 or more"),
        ("hold", "0.5", "write 1 or more"),
        ("hold", "inf", "write 1 or more"),
        ("hold", "30s", "write a number"),
        ("windows", "0", "write 1 or more"),
        ("pub_rate", "0", "write 0.001"),
        ("pub_rate", "20,10", "several rates rise"),
        ("pub_rate", "10,", "write numbers"),
        ("schedule", "poison", "write constant, poisson or burst:N"),
        ("schedule", "burst:0", "write constant, poisson or burst:N"),
        ("schedule", "burst:251", "write 250 or less"),
        ("payload_bytes", "-1", "write 0 to 1000000"),
        ("payload_bytes", "2000000", "write 0 to 1000000"),
        ("reconnect", "jiter", "did you mean 'jitter'?"),
        ("reconnect", "jitter,retry", "fanout goes by one of them"),
        ("lifetime", "-1", "write 0 or more"),
        ("topics", "0", "write 1 to 1000"),
        ("zipf", "11", "write 0 to 10"),
        ("slow_pct", "5", "only --scenario slow"),
        ("storm_hook", "true", "only --scenario storm"),
        ("most", "5", "only --scenario capacity"),
        ("subs_per_user", "30", "100 subscribers are not a whole number of users"),
        ("subs_per_user", "0", "write 1 or more"),
        ("seed", "1.5", "write a whole number"),
        ("server_pid", "0", "write 1 or more"),
        ("slo", ["deliver.p98<=1ms"], "did you mean"),
        ("slo", ["phase[7].deliver.p99<=1ms"], "the phases are 100, 250"),
        ("slo", ["slow.p99_ratio<=2"], "fanout does not find out slow.p99_ratio"),
        ("out", "/", "write the name of a file"),
    ],
)
def test_nonsense_is_refused_by_name(option: str, value: object, said: str) -> None:
    with pytest.raises(OptionError) as refused:
        Settings.of({**NOTHING, option: value})

    assert str(refused.value).startswith(f"--{option.replace('_', '-')}")
    assert said in str(refused.value)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"scenario": "storm", "levels": "10,20"}, "storm goes by one of them"),
        ({"scenario": "storm", "windows": "2"}, "storm has no use for it"),
        ({"scenario": "storm", "reconnect": "retry,retry"}, "each policy once"),
        ({"scenario": "capacity", "pub_rate": "10,20"}, "capacity goes by one of them"),
        ({"scenario": "fleet", "pub_rate": "10"}, "a rhythm and messages of its own"),
        ({"fleet": "office", "payload_bytes": "10"}, "a rhythm and messages of its own"),
        ({"scenario": "free", "fleet": "office"}, "free has no end"),
        ({"scenario": "free", "hold": "10"}, "as many (-u) for as long (-t) as you say"),
        ({"scenario": "capacity", "topics": "5"}, "--topics: capacity expects each probe at all subscribers"),
        ({"scenario": "capacity", "lifetime": "9"}, "--lifetime: capacity expects each probe at all"),
        (
            {"scenario": "capacity", "abort_on_slo": True},
            "--abort-on-slo: capacity goes on by what each level",
        ),
        ({"scenario": "free", "abort_on_slo": True}, "--abort-on-slo: free lasts as long as you say"),
        ({"abort_on_slo": True}, "--abort-on-slo: loss.silent==0 can be judged at the end only"),
        (
            {"scenario": "storm", "abort_on_slo": True, "slo": ["catchup.p99<=2s"]},
            "--abort-on-slo: loss.silent==0, resume.gap==0, catchup.p99<=2s can be judged at the end only",
        ),
        ({"scenario": "ingest", "fleet": "office"}, "--fleet: ingest asks by probes of its own"),
        ({"scenario": "burst", "fleet": "office"}, "--fleet: burst asks by probes of its own"),
        ({"scenario": "slow", "fleet": "office"}, "--fleet: slow asks by probes of its own"),
        ({"scenario": "capacity", "slo": ["phase[150].loss.lost==0"]}, "nobody knows its phases yet"),
    ],
)
def test_what_contradicts_the_scenario_is_refused(options: dict[str, Any], said: str) -> None:
    with pytest.raises(OptionError) as refused:
        Settings.of({**NOTHING, **options})

    assert said in str(refused.value)
