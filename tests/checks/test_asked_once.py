"""Questions that frameworks would flood people with: asked where there is doubt, and not where there is none."""

from __future__ import annotations

from typing import Any

from checks.wcag import sc_2_5_3_label_in_name as label_in_name
from checks.wcag import sc_3_3_2_labels_or_instructions as labels
from checks.wcag import sc_4_1_2_name_role_value as names
from scanner.model import PageEvidence, Record, StateEvidence

PLACE = {"selector": "#x", "snippet": "<x>", "box": [0, 0, 100, 20], "region": "", "component": ""}


def page(**records: Any) -> PageEvidence:
    """A page of which these probes saw this."""
    looks = (StateEvidence("base", "1280x1024", (), {name: Record(name, data) for name, data in records.items()}),)
    return PageEvidence("https://voorbeeldmeer.example/", looks=looks)


def field(**more: Any) -> dict[str, Any]:
    """A text field with nothing special."""
    plain = {"control": "text", "role": "textbox", "name": "", "shown": True, "hidden": False, "checkable": False,
             "disabled": False, "readonly": False, "required": False, "marked": "", "placeholder": "", "pattern": "",
             "authorName": False, "described": "", "empty": True, "labels": [], "groups": [], "tableHeaders": "",
             "near": {"left": "", "above": "", "right": "", "below": ""}, "attached": False, "options": 0,
             "firstOption": "", "inSearch": False, "form": 0, "heading": "", "formAction": "", "formName": ""}  # fmt: skip
    return {**PLACE, **plain, **more}


def test_text_of_another_control_is_no_label() -> None:
    """A tag that stands left of a rating does not name it; bare text there may."""
    close = {"left": "Eik", "above": "", "right": "", "below": ""}
    one = field(name="Waardering", authorName=True, near=close, empty=False)
    for others, asked in (([], 1), (["left"], 0)):
        seen = page(fields={"fields": [{**one, "nearOthers": others}]}, controls={"controls": []}, axe={})
        rules = [o.rule for o in label_in_name.evaluate(seen)]
        assert rules.count("field-label-not-in-name-doubt") == asked


def test_label_around_the_field_begins_with_the_name() -> None:
    """What follows the name in a label around the whole field is its counter or its hint."""
    around = {"selector": "#l", "seen": "Omschrijving 0 / 500", "text": "", "plain": False, "hidden": False}
    for wraps, name, asked in ((True, "Omschrijving", 0), (True, "Toelichting", 1), (False, "Omschrijving", 1)):
        one = field(name=name, authorName=True, labels=[{**around, "wraps": wraps}])
        seen = page(fields={"fields": [one]}, controls={"controls": []}, axe={})
        assert [o.rule for o in label_in_name.evaluate(seen)].count("field-label-not-in-name-doubt") == asked


def test_popup_that_is_made_on_opening() -> None:
    """Axe only wonders about aria-controls of a closed popup; a broken reference is still asked about."""
    for data, asked in (({"messageKey": "controlsWithinPopup"}, 0), ({"messageKey": "noId"}, 1), ([], 1), (None, 1)):
        node = {**PLACE, "role": "button", "name": "Mijn zaken", "checks": [{"id": "x", "data": data, "message": "m"}]}
        axe = {"violations": [], "incomplete": [{"rule": "aria-valid-attr-value", "nodes": [node]}]}
        said = [o.rule for o in names.evaluate(page(axe=axe))]
        assert said.count("axe/aria-valid-attr-value") == asked


def test_a_label_that_was_asked_about_is_not_asked_about_at_320() -> None:
    """In the narrow window another rule may say it of the same field; a failure is said there, and what is new is asked."""
    shown = field(near={"left": "Naam", "above": "", "right": "", "below": ""})
    asked, otherwise, missing = field(placeholder="Uw naam"), field(inSearch=False, control="range"), field()
    for wide, narrow, rules in (
        (asked, otherwise, ["label-is-placeholder-only"]),
        (asked, missing, ["label-is-placeholder-only", "label-missing"]),
        (missing, asked, ["label-missing"]),
        (shown, asked, ["label-is-placeholder-only"]),
        (asked, {**asked, "selector": "#y"}, ["label-is-placeholder-only"] * 2),
    ):
        looks = tuple(
            StateEvidence(name, size, (), {"fields": Record("fields", {"fields": [one]})})
            for name, size, one in (("base", "1280x1024", wide), ("320", "320x256", narrow))
        )
        said = labels.evaluate(PageEvidence("https://voorbeeldmeer.example/", looks=looks))
        assert [o.rule for o in said] == rules
