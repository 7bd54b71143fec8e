"""What disagrees between a control's word and what is seen: the pure half of checks.toggles, and of the probes beside it."""

from __future__ import annotations

from typing import Any

import pytest

from checks.probes.changes import how, representatives, suspicious
from checks.probes.forms import suspicious as form_suspicion
from checks.probes.forms import wrong_value
from checks.probes.messages import sort_of, unheard
from checks.toggles import verdict
from checks.wcag.sc_3_3_1_error_identification import is_loose, what_is_wrong
from checks.wcag.sc_3_3_3_error_suggestion import judged
from checks.wcag.sc_4_1_2_name_role_value import document_of, frame_verdict
from scanner.model import Verdict

NOTHING = {"expanded": None, "pressed": None, "selected": None, "checked": None}


def toggle(**change: Any) -> dict[str, Any]:
    """A disclosure that opens and closes and says nothing about it."""
    return {"kind": "disclosure", "role": "button", "before": NOTHING, "after": NOTHING, "again": NOTHING, "names": ["Menu", "Menu", "Menu"], "native": [[], [], []],
            "shown": ["Wonen"], "hidden": [], "shown_again": [], "hidden_again": ["Wonen"], "layers": [], "leaves": [], "requests": 0,
            "focus_moved": False, "looks": None, "looks_again": None, **change}


def says(**states: str) -> dict[str, str | None]:
    """What a control says of itself."""
    return {**NOTHING, **states}


LIST = {"role": "listbox", "name": "Wijken", "modal": False}
SHUT, OPEN = says(expanded="false"), says(expanded="true")


def turned(**change: Any) -> dict[str, Any]:
    """A slider after an arrow key."""
    still = {"boxes": [[0, 0, 20, 20], [0, 0, 20, 20]], "texts": ["", ""], "values": [["4", None], ["4", None]]}
    return toggle(kind="value", again=None, **{**still, **change})


@pytest.mark.parametrize(("found", "said"), [
    (toggle(before=SHUT, after=SHUT, again=SHUT), "stale"),
    (toggle(before=SHUT, after=OPEN, again=SHUT), ""),
    (toggle(before=OPEN, after=SHUT, again=OPEN), "inverted"),
    (toggle(before=OPEN, after=SHUT, again=OPEN, shown=[], hidden=["Wonen"], shown_again=["Wonen"], hidden_again=[]), ""),
    (toggle(before=SHUT, after=OPEN, again=SHUT, shown=[], hidden=["Wonen"], shown_again=["Wonen"], hidden_again=[]), "inverted"),
    (toggle(), "missing"),
    (toggle(names=["Toon meer", "Toon minder", "Toon meer"]), ""),
    (toggle(focus_moved=True), ""),
    (toggle(shown=["2"], hidden=["3"], shown_again=["1"], hidden_again=["2"]), ""),
    (toggle(shown=["Wonen", "-"], hidden=["+"], shown_again=["+"], hidden_again=["Wonen", "-"]), "missing"),
    (toggle(before=SHUT, after=SHUT, again=SHUT, leaves=["GET https://x/"]), ""),
    (toggle(before=SHUT, after=SHUT, again=SHUT, requests=1), ""),
    (toggle(before=SHUT, after=SHUT, again=None), ""),
    (toggle(before=SHUT, after=None), ""),
    (toggle(before=SHUT, after=SHUT, again=SHUT, hidden_again=["iets anders"]), ""),
    (toggle(kind="tab", before=says(selected="false"), after=says(selected="false"), again=None, hidden=["Vandaag"]), "tab"),
    (toggle(kind="tab", before=says(selected="false"), after=says(selected="true"), again=None, hidden=["Vandaag"]), ""),
    (toggle(kind="tab", before=says(selected="false"), after=says(selected="false"), again=None), ""),
    (toggle(kind="check", before=says(checked="false"), after=says(checked="false"), again=says(checked="false"), looks=True, looks_again=True), "checked"),
    (toggle(kind="check", before=says(checked="false"), after=says(checked="false"), again=says(checked="false"), looks=True, looks_again=None), ""),
    (toggle(kind="check", before=says(checked="false"), after=says(checked="true"), again=says(checked="false"), looks=True, looks_again=True), ""),
    (toggle(kind="check", before=says(checked="false"), after=says(checked="false"), again=says(checked="false"), looks=True, looks_again=True, native=[[False], [True], [False]]), ""),
    (toggle(kind="check", before=says(pressed="false"), after=says(pressed="false"), again=says(pressed="false"), looks=True, looks_again=False), "chosen"),
    (toggle(kind="radio", before=says(checked="false"), after=says(checked="false"), again=None, looks=True), "checked"),
    (toggle(kind="radio", before=says(checked="false"), after=says(checked="true"), again=None, looks=True), ""),
    (toggle(kind="radio", before=says(checked="false"), after=says(checked="false"), again=None, looks=False), ""),
    (toggle(before=says(expanded="false", selected="false"), after=says(expanded="false", selected="true"), again=says(expanded="false", selected="true")), "stale"),
    (toggle(before=SHUT, after=SHUT, again=SHUT, shown_again=["Wonen"], hidden_again=[], layers=[LIST]), "stale"),
    (toggle(before=SHUT, after=SHUT, again=SHUT, shown_again=["Wonen"], hidden_again=[]), ""),
    (turned(boxes=[[0, 0, 20, 20], [18, 0, 20, 20]]), "value"),
    (turned(boxes=[[0, 0, 20, 20], [18, 18, 20, 20]]), ""),
    (turned(boxes=[[0, 0, 20, 20], [18, 0, 20, 20]], values=[["4", None], ["5", None]]), ""),
    (turned(texts=["4", "5"]), "value"),
    (turned(texts=["4", "5"], values=[[None, None], [None, None]]), ""),
    (turned(), ""),
])
def test_toggle(found: dict[str, Any], said: str) -> None:
    """Only two clicks that agree with each other and not with the state count."""
    assert verdict(found) == said


