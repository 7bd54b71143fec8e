"""2.4.6 as a pure function: which headings are worth a person's time."""

from __future__ import annotations

from checks.wcag import sc_2_4_6_headings_and_labels as check
from scanner.model import PageEvidence, Record, StateEvidence


def section(name: str, text: str) -> dict[str, object]:
    """A heading of the main part and what stands under it."""
    return {"selector": "#" + name[:5], "snippet": "<h2>", "box": [0, 0, 1, 1], "name": name, "text": text, "level": 2,
            "region": "main"}  # fmt: skip


def asked(*sections: dict[str, object]) -> list[tuple[str, str]]:
    """Rule and heading of every question."""
    records = {"structure": Record("structure", {"sections": list(sections)}), "axe": Record("axe", {})}
    page = PageEvidence("https://voorbeeld.test/", looks=(StateEvidence("base", "1280x1024", (), records),))
    return [(o.rule, str(o.values["heading"])) for o in check.evaluate(page) if o.criterion == "2.4.6"]


def test_a_list_of_the_pages_headings_may_be_called_contents() -> None:
    """`Inhoud` says enough above the names of the sections, and too little above other text."""
    sections = [section("Kosten", "Kosten zijn 25 euro"), section("Spoed", "Met spoed kan het in twee dagen")]
    assert asked(section("Inhoud", "Kosten Spoed"), *sections) == []
    other = section("Inhoud", "Wij halen restafval op. Kosten en spoed staan hieronder, met nog veel meer over afval.")
    assert asked(other, *sections) == [("heading-says-little", "Inhoud")]


def test_the_usual_parts_of_a_product_page_are_not_asked_about() -> None:
    """Every municipality's product pages have them; another heading without a word of its text is asked about."""
    text = "Al uw oude reisdocumenten en een goed lijkende pasfoto"
    assert asked(*(section(name, text) for name in ("Wat heeft u nodig?", "Zo werkt het", "Voorwaarden"))) == []
    assert asked(*(section(name, text) for name in ("4.1. Inleiding", "Voorbeeld:", "Parameters"))) == []
    assert asked(section("Het weer", text)) == [("heading-shares-nothing", "Het weer")]
