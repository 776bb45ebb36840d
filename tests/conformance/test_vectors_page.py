"""docs/vectors.md tells the truth: its vector is in the file, and its example prints what it says."""

import json
import re
import subprocess
import sys
from pathlib import Path

from tests.conformance.vectors import TEXT, VECTORS
from tests.conftest import DEADLINE, EVENTBAHN

PAGE = (Path(__file__).parents[2] / "docs" / "vectors.md").read_text(encoding="utf-8")


def block(language: str) -> str:
    """The one code block of that language."""
    (found,) = re.findall(rf"^```{language}\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
    return str(found)


def test_the_vector_shown_is_one_of_the_file() -> None:
    shown = json.loads(block("json"))

    assert shown in json.loads(TEXT)["vectors"]


def test_the_example_prints_what_the_page_says() -> None:
    done = subprocess.run(
        [sys.executable, "-P", "-c", block("python")],
        capture_output=True,
        text=True,
        timeout=DEADLINE,
        check=True,
    )

    assert done.stdout == block("text")


def test_the_page_knows_how_many_there_are() -> None:
    assert f" {len(VECTORS)} streams," in PAGE


def test_lint_prints_the_file_as_it_is() -> None:
    done = subprocess.run(
        [*EVENTBAHN, "lint", "--vectors"], capture_output=True, timeout=DEADLINE, check=True
    )

    assert done.stdout == TEXT
