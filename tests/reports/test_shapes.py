"""Outcomes are told apart without colour."""

from typing import get_args

from reports.schemas import Verdict
from reports.shapes import SHAPES, shape, symbols, tone
from tests.reports.document import Document


def test_every_verdict_has_a_form_of_its_own() -> None:
    assert set(SHAPES) == set(get_args(Verdict))
    assert len({(form.outline, form.mark) for form in SHAPES.values()}) == len(SHAPES)


def test_every_shape_refers_to_a_symbol_that_is_there() -> None:
    ids = set(Document(symbols()).ids())

    assert all(Document(shape(verdict)).named("use") == [{"href": f"#{id_}"}] for verdict, id_ in pairs(ids))


def pairs(ids: set[str]) -> list[tuple[Verdict, str]]:
    """Each verdict with the id that its name makes."""
    named = {verdict: f"shape-{verdict.lower().replace('/', '')}" for verdict in SHAPES}
    assert set(named.values()) == ids
    return list(named.items())


def test_what_was_not_judged_is_hollow() -> None:
    hollow = symbols().count('class="hollow"')

    assert hollow == sum(tone(verdict) == "none" for verdict in SHAPES) == 4