def frame(**change: Any) -> dict[str, Any]:
    return {"shown": True, **change}


def inside(**change: Any) -> dict[str, Any]:
    return {"url": "https://a.nl/x", "title": "", "focusable": 0, "frames": 0, "pictures": 0, "text": "Tekst", **change}


@pytest.mark.parametrize(("held", "said"), [
    (inside(focusable=2), Verdict.FAILED), (inside(focusable=2, title="Kaart"), Verdict.FAILED), (inside(), Verdict.FAILED),
    (inside(title="Kaart"), Verdict.CANT_TELL), (inside(text="", frames=1), Verdict.INAPPLICABLE), (None, Verdict.CANT_TELL),
])
def test_frame(held: dict[str, Any] | None, said: Verdict) -> None:
    """A frame is named for what is in it."""
    assert frame_verdict(frame(), held) is said
    assert frame_verdict(frame(shown=False), inside(text="Meetpixel")) is Verdict.INAPPLICABLE


def test_document_of_a_frame_is_found_by_address_or_as_the_only_one_of_its_host() -> None:
    one, two = inside(url="https://a.nl/kaart#x"), inside(url="https://b.nl/y")
    assert document_of("https://a.nl/kaart", [one, two]) is one
    assert document_of("https://b.nl/elders", [one, two]) is two
    assert document_of("https://c.nl/", [one, two]) is None
    assert document_of("https://a.nl/anders", [one, inside(url="https://a.nl/z")]) is None


def field(**change: Any) -> dict[str, Any]:
    return {"selector": "#f", "control": "text", "label": "Onderwerp", "name": "o", "placeholder": "", "disabled": False, "secret": False, "filled": False,
            "autocomplete": "", "pattern": "", "min": "", "max": "", "described": "", "hint": "", "title": "", "required": True, "box": [10, 100, 200, 20], **change}


