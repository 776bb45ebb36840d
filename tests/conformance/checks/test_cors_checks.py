"""The rows of CORS judge literal fields as a browser does."""

import pytest

from conformance.captures.origins import Origins
from conformance.checks import test_cors
from conformance.reading import Reading
from conformance.target import Target, loads
from tests.conformance.test_reading import reading

PAGE, EVIL = "https://app.example", "https://evil.example"
ORIGIN, CREDENTIALS = f"Access-Control-Allow-Origin: {PAGE}", "Access-Control-Allow-Credentials: true"
ANY = "Access-Control-Allow-Origin: *"
MIRROR = f"Access-Control-Allow-Origin: {EVIL}"
FIELDS = "Access-Control-Allow-Headers: Authorization, cache-control,Last-Event-ID"


def target(credentials: str = "", method: str = "GET") -> Target:
    return loads(
        f"""
        schema = 1
        target = {{ name = "x", base_url = "http://127.0.0.1:1" }}
        subscribe = {{ path = "/", method = "{method}" }}
        cors = {{ origin = "{PAGE}"{credentials} }}
        """,
        {},
    )


WITH = target(", credentials = true")


def head(*fields: str, status: str = "200 OK") -> Reading:
    lines = "".join(f"{field}\r\n" for field in fields)
    return reading(f"HTTP/1.1 {status}\r\n{lines}\r\n".encode())


def origins(
    *ours: str, evil: tuple[str, ...] = (), preflight: Reading | None = None, refused: Reading | None = None
) -> Origins:
    return Origins(head(*ours), {EVIL: head(*evil)}, preflight or head(), refused)


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ([ORIGIN], "PASS"),
        ([ANY], "PASS"),
        ([], "FAIL"),
        ([ORIGIN, ORIGIN], "FAIL"),
        ([ORIGIN, ANY], "FAIL"),
        ([MIRROR], "FAIL"),
        ([f"{ORIGIN}/"], "FAIL"),
        ([f"{ORIGIN}, {EVIL}"], "FAIL"),
    ],
)
def test_one_fitting_origin(fields: list[str], expected: str) -> None:
    assert test_cors.test_the_declared_origin(origins(*fields), target()).verdict == expected


@pytest.mark.parametrize(("fields", "expected"), [([ORIGIN], "PASS"), ([], "WARN")])
def test_a_refusal_has_to_be_read_too(fields: list[str], expected: str) -> None:
    asked = origins(ORIGIN, refused=head(*fields, status="404 Not Found"))

    assert test_cors.test_the_declared_origin(asked, target()).verdict == expected


@pytest.mark.parametrize(
    ("promised", "ours", "evil", "expected"),
    [
        (WITH, [ORIGIN, CREDENTIALS], [], "PASS"),
        (WITH, [ORIGIN, CREDENTIALS], [ORIGIN, CREDENTIALS], "PASS"),
        (WITH, [ORIGIN, CREDENTIALS], [MIRROR], "PASS"),
        (WITH, [ORIGIN, CREDENTIALS], [MIRROR, CREDENTIALS], "FAIL"),
        (WITH, [ANY, CREDENTIALS], [], "FAIL"),
        (WITH, [ORIGIN], [], "FAIL"),
        (WITH, [ORIGIN, "Access-Control-Allow-Credentials: True"], [], "FAIL"),
        (target(), [ANY], [ANY], "PASS"),
        (target(), [ANY, CREDENTIALS], [ANY, CREDENTIALS], "FAIL"),
        (target(), [ORIGIN, CREDENTIALS], [MIRROR, CREDENTIALS], "FAIL"),
    ],
)
def test_credentials(promised: Target, ours: list[str], evil: list[str], expected: str) -> None:
    asked = origins(*ours, evil=tuple(evil))

    assert test_cors.test_credentials(asked, promised).verdict == expected


@pytest.mark.parametrize(
    ("ours", "plain", "expected"),
    [
        ([ORIGIN, "Vary: Accept, origin"], [], "PASS"),
        ([ORIGIN, "Vary: Accept", "Vary: Origin"], [], "PASS"),
        ([ORIGIN, "Vary: *"], [], "PASS"),
        ([ANY], [ANY], "PASS"),
        ([ORIGIN], [ORIGIN], "PASS"),
        ([ORIGIN], [], "FAIL"),
        ([ORIGIN, "Vary: Accept"], [ANY], "FAIL"),
    ],
)
def test_vary(ours: list[str], plain: list[str], expected: str) -> None:
    assert test_cors.test_vary(origins(*ours), head(*plain)).verdict == expected


PREFLIGHTS = {
    "all by name": ([ORIGIN, CREDENTIALS], [ORIGIN, CREDENTIALS, FIELDS], "204 -", "PASS"),
    "more than that": ([ANY], [ANY, FIELDS, "Access-Control-Allow-Headers: X"], "200 OK", "PASS"),
    "anything, and a token": (
        [ANY],
        [ANY, "Access-Control-Allow-Headers: *, authorization"],
        "200 OK",
        "PASS",
    ),
    "anything but a token": ([ANY], [ANY, "Access-Control-Allow-Headers: *"], "200 OK", "FAIL"),
    "a star with credentials": (
        [ORIGIN, CREDENTIALS],
        [ORIGIN, CREDENTIALS, "Access-Control-Allow-Headers: *, authorization"],
        "200 OK",
        "FAIL",
    ),
    "credentials on the stream only": ([ORIGIN, CREDENTIALS], [ORIGIN, FIELDS], "200 OK", "FAIL"),
    "no fields": ([ANY], [ANY], "200 OK", "FAIL"),
    "one is missing": ([ANY], [ANY, "Access-Control-Allow-Headers: authorization"], "200 OK", "FAIL"),
    "no origin": ([ANY], [FIELDS], "200 OK", "FAIL"),
    "asks for credentials": ([ANY], [ANY, FIELDS], "401 Unauthorized", "FAIL"),
    "redirects": ([ANY], [ANY, FIELDS], "307 There", "FAIL"),
}


@pytest.mark.parametrize(("ours", "fields", "status", "expected"), PREFLIGHTS.values(), ids=PREFLIGHTS)
def test_preflights(ours: list[str], fields: list[str], status: str, expected: str) -> None:
    asked = origins(*ours, preflight=head(*fields, status=status))

    assert test_cors.test_preflight(asked, target()).verdict == expected


@pytest.mark.parametrize(
    ("methods", "expected"),
    [
        (["Access-Control-Allow-Methods: GET, QUERY"], "PASS"),
        (["Access-Control-Allow-Methods: *"], "PASS"),
        ([], "FAIL"),
    ],
    ids=["named", "any", "none"],
)
def test_an_unusual_method_has_to_be_allowed(methods: list[str], expected: str) -> None:
    asked = origins(ANY, preflight=head(ANY, FIELDS, *methods))

    assert test_cors.test_preflight(asked, target(method="QUERY")).verdict == expected
