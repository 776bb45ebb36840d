"""`GET /openapi.json`: what there is to call, read off the routes and the records of their bodies."""

import inspect
import json
import re
from typing import Any

import msgspec
from aiohttp import web

from reference_server.births import BirthRecord
from reference_server.measurement import Measurement
from reference_server.names import NAME
from reference_server.parts import Routes
from reference_server.publication import Publication
from reference_server.refusal import reply

__all__ = ["OpenApi"]

RECORDS = (Measurement, BirthRecord, Publication)
TEMPLATE = "#/components/schemas/{name}"
JSON, LINES, STREAM = "application/json", "application/x-ndjson", "text/event-stream"
MEDIA = {"/": "text/html", "/static/{name}": "*/*", "/metrics": "text/plain"}  # others: JSON
STREAMS = re.compile("/events(/.*)?")
QUERY = {
    "lastEventId": {"type": "string"},
    "device": {"type": "array", "items": {"type": "string"}},
    "limit": {"type": "integer", "minimum": 1},
    "watchdog": {"type": "string", "enum": ["0", "1"]},
}


class OpenApi:
    """The description of these routes, in OpenAPI 3.1."""

    def __init__(self, routes: Routes) -> None:
        self.routes = [*routes, web.get("/openapi.json", self.get)]
        paths: dict[str, dict[str, Any]] = {}
        for route in self.routes:
            paths.setdefault(route.path, {})[route.method.lower()] = operation(route)
        _, schemas = msgspec.json.schema_components(RECORDS, ref_template=TEMPLATE)
        self._document = {
            "openapi": "3.1.0",
            "info": {"title": "eventbahn's reference server", "version": "1"},
            "paths": paths,
            "components": {"schemas": json.loads(as_ecma(json.dumps(schemas)))},
        }

    async def get(self, request: web.Request) -> web.Response:  # noqa: ARG002 - a handler's signature
        """`GET /openapi.json`."""
        return reply(self._document)


def operation(route: web.RouteDef) -> dict[str, Any]:
    """One method of a path: its handler's docstring, parameters, body and answers."""
    found: dict[str, Any] = {
        "summary": (inspect.getdoc(route.handler) or "").partition("\n")[0],
        "parameters": parameters(route),
        "responses": {
            "201" if (route.method, route.path) == ("POST", "/events/{channel}") else "200": {
                "description": "Good.",
                "content": {STREAM if is_stream(route) else MEDIA.get(route.path, JSON): {}},
            },
            "default": {"description": "Refused: a sentence, and where it applies, what was expected."},
        },
    }
    if body := bodies(route):
        found["requestBody"] = {"required": True, "content": body}
    return found


def as_ecma(pattern: str) -> str:
    r"""Python's \A and \Z in JavaScript's words, which JSON Schema speaks; `pattern` may be JSON."""
    return re.sub(r"\\{1,2}([AZ])", lambda found: {"A": "^", "Z": "$"}[found[1]], pattern)


def is_stream(route: web.RouteDef) -> bool:
    return route.method != "POST" and STREAMS.fullmatch(route.path) is not None


def parameters(route: web.RouteDef) -> list[dict[str, Any]]:
    names = re.findall(r"\{(\w+)\}", route.path)
    found: list[dict[str, Any]] = [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string", "pattern": as_ecma(NAME)}}
        for name in names
    ]
    if is_stream(route):
        found += [{"name": name, "in": "query", "schema": schema} for name, schema in QUERY.items()]
        found.append({"name": "Last-Event-ID", "in": "header", "schema": {"type": "string"}})
    return found


def bodies(route: web.RouteDef) -> dict[str, Any]:
    """By media type, what a body has to be."""
    match route.method, route.path:
        case "POST", "/measurements":
            return {JSON: {"schema": one_or_many("Measurement")}, LINES: {}}
        case "POST", "/devices":
            return {JSON: {"schema": one_or_many("BirthRecord")}}
        case "PUT", "/devices/{device}":
            return {JSON: {"schema": one("BirthRecord")}}
        case "POST", _:
            return {JSON: {"schema": one("Publication")}}
    return {}


def one(name: str) -> dict[str, Any]:
    return {"$ref": TEMPLATE.format(name=name)}


def one_or_many(name: str) -> dict[str, Any]:
    return {"oneOf": [one(name), {"type": "array", "items": one(name)}]}