@pytest.mark.parametrize(("asked", "value"), [
    (field(), ""), (field(label="E-mailadres"), "a@"), (field(control="email"), "a@"), (field(label="Geboortedatum"), "99-99-9999"), (field(label="Postcode"), "x"),
    (field(control="number", min="1"), "0"), (field(control="number", max="10"), "11"), (field(control="number"), ""), (field(pattern="[A-Z]+"), "#"),
    (field(label="Datum", pattern="[0-9]{2}-[0-9]{2}-[0-9]{4}"), "x"), (field(pattern="("), ""), (field(control="email", secret=True), ""),
    (field(control="email", filled=True), ""), (field(control="select", label="Datum"), ""), (field(control="password"), ""), (field(control="date", label="Datum"), ""),
])
def test_wrong_values_are_wrong_and_nobodys(asked: dict[str, Any], value: str) -> None:
    assert wrong_value(asked) == value


def attempt(**change: Any) -> dict[str, Any]:
    return {"how": "empty", "field": "", "sent": False, "native": False, "refused": True, "focused": "", "texts": [], "marks": [], "announced": [], "dialogs": [], "confirmed": True, **change}


def mark(**change: Any) -> dict[str, Any]:
    return {"field": "#f", "coloured": False, "otherwise": False, "invalid": None, "wasInvalid": None, "valid": True, "tied": [], "box": [10, 100, 200, 20], **change}


GENERAL = {"text": "Er is een fout opgetreden.", "selector": "#m", "box": [10, 10, 300, 20]}
FORM = {"fields": [field(), field(selector="#g", label="Bericht", box=[10, 160, 200, 20])]}


@pytest.mark.parametrize(("tried", "suspicion", "rule"), [
    (attempt(), "silent", "error-silent"),
    (attempt(refused=False), "", ""),
    (attempt(sent=True), "", ""),
    (attempt(native=True, marks=[mark(coloured=True)]), "", ""),
    (attempt(marks=[mark(coloured=True)]), "mark", "error-without-text"),
    (attempt(marks=[mark(invalid="true")]), "mark", "error-without-text"),
    (attempt(marks=[mark(invalid="true", wasInvalid="true")]), "silent", "error-silent"),
    (attempt(marks=[mark(coloured=True, tied=["Vul het onderwerp in."])]), "", ""),
    (attempt(texts=[GENERAL]), "said Er is een fout opgetreden.", "errors-general-only"),
    (attempt(texts=[{**GENERAL, "text": "Vul het onderwerp in."}]), "said Vul het onderwerp in.", ""),
    (attempt(texts=[GENERAL], marks=[mark(otherwise=True)]), "", ""),
    (attempt(texts=[GENERAL], focused="#f"), "said Er is een fout opgetreden.", ""),
])
def test_refused_form(tried: dict[str, Any], suspicion: str, rule: str) -> None:
    """What a refusal without words is called, and what must be seen twice."""
    assert form_suspicion(tried) == suspicion
    assert what_is_wrong(FORM, tried) == rule


def test_one_field_needs_no_pointing_out() -> None:
    assert what_is_wrong({"fields": [field()]}, attempt(texts=[GENERAL])) == ""


def test_a_message_is_loose_when_it_names_and_neighbours_no_field() -> None:
    far = {"text": "Dit klopt niet.", "selector": "#m", "box": [10, 600, 200, 20]}
    assert is_loose(FORM, attempt(), far)
    assert not is_loose(FORM, attempt(), {**far, "box": [10, 125, 200, 20]})
    assert not is_loose(FORM, attempt(), {**far, "text": "Bericht klopt niet."})
    assert not is_loose(FORM, attempt(marks=[mark(tied=["Dit klopt niet."])]), far)


def test_what_sums_up_tied_messages_is_not_loose() -> None:
    """The heading of a list of messages, while every field that is marked has one of its own."""
    heading = {"text": "Er zijn 3 fouten", "selector": "#m", "box": [10, 600, 200, 20]}
    assert not is_loose(FORM, attempt(marks=[mark(tied=["Vul het onderwerp in."])]), heading)
    assert is_loose(FORM, attempt(marks=[mark(tied=["Vul het onderwerp in."]), mark(coloured=True)]), heading)
    assert is_loose(FORM, attempt(), heading)


