"""Publishers that are programs or functions: what they are asked, and how they fail."""

import json
import sys
import textwrap
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from conformance.publishers import exec as exec_publisher
from conformance.publishers import python as python_publisher
from conformance.publishers.drivers import publisher_of
from conformance.publishers.publisher import Publisher, Receipt
from conformance.target import loads
from conformance.target.request import Message
from conformance.verdict import Unjudged

WHOLE = Message("c", "a\nb", event="e", id="1", retry=5, comment="x")
Start = Callable[[str], Publisher]


def publisher(publish: str) -> Publisher:
    text = 'schema = 1\nsubscribe = { path = "/" }\n[target]\nname = "x"\nbase_url = "http://127.0.0.1:1"\n'
    made = publisher_of(loads(f"{text}[publish]\n{publish}", {}), {})
    assert made is not None
    return made


@pytest.fixture
def program(tmp_path: Path) -> Iterator[Start]:
    """Starts a publisher that is a Python program of this text."""
    started: list[Publisher] = []

    def start(code: str) -> Publisher:
        file = tmp_path / "publisher.py"
        file.write_text(textwrap.dedent(code))
        started.append(publisher(f"driver = 'exec'\ncommand = {json.dumps([sys.executable, str(file)])}"))
        return started[-1]

    yield start
    for one in started:
        one.close()


@pytest.fixture
def function(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Start:
    """Makes a publisher that is the function `publish` of a module of this text in the current folder."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", [*sys.path])

    def make(code: str) -> Publisher:
        name = f"publisher_{tmp_path.name}"
        monkeypatch.delitem(sys.modules, name, raising=False)
        (tmp_path / f"{name}.py").write_text(textwrap.dedent(code))
        return publisher(f"driver = 'python'\npython = '{name}:publish'")

    return make


ECHO = """
    import sys
    for line in sys.stdin:
        print('{"error": ' + __import__("json").dumps(line.strip()) + '}', flush=True)
"""


@pytest.mark.parametrize(
    ("message", "line"),
    {
        "all fields": (
            WHOLE,
            '{"channel": "c", "data": "a\\nb", "event": "e", "id": "1", "retry": 5, "comment": "x"}',
        ),
        "only what is set": (Message("c", ""), '{"channel": "c", "data": ""}'),
        "what UTF-8 cannot say": (Message("c", "\ud800"), '{"channel": "c", "data": "\\ud800"}'),
    }.values(),
    ids=str,
)
def test_a_program_gets_a_line_of_json(
    message: Message, line: str, program: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exec_publisher, "SHOWN", 1000)

    receipt = program(ECHO).publish(message)

    assert receipt == Receipt(accepted=False, text=line.replace("\\", "\\\\"), request=None)


def test_any_other_object_is_a_yes(program: Start) -> None:
    kept = program("import sys\nfor line in sys.stdin: print('{\"id\": 7}', flush=True)")

    assert kept.publish(WHOLE) == Receipt(accepted=True, text='{"id": 7}', request=None)
    assert kept.publish(WHOLE).accepted


def test_a_big_message_goes_through_a_pipe(program: Start) -> None:
    kept = program("import sys\nfor line in sys.stdin: print('{\"n\": %d}' % len(line), flush=True)")

    assert kept.publish(Message("c", "x" * 2**20)).text == '{"n": 1048605}'


@pytest.mark.parametrize(
    ("code", "why"),
    {
        "it dies": (
            "print('no database', file=__import__('sys').stderr); input(); raise SystemExit(4)",
            "exit code 4",
        ),
        "it was dead already": ("print('no database', file=__import__('sys').stderr)", "exit code 0"),
        "no JSON": (
            "print('no database', file=__import__('sys').stderr); input(); print('ok'); input()",
            "got 'ok'",
        ),
        "no object": (
            "print('no database', file=__import__('sys').stderr); input(); print('1'); input()",
            "got '1'",
        ),
        "no answer": (
            "print('no database', file=__import__('sys').stderr, flush=True); input(); input()",
            "no answer in 1 s",
        ),
        "an endless answer": (
            "print('no database', file=__import__('sys').stderr); input(); print('x' * 10**6)",
            "65536 bytes",
        ),
    }.values(),
    ids=str,
)
def test_a_program_that_fails_is_asked_no_more(
    code: str, why: str, program: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exec_publisher, "PUBLISH_SECONDS", 1.0 if "no answer" in why else 10.0)
    gone = program(code)

    first, second = gone.publish(WHOLE), gone.publish(WHOLE)

    assert not first.accepted
    assert first.text.startswith("publish.command: ")
    assert why in first.text
    assert first.text.endswith("the last that it said: no database")
    assert second == first


def test_threads_get_each_their_own_answer(program: Start) -> None:
    echo, answers = program(ECHO), {}

    def ask(number: int) -> None:
        answers[number] = echo.publish(Message("c", str(number))).text

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert answers == {number: f'{{"channel": "c", "data": "{number}"}}' for number in range(8)}


def test_a_command_that_there_is_not() -> None:
    with pytest.raises(Unjudged, match=r"publish\.command: cannot run `no-such-publisher`: No such file"):
        publisher("driver = 'exec'\ncommand = ['no-such-publisher']")


def test_a_function_gets_the_fields_by_name(function: Start) -> None:
    called = function("def publish(**fields): raise ValueError(sorted(fields.items()))")

    receipt = called.publish(Message("c", "d", event="e"))

    assert receipt == Receipt(
        accepted=False, text="ValueError: [('channel', 'c'), ('data', 'd'), ('event', 'e')]", request=None
    )


def test_a_function_that_returns_has_published(function: Start) -> None:
    assert function("def publish(channel, data): pass").publish(Message("c", "d")).accepted


def test_a_function_that_does_not_return_is_asked_no_more(
    function: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(python_publisher, "PUBLISH_SECONDS", 0.1)
    stuck = function("import threading\ndef publish(channel, data): threading.Event().wait(60)")

    first, second = stuck.publish(Message("c", "d")), stuck.publish(Message("c", "d"))

    assert (first.accepted, first.text) == (False, "publish.python: it did not return in 0.1 s")
    assert second == first


@pytest.mark.parametrize(
    ("code", "why"),
    {
        "no such name": ("", "has no attribute 'publish'"),
        "no function": ("publish = 1", "is int: expected a function"),
        "a coroutine": ("async def publish(**fields): pass", "is a coroutine function"),
        "a module that fails": ("1 / 0", "ZeroDivisionError: division by zero"),
    }.values(),
    ids=str,
)
def test_what_cannot_be_called_is_told(code: str, why: str, function: Start) -> None:
    with pytest.raises(Unjudged, match=f"publish\\.python: .*{why}"):
        function(code)
