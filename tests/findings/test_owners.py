"""Owner rules: order, every part, defaults, explanation; severity: a line for each criterion, reach, words in two languages."""

from __future__ import annotations

import pytest

from scanner.config import Channel, Config, Organisation, OwnerRule, Supplier
from scanner.findings import Severity
from scanner.frameworks import criteria
from scanner.owners import Spotted, main_owner, matches, owner_of
from scanner.severity import impacts, severity
from scanner.texts import keys, text

CONFIG = Config(
    organisation=Organisation(name="G"),
    channel=(Channel(id="main", name="Site", url="https://www.example.nl/", owner="Team Web", supplier="meerweb"),
             Channel(id="kaart", name="Kaart", url="https://kaart.example.nl/")),
    supplier=(Supplier(id="meerweb", name="Meerweb", email="a@example.nl"), Supplier(id="kaarten", name="Kaartenmakers")),
    owner=(OwnerRule(owner="kaarten", frame="kaart.example.nl"), OwnerRule(owner="raad", host="example.nl", path="^/raad/", region="main"),
           OwnerRule(owner="chat", component=r"\bchat\b")))


@pytest.mark.parametrize(("where", "owner", "key"), [
    (Spotted("main", "https://www.example.nl/", frame="https://tegels.kaart.example.nl/x"), "kaarten", "owner.because.rule"),
    (Spotted("main", "https://www.example.nl/raad/x", "main"), "raad", "owner.because.rule"),
    (Spotted("main", "https://www.example.nl/raad/x", "banner"), "meerweb", "owner.because.channel_supplier"),
    (Spotted("main", "https://notexample.nl/raad/x", "main"), "meerweb", "owner.because.channel_supplier"),
    (Spotted("main", "https://www.example.nl/", "", "div.chat>button"), "chat", "owner.because.rule"),
    (Spotted("kaart", "https://kaart.example.nl/"), "", "owner.because.nobody"),
    (Spotted("main", "http://[broken", frame="http://[broken"), "meerweb", "owner.because.channel_supplier"),
])
def test_first_rule_that_fits_decides(where: Spotted, owner: str, key: str) -> None:
    found = owner_of(CONFIG, where)
    assert (found.id, found.because.key) == (owner, key)
    for lang in ("nl", "en"):
        assert text(found.because.key, lang, **found.because.values)


def test_rule_of_an_address_in_a_frame() -> None:
    rule = OwnerRule(owner="x", frame="widget.example.nl/afspraak")
    assert matches(rule, Spotted("", "", frame="https://widget.example.nl/afspraak/1"))
    assert not matches(rule, Spotted("", "", frame="https://widget.example.nl/chat"))
    assert not matches(rule, Spotted("", ""))


def test_most_places_decide() -> None:
    places = [Spotted("main", f"https://www.example.nl/{path}", "main") for path in ("", "raad/1", "raad/2")]
    assert main_owner(owner_of(CONFIG, where) for where in places).id == "raad"


def test_every_criterion_has_an_impact_and_words() -> None:
    assert {criterion.number for criterion in criteria()} <= set(impacts())
    for impact, who in impacts().values():
        for lang in ("nl", "en"):
            assert text(f"severity.because.{impact}", lang) and text(f"severity.who.{who}", lang)


def test_reach_weighs_a_step_and_never_makes_critical() -> None:
    once, because = severity("title-thin", "2.4.2", "template", 1, 0.1)
    wide, more = severity("title-thin", "2.4.2", "template", 40, 0.9)
    assert (once, wide) == (Severity.MINOR, Severity.MODERATE)
    assert [words.key for words in more] == [*(words.key for words in because), "severity.because.reach"]
    assert severity("x", "1.4.3", "template", 400, 1.0)[0] is Severity.SERIOUS
    assert severity("x", "1.4.3", "content", 400, 1.0)[0] is Severity.SERIOUS


def test_texts_are_in_both_languages() -> None:
    for prefix in ("finding.", "severity.", "owner.", "scan.fails_on"):
        assert keys("nl", prefix) == keys("en", prefix) != ()
