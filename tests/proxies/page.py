"""The recipes as a page: `python -m tests.proxies.page` puts the files into docs/proxies.md anew."""

import re

from tests.proxies.recipe import RECIPES, ROADS

__all__ = ["PAGE", "with_recipes"]

PAGE = RECIPES.parent / "proxies.md"
BLOCK = r"(<!-- {file} -->\n```\w*\n).*?(```\n)"


def with_recipes(text: str) -> str:
    """The page, with each file where its name stands. Raises LookupError for a name that is not there."""
    for recipe in ROADS:
        found = re.search(BLOCK.format(file=re.escape(recipe.file)), text, re.DOTALL)
        if found is None:
            raise LookupError(f"{PAGE.name}: no block for {recipe.file}")
        text = text[: found.end(1)] + recipe.text + text[found.start(2) :]
    return text


if __name__ == "__main__":
    PAGE.write_text(with_recipes(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
