"""The recipes as a page: `python -m tests.proxies.page` puts the files into docs/proxies.md anew."""

import re

from tests.proxies.recipe import RECIPES, ROADS

__all__ = ["PAGE", "with_recipes"]

PAGE = RECIPES.parent / "proxies.md"
BLOCK = r"(<!-- {file} -->\n```\w*\n).*?(```\n)"


def with_recipes(text: str) -> str:
    """The page, with each file where its name stands. Raises LookupError for a name that is not there."""
    for recipe in ROADS:
        marked = re.compile(BLOCK.format(file=re.escape(recipe.file)), re.DOTALL)
        if not marked.search(text):
            raise LookupError(f"{PAGE.name}: no block for {recipe.file}")
        text = marked.sub(lambda found, body=recipe.text: found[1] + body + found[2], text)
    return text


if __name__ == "__main__":
    PAGE.write_text(with_recipes(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
