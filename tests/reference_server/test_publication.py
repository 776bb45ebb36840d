"""What publishers send: which bodies become items, and what the others are told."""

import pytest

from reference_server.limits import Limits
from reference_server.log import Item
from reference_server.publication import read_publication
from reference_server.refusal import RefusedError


def test_all_fields_are_taken_as_they_are() -> None:
    body = '{"data": "a\\nb", "event": "é", "id": "x 1", "retry": 0, "comment": ""}'.encode()

    assert read_publication(body, "c", Limits()) == Item("c", "a\nb", "é", id="x 1", retry=0, comment="")


def test_data_alone_will_do() -> None:
    assert read_publication(b'{"data": ""}', "c", Limits()) == Item("c", "")


WRONG = {
    "no data": (b"{}", "data"),
    "data is an object": (b'{"data":{}}', "data"),
    "LF in event": (b'{"data":"","event":"a\\nb"}', "event"),
    "CR in event": (b'{"data":"","event":"a\\rb"}', "event"),
    "LF at the end of event": (b'{"data":"","event":"a\\n"}', "event"),
    "NUL in id": (b'{"data":"","id":"a\\u0000b"}', "id"),
    "LF in id": (b'{"data":"","id":"\\n"}', "id"),
    "CR in comment": (b'{"data":"","comment":"a\\r"}', "comment"),
    "id is null": (b'{"data":"","id":null}', "id"),
    "retry is negative": (b'{"data":"","retry":-1}', "retry"),
    "retry is a fraction": (b'{"data":"","retry":1.5}', "retry"),
    "retry is true": (b'{"data":"","retry":true}', "retry"),
    "retry is a text": (b'{"data":"","retry":"1\\ndata: evil"}', "retry"),
    "a field that is not known": (b'{"data":"","evnet":"a"}', "evnet"),
}


@pytest.mark.parametrize(("body", "field"), WRONG.values(), ids=WRONG)
def test_what_cannot_be_an_event_is_refused_with_its_field(body: bytes, field: str) -> None:
    with pytest.raises(RefusedError) as error:
        read_publication(body, "c", Limits())

    assert (error.value.status, error.value.fields["field"]) == (422, field)
    assert error.value.fields["expected"]


@pytest.mark.parametrize("body", [b"", b"data", b'{"data":"\\ud800"}', b'{"data":"\xff"}'])
def test_what_is_not_json_is_refused_with_400(body: bytes) -> None:
    with pytest.raises(RefusedError) as error:
        read_publication(body, "c", Limits())

    assert error.value.status == 400


def test_data_that_is_too_large_is_refused_with_413() -> None:
    with pytest.raises(RefusedError) as error:
        read_publication(b'{"data":"12345"}', "c", Limits(item=4))

    assert error.value.status == 413
