"""Words in pictures: what counts as kept, and what is exempt."""

from __future__ import annotations

from typing import Any

import pytest

from checks.wcag.picture_text import images_of_text, is_logo, kept, labels_not_in_names, lost_from_alternative
from scanner.model import PageEvidence, Record, StateEvidence


def picture(words: str, **more: Any) -> dict[str, Any]:
    return {"selector": "img", "snippet": "", "box": [0, 0, 200, 50], "source": "http://x/a.png", "kind": "img", "name": "",
            "exposed": False, "caption": "", "around": "", "described": "", "control": None, "width": 200, "height": 50,
            "words": [[w, 95] for w in words.split()], "share": 0.3, "colours": 40, "main_colours": 3, **more}


def page(*pictures: dict[str, Any], text: str = "") -> PageEvidence:
    records = {"ocr": Record("ocr", {"pictures": list(pictures), "engine": "t", "left": 0}), "facts": Record("facts", {"text": text})}
    return PageEvidence("http://x/", looks=(StateEvidence("base", "1280x1024", (), records),))


TEXT = "Het gemeentehuis is gesloten op maandag 27 april Koningsdag"


@pytest.mark.parametrize(("words", "texts", "share"), [
    (["Afspraak", "maken"], ["Maak een afspraak"], 0.5), (["Aanvragen"], ["aanvraag doen"], 1.0), (["mak"], ["maken"], 1.0),
    (["Één"], ["een"], 1.0), ([], ["x"], 1.0), (["Gesloten"], [""], 0.0)])
def test_kept(words: list[str], texts: list[str], share: float) -> None:
    assert kept(words, *texts) == share


def test_lost_text_fails_only_when_it_is_nowhere() -> None:
    def said(*pictures: dict[str, Any], text: str = "") -> list[tuple[str, str]]:
        return [(str(o.verdict), o.rule) for o in lost_from_alternative(page(*pictures, text=text))]

    assert said(picture(TEXT)) == [("failed", "picture-text-nowhere")]
    assert said(picture(TEXT), text=TEXT.lower()) == []
    assert said(picture(TEXT, name=TEXT)) == []
    assert said(picture(TEXT, name="Bericht")) == [("cantTell", "picture-text-lost")]
    assert said(picture("Nu open")) == []
    assert said(picture(TEXT, colours=9000, share=0.05)) == [("cantTell", "picture-text-lost")]
    assert said(picture(TEXT, name="Logo van de gemeente")) == []


def test_images_of_text_leave_out_logos_and_shop_signs() -> None:
    rules = [o.rule for o in images_of_text(page(picture(TEXT), picture("Bakkerij Jansen", colours=9000, share=0.02),
                                                 picture("Gemeente Meer", name="Logo gemeente")))]
    assert rules == ["image-of-text"]


def test_logo_in_the_header_that_leads_home() -> None:
    control = {"name": "Voorbeeldmeer", "link": "https://x.nl/", "seen": ""}
    assert is_logo(picture("Voorbeeldmeer", control=control, region="banner"))
    assert not is_logo(picture("Voorbeeldmeer", control=control, region="main"))


@pytest.mark.parametrize(("name", "verdict"), [("Naar de balie", "failed"), ("Afspraak maken", None), ("Afspraak", "cantTell")])
def test_label_in_picture(name: str, verdict: str | None) -> None:
    control = {"name": name, "link": "http://x/afspraak", "seen": ""}
    said = [str(o.verdict) for o in labels_not_in_names(page(picture("Afspraak maken", control=control)))]
    assert said == ([verdict] if verdict else [])
