"""Errors that are shown by colour alone: what counts as colour."""

from __future__ import annotations

from checks.wcag.sc_1_4_1_use_of_color import colour_steps, evaluate
from scanner.model import Json, PageEvidence, Record, StateEvidence, Verdict

RED = "border-top-color: rgb(90, 107, 120) > rgb(192, 0, 0)"


def test_a_red_border_of_one_pixel_more_is_colour() -> None:
    steps = colour_steps([RED, "border-top-width: 1px > 2px"])
    assert steps is not None
    assert max(steps) < 1.5


def test_a_thick_border_or_a_sign_is_more_than_colour() -> None:
    assert colour_steps([RED, "border-top-width: 1px > 4px"]) is None
    assert colour_steps([RED, 'pseudo: "!"']) is None
    assert colour_steps([RED, "background-image: none > url(x)"]) is None


def page(attempt: Json, field: Json) -> PageEvidence:
    record = Record("forms", {"forms": [{"fields": [field], "attempts": [attempt]}], "errors_by_colour": []})
    return PageEvidence("https://gemeente.example/", looks=(StateEvidence("base", "1280x1024", (), {"forms": record}),))


def attempt(**changes: object) -> Json:
    mark = {"field": "#a", "coloured": True, "otherwise": False, "tied": [], "changed": [RED]}
    return {"sent": False, "native": False, "texts": [], "announced": [], "confirmed": True, "marks": [mark], **changes}


FIELD = {"selector": "#a", "snippet": "<input id=a>", "label": "Naam"}


def test_an_error_by_colour_alone_fails() -> None:
    outcomes = list(evaluate(page(attempt(), FIELD)))
    assert [(o.verdict, o.rule) for o in outcomes] == [(Verdict.FAILED, "colour-error")]


def test_seen_once_is_for_a_person() -> None:
    assert [o.verdict for o in evaluate(page(attempt(confirmed=False), FIELD))] == [Verdict.CANT_TELL]


def test_a_text_beside_it_is_no_error_by_colour() -> None:
    assert not list(evaluate(page(attempt(texts=[{"text": "Vul uw naam in"}]), FIELD)))
    assert not list(evaluate(page(attempt(announced=["Vul uw naam in"]), FIELD)))


def test_a_colour_that_is_much_lighter_or_darker_is_for_a_person() -> None:
    mark = {
        "field": "#a",
        "coloured": True,
        "otherwise": False,
        "tied": [],
        "changed": ["color: rgb(255, 255, 255) > rgb(0, 0, 0)"],
    }
    assert [o.verdict for o in evaluate(page(attempt(marks=[mark]), FIELD))] == [Verdict.CANT_TELL]
