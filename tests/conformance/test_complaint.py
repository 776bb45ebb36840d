"""What is wrong with a value, in the words of its file."""

from typing import Annotated, Literal

import msgspec
import pytest

from conformance.complaint import complaint, did_you_mean


class Inner(msgspec.Struct, forbid_unknown_fields=True):
    name: str
    kind: Literal["one", "two"] | None = None
    code: Annotated[str, msgspec.Meta(pattern="^[a-z]$", description="one letter")] = "a"


class Left(msgspec.Struct, forbid_unknown_fields=True, tag_field="side", tag="left"):
    near: int = 0


class Right(msgspec.Struct, forbid_unknown_fields=True, tag_field="side", tag="right"):
    far: int = 0


class Root(msgspec.Struct, forbid_unknown_fields=True):
    inner: Inner | None = None
    many: tuple[Inner, ...] = ()
    by_name: dict[str, Inner] = {}
    side: Left | Right | None = None
    number: Annotated[int, msgspec.Meta(ge=1)] = 1


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({"iner": {}}, "unknown key 'iner'; did you mean 'inner'?"),
        ({"inner": {"nam": "x"}}, "inner: unknown key 'nam'; did you mean 'name'?"),
        ({"inner": {}}, "inner: the key 'name' is missing"),
        ({"many": [{"name": "x"}, {"name": 1}]}, "many[1].name: expected str, got int"),
        ({"many": [{"name": "x", "zzz": 1}]}, "many[0]: unknown key 'zzz'; there are name, kind, code"),
        ({"by_name": {"k": {"nmae": "x"}}}, "by_name[...]: unknown key 'nmae'; did you mean 'name'?"),
        ({"inner": {"name": "x", "kind": "tow"}}, "inner.kind: expected 'one' or 'two', got 'tow'"),
        ({"inner": {"name": "x", "code": "no"}}, "inner.code: expected one letter"),
        ({"side": {"side": "up"}}, "side.side: expected 'left' or 'right', got 'up'"),
        ({"side": {"side": "left", "far": 1}}, "side: unknown key 'far'; there are near, side"),
        ({"side": {}}, "side: the key 'side' is missing"),
        ({"number": 0}, "number: expected int >= 1"),
        ({"number": "1"}, "number: expected int, got str"),
        ([], "expected object, got array"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_complaints(value: object, expected: str) -> None:
    with pytest.raises(msgspec.ValidationError) as caught:
        msgspec.convert(value, Root)

    assert complaint(caught.value, Root) == expected


def test_a_near_name_is_proposed_and_else_all_are_listed() -> None:
    assert did_you_mean("haeder", ["header", "query"]) == "; did you mean 'header'?"
    assert did_you_mean("zzz", ["header", "query"]) == "; there are header, query"
    assert did_you_mean("zzz", ["header"]) == "; there is header"
    assert did_you_mean("zzz", []) == ""
