"""What devices send: which bodies become items, and what the others are told."""

import msgspec
import pytest

from reference_server.limits import Limits
from reference_server.log import Birth, Item, Key
from reference_server.measurement import read_measurements
from reference_server.refusal import RefusedError


def refused(body: bytes, *, lines: bool = False, limits: Limits | None = None) -> tuple[int, object, object]:
    """Status, index and field of the refusal."""
    with pytest.raises(RefusedError) as error:
        read_measurements(body, limits or Limits(), {}, lines=lines)
    fields = error.value.fields
    return error.value.status, fields.get("index"), fields.get("field")


def test_a_measurement_is_published_as_the_text_it_came_as() -> None:
    body = b'{ "device" : "r/1", "seq": 3 }'.replace(b"r/1", b"r:1")
    body = body.replace(b" }", b', "values": {"t": 19.20, "n": 1e3}, "late": true, "note": "a  b\\u00e9" }')

    (item,) = read_measurements(body, Limits(), {}, lines=False)

    data = '{"device":"r:1","seq":3,"values":{"t":19.20,"n":1e3},"late":true,"note":"a  b\\u00e9"}'
    assert item == Item("measurements", data, "measurement", "r:1", Key("r:1", 0, 3))


def test_the_plain_form_has_no_key() -> None:
    (item,) = read_measurements(b'{"device": "sensor-03", "value": 19.2}', Limits(), {}, lines=False)

    assert (item.data, item.key) == ('{"device":"sensor-03","value":19.2}', None)


@pytest.mark.parametrize(
    ("body", "lines"),
    [
        (b' [{"device":"a","value":1}, {"device":"b","value":2}] ', False),
        (b'{"device":"a","value":1}\r\n\n{"device":"b","value":2}\n', True),
    ],
    ids=["array", "lines"],
)
def test_several_come_in_one_body(body: bytes, lines: bool) -> None:
    items = read_measurements(body, Limits(), {}, lines=lines)

    assert [item.data for item in items] == ['{"device":"a","value":1}', '{"device":"b","value":2}']


def test_an_empty_array_is_no_mistake() -> None:
    assert read_measurements(b"[]", Limits(), {}, lines=False) == []


NOT_JSON = {
    "nothing": b"",
    "cut off": b'{"device": "a"',
    "two": b'{"device":"a","value":1} {"device":"b","value":1}',
    "NaN": b'{"device":"a","value":NaN}',
    "not UTF-8": b'{"device":"a","value":1,"note":"\xff"}',
    "half a surrogate pair": b'{"device":"a","value":1,"note":"\\ud800"}',
    "too deep": b'{"device":"a","value":1,"x":' + b"[" * 100_000,
    "a raw control character": b'{"device":"a","value":1,"note":"\n"}',
}


@pytest.mark.parametrize("body", NOT_JSON.values(), ids=NOT_JSON)
def test_what_is_not_json_is_refused_with_400(body: bytes) -> None:
    assert refused(body)[0] == 400


WRONG = {
    "no object": (b"7", None),
    "no device": (b'{"value":1}', "device"),
    "device is a number": (b'{"device":7,"value":1}', "device"),
    "device has a blank": (b'{"device":"a b","value":1}', "device"),
    "device ends in a line": (b'{"device":"a\\n","value":1}', "device"),
    "device is empty": (b'{"device":"","value":1}', "device"),
    "device is too long": (b'{"device":"' + b"x" * 129 + b'","value":1}', "device"),
    "seq is negative": (b'{"device":"a","seq":-1,"value":1}', "seq"),
    "seq is no integer": (b'{"device":"a","seq":1.5,"value":1}', "seq"),
    "seq is null": (b'{"device":"a","seq":null,"value":1}', "seq"),
    "seq is larger than JSON keeps": (b'{"device":"a","seq":9007199254740992,"value":1}', "seq"),
    "boot is a text": (b'{"device":"a","boot":"1","value":1}', "boot"),
    "ts is a text": (b'{"device":"a","ts":"now","value":1}', "ts"),
    "a value is a text": (b'{"device":"a","value":"1"}', "value"),
    "a value is true": (b'{"device":"a","values":{"t":true}}', "values"),
    "a value is out of range": (b'{"device":"a","values":{"t":1e999}}', "values"),
    "values are a list": (b'{"device":"a","values":[1]}', "values"),
    "no value at all": (b'{"device":"a","seq":1}', "values"),
}


@pytest.mark.parametrize(("body", "field"), WRONG.values(), ids=WRONG)
def test_what_is_no_measurement_is_refused_with_its_field(body: bytes, field: str | None) -> None:
    assert refused(body) == (422, 0, field)


def test_the_index_tells_which_one() -> None:
    good, bad = b'{"device":"a","value":1}', b'{"device":"a","value":"x"}'

    assert refused(b"[" + good + b"," + bad + b"]") == (422, 1, "value")
    assert refused(good + b"\n" + bad, lines=True) == (422, 1, "value")
    assert refused(good + b"\n{", lines=True)[:2] == (400, 1)


def test_a_refusal_says_what_is_expected() -> None:
    with pytest.raises(RefusedError) as error:
        read_measurements(b'{"device":"a","seq":-1,"value":1}', Limits(), {}, lines=False)

    assert msgspec.json.decode(msgspec.json.encode(error.value.fields)) == {
        "error": "Expected 'int' >= 0 - at '$.seq'",
        "index": 0,
        "field": "seq",
        "expected": "an integer from 0 to 9007199254740991",
    }


def test_too_many_or_too_large_is_refused_with_413() -> None:
    item = b'{"device":"a","value":1}'

    assert refused(b"[" + item + b"," + item + b"]", limits=Limits(batch=1))[0] == 413
    assert refused(item, limits=Limits(item=10))[:2] == (413, 0)


def test_without_a_boot_a_measurement_belongs_to_its_devices_birth() -> None:
    births = {"a": Birth("a", 7, "{}")}
    body = b'{"device":"a","seq":1,"value":1}\n{"device":"a","boot":3,"seq":1,"value":1}\n'
    body += b'{"device":"b","seq":1,"value":1}'

    items = read_measurements(body, Limits(), births, lines=True)

    assert [item.key for item in items] == [Key("a", 7, 1), Key("a", 3, 1), Key("b", 0, 1)]
