"""1.4.3 as a pure function: what was decided in the base state is not asked about in the states that were opened."""

from __future__ import annotations

from typing import Any

from checks.wcag import sc_1_4_3_contrast_minimum as check
from scanner.model import PageEvidence, Record, StateEvidence


def item(selector: str, **more: Any) -> dict[str, Any]:
    """A text with its colours, as our own computation keeps it."""
    return {"selector": selector, "kind": "text", "ratio": 7.0, "needed": 4.5, "low": False, "fg": "#555555",
            "bg": "#ffffff", "solid": False, "doubts": ["pseudo"], "text": "Kosten", **more}  # fmt: skip


def look(name: str, kind: str, text: dict[str, Any], **more: Any) -> StateEvidence:
    """A state in which axe-core says this kind of thing of the text."""
    rule = {"rule": "color-contrast", "nodes": [{"selector": text["selector"], "snippet": "<p>", "checks": []}]}
    own = {"low": [text] * text["low"], "open": [text] * (not text["low"]), "complete": True, "texts": 1}
    records = {"axe": {kind: [rule]}, "contrast": own, **more}
    return StateEvidence(name, "1280x1024", (), {key: Record(key, data) for key, data in records.items()})


def said(*looks: StateEvidence) -> list[tuple[str, str]]:
    """State and verdict of each outcome."""
    page = PageEvidence("https://voorbeeld.test/", looks=looks)
    return [(o.state, str(o.verdict)) for o in check.evaluate(page) if o.place]


def test_letters_that_measured_well_are_not_asked_about_once_more() -> None:
    """With the colours that they had; other colours are another question."""
    letters = {"items": [{**item("#a"), "core": 90, "median": 7.0, "share": 0.0}]}
    base = look("base", "incomplete", item("#a"), matte=letters)
    assert said(base) == []
    assert said(base, look("open: Menu", "incomplete", item("#a"))) == []
    assert said(base, look("open: Menu", "incomplete", item("#a", bg="#dddddd"))) == [("open: Menu", "cantTell")]


def test_what_fails_is_not_asked_about_once_more() -> None:
    """A text that fails in the base state and is doubtful behind a layer is told once."""
    pale = item("#a", ratio=2.9, low=True, solid=True, doubts=[])
    behind = item("#a", ratio=2.9, low=True, doubts=["overlap"])
    base = look("base", "violations", pale)
    assert said(base, look("open: Zoeken", "violations", behind)) == [("base", "failed")]


def test_what_axe_found_well_is_not_asked_about_once_more() -> None:
    """Letters with a shadow: axe had nothing to say of them, and then a layer without colour came over the page."""
    base = look("base", "incomplete", item("#b"))
    own = base.records["contrast"].data
    own["open"] = [item("#a"), item("#b")]
    assert said(base) == [("base", "cantTell")]
    assert said(base, look("open: Menu", "incomplete", item("#a"))) == [("base", "cantTell")]
    assert said(base, look("open: Menu", "incomplete", item("#a", fg="#777777")))[1:] == [("open: Menu", "cantTell")]
