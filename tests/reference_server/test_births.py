"""Birth records: which are taken, what the others are told, and that they outlive a restart."""

from pathlib import Path

import httpx
import pytest

from reference_server.births import read_birth, read_births
from reference_server.limits import Limits
from reference_server.log import Birth
from reference_server.refusal import RefusedError
from tests.conftest import Serve

TEMP = {"name": "temp", "unit": "Cel", "step": 0.1, "range": [-40, 85]}
ROOM = {"device": "room-1", "boot": 7, "sensors": [TEMP], "labels": {"floor": "3"}, "firmware": "1.2"}


def test_a_birth_is_kept_as_the_text_it_came_as() -> None:
    body = (
        b' [{"device": "a", "boot": 1, "sensors": [ ], "note": "a  b"}, {"device":"b","boot":0,"sensors":[]}]'
    )

    births = read_births(body, Limits())

    assert births == [
        Birth("a", 1, '{"device":"a","boot":1,"sensors":[],"note":"a  b"}'),
        Birth("b", 0, '{"device":"b","boot":0,"sensors":[]}'),
    ]


REFUSED = {
    "not JSON": (b"[", 400, None, None),
    "no boot": (b'[{"device":"a","sensors":[]}]', 422, 0, "boot"),
    "no sensors": (b'{"device":"a","boot":1}', 422, 0, "sensors"),
    "no name for a device": (b'[{"device":"a b","boot":1,"sensors":[]}]', 422, 0, "device"),
    "a negative boot": (b'[{"device":"a","boot":-1,"sensors":[]}]', 422, 0, "boot"),
    "a sensor without a name": (b'[{"device":"a","boot":1,"sensors":[{"unit":"Cel"}]}]', 422, 0, "name"),
    "a range that is empty": (
        b'[{"device":"a","boot":1,"sensors":[{"name":"t","range":[2,1]}]}]',
        422,
        0,
        "range",
    ),
    "a label that is no string": (
        b'[{"device":"a","boot":1,"sensors":[],"labels":{"f":3}}]',
        422,
        0,
        "labels",
    ),
    "the second": (
        b'[{"device":"a","boot":1,"sensors":[]},{"device":"b","boot":"x","sensors":[]}]',
        422,
        1,
        "boot",
    ),
}


@pytest.mark.parametrize(("body", "status", "index", "field"), REFUSED.values(), ids=REFUSED)
def test_what_is_no_birth_is_refused(body: bytes, status: int, index: int | None, field: str | None) -> None:
    with pytest.raises(RefusedError) as error:
        read_births(body, Limits())

    fields = error.value.fields
    assert (error.value.status, fields.get("index"), fields.get("field")) == (status, index, field)


def test_too_many_are_refused() -> None:
    body = b"[" + b",".join([b'{"device":"a","boot":1,"sensors":[]}'] * 3) + b"]"

    with pytest.raises(RefusedError) as error:
        read_births(body, Limits(batch=2))

    assert error.value.status == 413


def test_the_body_has_to_be_of_the_device_in_the_path() -> None:
    body = b'{"device":"a","boot":1,"sensors":[]}'

    assert read_birth(body, "a").device == "a"
    with pytest.raises(RefusedError) as error:
        read_birth(body, "b")
    assert (error.value.status, error.value.fields["field"]) == (422, "device")


def test_births_are_read_back_and_a_late_one_changes_nothing(serve: Serve) -> None:
    with httpx.Client(base_url=serve().url, trust_env=False) as client:
        first = client.post("/devices", json=[ROOM, {**ROOM, "device": "room-2"}])
        late = client.put("/devices/room-1", json={**ROOM, "boot": 6})
        again = client.put("/devices/room-1", json={**ROOM, "boot": 8})
        nothing = client.post("/devices", json=[])
        known = client.get("/devices")

    assert [each.status_code for each in (first, late, again, nothing)] == [200] * 4
    assert first.json() == {"accepted": 2, "stale": 0, "durability": "memory"}
    assert late.json() == {"accepted": 0, "stale": 1, "durability": "memory"}
    assert again.json() == {"accepted": 1, "stale": 0, "durability": "memory"}
    assert known.json() == [{**ROOM, "boot": 8}, {**ROOM, "device": "room-2"}]


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("POST", "/devices", 415), ("PUT", "/devices/a", 415), ("PUT", "/devices/a%20b", 400)],
)
def test_requests_that_cannot_be_births(serve: Serve, method: str, path: str, status: int) -> None:
    answer = httpx.request(method, serve().url + path, content=b"[]", trust_env=False)

    assert (answer.status_code, "error" in answer.json()) == (status, True)


def test_births_and_the_boot_they_give_outlive_a_restart(serve: Serve, tmp_path: Path) -> None:
    log = f"sqlite:{tmp_path / 'log.db'}"
    one = {"device": "room-1", "seq": 1, "value": 1}
    first = serve(log=log)
    httpx.post(f"{first.url}/devices", json=[ROOM, {**ROOM, "boot": 6}])
    httpx.post(f"{first.url}/measurements", json=one)
    first.process.terminate()
    first.process.wait()

    second = serve(log=log).url
    repeated = httpx.post(f"{second}/measurements", json=[one, {**one, "boot": 7}, {**one, "boot": 0}]).json()

    assert httpx.get(f"{second}/devices").json() == [ROOM]
    assert (repeated["accepted"], repeated["duplicates"]) == (1, 2)
