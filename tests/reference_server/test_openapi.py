"""The description and the server itself: each says what the other does."""

from typing import Any

import httpx
import pytest

NEEDS_BODY = {"post", "put"}
EXAMPLES = {
    ("post", "/measurements"): {"device": "d", "value": 1},
    ("post", "/devices"): {"device": "d", "boot": 1, "sensors": []},
    ("put", "/devices/{device}"): {"device": "x", "boot": 1, "sensors": []},
    ("post", "/events/{channel}"): {"data": "x"},
}
NAMES = {"name": "main.js", "channel": "c", "device": "x"}
NO_JSON = {"/", "/static/{name}", "/metrics", "/events", "/events/{channel}"}


@pytest.fixture
def document(url: str) -> dict[str, Any]:
    """The description that a server gives."""
    answer: dict[str, Any] = httpx.get(f"{url}/openapi.json").json()
    return answer


def test_every_path_has_the_methods_that_the_server_allows(url: str, document: dict[str, Any]) -> None:
    for path, methods in document["paths"].items():
        allowed = set(httpx.options(url + path.format(**NAMES)).headers["Allow"].lower().split(", "))
        assert allowed - {"options", "head"} == set(methods) - {"head"}, path


def test_all_that_are_known_are_described(document: dict[str, Any]) -> None:
    known = "/ /static/{name} /healthz /metrics /openapi.json /snapshot /stats /devices /devices/{device}"
    assert set(document["paths"]) == {*known.split(), "/measurements", "/events", "/events/{channel}"}


def test_each_operation_answers_as_described(url: str, document: dict[str, Any]) -> None:
    for path, methods in document["paths"].items():
        for method in methods.keys() & {"get", *NEEDS_BODY}:
            if method == "get" and path.startswith("/events"):
                continue  # without an end
            answer = httpx.request(method, url + path.format(**NAMES), json=EXAMPLES.get((method, path)))
            assert str(answer.status_code) in methods[method]["responses"], (method, path)
            if path not in NO_JSON:
                assert answer.headers["Content-Type"].startswith("application/json"), (method, path)


def test_each_operation_says_what_it_is_for_and_what_it_takes(document: dict[str, Any]) -> None:
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            assert operation["summary"], (method, path)
            assert ("requestBody" in operation) == (method in NEEDS_BODY), (method, path)
            named = {each["name"] for each in operation["parameters"] if each["in"] == "path"}
            assert named == {part[1:-1] for part in path.split("/") if part.startswith("{")}


def test_every_reference_leads_somewhere(document: dict[str, Any]) -> None:
    def references(part: object) -> set[str]:
        if isinstance(part, dict):
            own = {part["$ref"]} if isinstance(part.get("$ref"), str) else set()
            return own.union(*(references(each) for each in part.values()))
        return set().union(*(references(each) for each in part)) if isinstance(part, list) else set()

    schemas = {f"#/components/schemas/{name}" for name in document["components"]["schemas"]}
    assert references(document) == schemas
    assert document["openapi"] == "3.1.0"


def test_patterns_are_those_of_javascript(document: dict[str, Any]) -> None:
    device = document["components"]["schemas"]["Measurement"]["properties"]["device"]
    (parameter,) = document["paths"]["/devices/{device}"]["put"]["parameters"]

    assert device["pattern"] == parameter["schema"]["pattern"] == "^[A-Za-z0-9._:~-]{1,128}$"
