"""1.4.13 where no page can show it: a layer that did not come a second time is no layer that behaves."""

from __future__ import annotations

from typing import Any

from checks.wcag.sc_1_4_13_content_on_hover_or_focus import evaluate
from scanner.model import PageEvidence, Record, StateEvidence


def said(**answers: Any) -> set[tuple[str, str]]:
    shown = {"text": "Afval", "covered": ["Welkom"], "inside": False, "closes": False, "modal": False, "alert": False}
    popup = {"selector": "nav", "by": "pointer", "twice": [], "persistent": None, "popup": shown, **answers}
    records = {"hover": Record("hover", {"popups": [popup], "left": 0, "tested": 1}),
               "hovers": Record("hovers", {"triggers": [], "unreadable": 0})}
    page = PageEvidence("http://x/", looks=(StateEvidence("base", "1280x1024", (), records),))
    return {(str(o.verdict), o.rule) for o in evaluate(page)}


def test_a_layer_that_answered_all_questions_well_passes() -> None:
    assert said(hoverable=True, dismissible=True) == {("passed", "hover-content-behaves")}


def test_a_layer_that_did_not_come_again_is_not_passed() -> None:
    assert said(hoverable=None, dismissible=None) == set()
