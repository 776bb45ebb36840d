"""The JSON schemas of the result files, made from the records that read them; other keys may be there."""

import json
from collections.abc import Mapping

import msgspec

from reports.load_schema import Load
from reports.schemas import Conformance, Fleet, Result

__all__ = ["KINDS", "json_schema"]

KINDS: Mapping[str, type[Result]] = {"conformance": Conformance, "load": Load, "fleet": Fleet}
DRAFT = "https://json-schema.org/draft/2020-12/schema"


def json_schema(kind: str) -> str:
    """One of `KINDS`, as a document of JSON Schema 2020-12."""
    return json.dumps({"$schema": DRAFT, **msgspec.json.schema(KINDS[kind])}, indent=2) + "\n"
