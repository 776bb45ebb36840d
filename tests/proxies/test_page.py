"""What users read is what the tests run."""

import pytest

from tests.proxies.page import PAGE, with_recipes
from tests.proxies.recipe import ORIGIN, RECIPES, ROADS, Recipe


def test_the_page_shows_the_files_that_the_tests_use() -> None:
    text = PAGE.read_text(encoding="utf-8")

    assert with_recipes(text) == text  # else: python -m tests.proxies.page


def test_every_file_is_a_recipe() -> None:
    assert sorted(file.name for file in RECIPES.iterdir()) == sorted(recipe.file for recipe in ROADS)


@pytest.mark.parametrize("recipe", ROADS, ids=lambda recipe: recipe.name)
def test_a_recipe_names_the_two_addresses_that_the_tests_put_in(recipe: Recipe) -> None:
    assert recipe.text.count(ORIGIN) == 1
    assert recipe.text.count(recipe.listens) == 1
