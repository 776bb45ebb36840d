"""The examples of docs/testing.md are run as they stand there, by a pytest of their own."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import DEADLINE

PAGE = Path(__file__).parent.parent / "docs" / "testing.md"
EXAMPLES = re.findall(
    r"^## (\w+)\n\n```python\n(.*?)^```$", PAGE.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL
)


def test_each_framework_has_its_example() -> None:
    assert [name for name, _ in EXAMPLES] == ["FastAPI", "aiohttp", "Django"]


@pytest.mark.parametrize(("name", "code"), EXAMPLES, ids=[name for name, _ in EXAMPLES])
def test_an_example_passes(name: str, code: str, tmp_path: Path) -> None:
    (tmp_path / "test_example.py").write_text(code, encoding="utf-8")

    done = subprocess.run(
        [sys.executable, "-P", "-m", "pytest", "-q", "-W", "error"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=DEADLINE,
        check=False,
    )

    assert "1 passed" in done.stdout, done.stdout