@pytest.mark.parametrize(("asked", "said", "rule"), [
    (field(label="Begindatum"), "Ongeldige datum.", "error-without-suggestion"),
    (field(label="Begindatum (dd-mm-jjjj)"), "Ongeldige datum.", "error-suggestion-to-judge"),
    (field(label="Begindatum"), "Gebruik dd-mm-jjjj.", "error-suggestion-to-judge"),
    (field(pattern="[A-Z]{2}"), "Onjuist.", "error-without-suggestion"),
    (field(pattern="[A-Z]{2}", hint="Twee letters"), "Onjuist.", "error-suggestion-to-judge"),
    (field(control="email", label="E-mail"), "Ongeldig e-mail.", "error-suggestion-missing"),
    (field(label="Begindatum"), "Vul dit veld in.", "error-suggestion-to-judge"),
])
def test_suggestion(asked: dict[str, Any], said: str, rule: str) -> None:
    verdict_, found = judged(asked, [said])
    assert found == rule
    assert (verdict_ is Verdict.FAILED) == (rule == "error-without-suggestion")


@pytest.mark.parametrize(("text", "sort"), [
    ("12 resultaten", "results"), ("Geen resultaten gevonden", "results"), ("Er zijn 3 artikelen", "results"), ("De link is gekopieerd.", "done"), ("Even geduld", "busy"),
    ("Nog 140 tekens", "counter"), ("Dit veld is verplicht", "error"), ("Wonen en werken in de gemeente", ""), ("12 resultaten " * 30, ""), ("Bel 14 020", ""),
])
def test_sort_of_status_message(text: str, sort: str) -> None:
    assert sort_of(text) == sort


def test_a_message_is_heard_by_region_focus_description_or_copy() -> None:
    quiet = {"text": "12 resultaten", "sort": "results", "live": "", "there": False, "hidden": False, "focused": False, "told": False}
    assert unheard({"texts": [quiet], "spoken": []}) == [quiet]
    for heard in ({"live": "polite"}, {"focused": True}, {"told": True}, {"hidden": True}):
        assert unheard({"texts": [{**quiet, **heard}], "spoken": []}) == []
    assert unheard({"texts": [quiet], "spoken": ["Er zijn 12 resultaten."]}) == []
    assert unheard({"texts": [quiet], "spoken": ["Menu geopend"]}) == [quiet]


def changing(**change: Any) -> dict[str, Any]:
    return {"selector": "#f", "control": "text", "name": "Wijk", "htmlName": "wijk", "id": "", "autocomplete": None, "form": 0, "component": "p>input", "shown": True, "focusable": True,
            "disabled": False, "readonly": False, **change}


def test_which_fields_are_changed_and_how() -> None:
    assert how(changing(control="select")) == "ArrowDown"
    assert how(changing(control="checkbox")) == "Space"
    assert how(changing()) == "x"
    for left_alone in ({"control": "password"}, {"control": "file"}, {"name": "BSN"}, {"disabled": True}, {"readonly": True}, {"shown": False}, {"autocomplete": "current-password"}):
        assert how(changing(**left_alone)) == ""
    assert len(representatives([changing(htmlName="rij1"), changing(htmlName="rij2"), changing(htmlName="anders")])) == 2


def test_what_counts_as_a_change_of_context() -> None:
    seen = {"leaves": [], "frame_only": False, "focus_moved": False, "heading_changed": False}
    assert suspicious(seen) == ""
    assert suspicious({**seen, "leaves": ["GET https://a.nl/"]}) == "leaves"
    assert suspicious({**seen, "leaves": ["GET https://a.nl/"], "frame_only": True}) == ""
    assert suspicious({**seen, "focus_moved": True}) == "focus"
