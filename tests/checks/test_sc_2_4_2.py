"""Titles over a site: the same title on pages about different things."""

from __future__ import annotations

from checks.wcag.sc_2_4_2_page_titled import evaluate_site
from scanner.model import PageEvidence, Verdict
from tests.checks.site import facts, page, site

TEXTS = {
    "Paspoort aanvragen": "U kunt een nieuw paspoort aanvragen bij de balie van het gemeentehuis, maak eerst een afspraak",
    "Afval scheiden": "Breng uw oude spullen naar de milieustraat aan de rand van het dorp en zet de container op tijd buiten",
    "Verhuizing doorgeven": "Geef binnen vijf dagen door dat u op een ander adres woont, dat kan ook met DigiD via internet",
}


def _pages(title: str) -> list[PageEvidence]:
    return [page(f"https://a.example/{i}", facts=facts(title, heading, text)) for i, (heading, text) in enumerate(TEXTS.items())]


def test_same_title_on_three_different_pages_fails_each() -> None:
    """Only the name of the site as the title."""
    said = list(evaluate_site(site(*_pages("Gemeente Voorbeeld"))))
    assert [o.verdict for o in said] == [Verdict.FAILED] * 3
    assert [o.values["url"] for o in said] == [f"https://a.example/{i}" for i in range(3)]


def test_two_pages_are_for_a_person() -> None:
    """Two pages with one title may be one subject."""
    assert [o.verdict for o in evaluate_site(site(*_pages("Gemeente Voorbeeld")[:2]))] == [Verdict.CANT_TELL] * 2


def test_page_that_the_title_fits_is_not_failed() -> None:
    """A title copied from one page fails the others alone."""
    said = list(evaluate_site(site(*_pages("Paspoort aanvragen"))))
    assert {o.values["url"] for o in said} == {"https://a.example/1", "https://a.example/2"}


def test_views_and_copies_of_one_page_do_not_count() -> None:
    """Pages of a list, and one page under several addresses."""
    text = TEXTS["Afval scheiden"]
    views = [page(f"https://a.example/nieuws?page={i}", facts=facts("Gemeente Voorbeeld", f"Nieuws pagina {i}", text + str(i))) for i in range(4)]
    copies = [page(f"https://a.example/{i}/", facts=facts("Gemeente Voorbeeld", "Nieuws", text)) for i in range(4)]
    assert not list(evaluate_site(site(*views)))
    assert not list(evaluate_site(site(*copies)))


def test_page_that_did_not_load_completely_is_left_out() -> None:
    """A script that sets the title may be what is missing."""
    from dataclasses import replace

    assert not list(evaluate_site(site(*(replace(p, incomplete=("https://a.example/app.js",)) for p in _pages("Gemeente Voorbeeld")))))
