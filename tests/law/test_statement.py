"""The draft of the statement: every field of the form, the register's names, the EU sections, and what is missing in red."""

from dataclasses import replace
from datetime import date

import pytest
from lxml import html as parser

from reports.statement import draft, html
from scanner.dossier import (
    Annotation,
    Card,
    Dossier,
    LinkResult,
    OrganisationalMeasure,
    OutOfScope,
    PlannedResearch,
    ScopeReason,
)
from scanner.frameworks import criteria
from scanner.texts import LANGUAGES
from tests.law.dossiers import good, measure, report, statement, verdicts
from tests.law.html_rules import faults, microdata, words

DAY = date(2026, 1, 1)
FULL = good(
    ("1.4.3", "2.4.7"),
    statement=statement(annotation=Annotation.SUFFICIENT, planned_full_on=date(2027, 1, 1), all_statements_link="https://gemeente.example/alle"),
    organisational=(OrganisationalMeasure("o1", "Training redactie", done_on=date(2025, 11, 1)),),
    out_of_scope=(OutOfScope("s1", "Kaart van de wijken", ScopeReason.MAP, "https://gemeente.example/kaart"),))
SITUATIONS = {
    "full": FULL, "a": good(), "empty": Dossier("leeg.example"), "hole": good(("1.4.3",), measures=(measure("1.4.3", cause=""),)),
    "burden": good(("1.2.5",), measures=(measure("1.2.5", burden=True, burden_argument="te duur", alternative="transcript"),)),
    "planned": good(reports=(), research=(), measures=(), statement=statement(date(2025, 12, 1)), planned=PlannedResearch(date(2026, 3, 1))),
    "hostile": replace(FULL, card=replace(FULL.card, name="<script>alert(1)</script>"),
                       reports=(report(address="javascript:alert(1)"),))}


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("name", SITUATIONS)
def test_every_draft_is_an_accessible_page(name, lang):
    assert faults(html(draft(SITUATIONS[name], DAY), lang)) == []


def test_nothing_is_missing_in_a_full_dossier():
    made = draft(FULL, DAY)
    assert (made.missing, made.publishable, made.advice.letter) == ((), True, "B")
    page = html(made, "nl")
    assert "missing" not in {item for names in parser.document_fromstring(page).xpath("//main//@class") for item in names.split()}
    assert "Er ontbreekt niets" in words(page)


@pytest.mark.parametrize(("change", "field"), [
    ({"card": replace(FULL.card, organisation="")}, "law.field.organisation"), ({"card": replace(FULL.card, main_domain="")}, "law.field.main_domain"),
    ({"statement": statement(signed_function="")}, "law.field.signed_function"), ({"statement": statement(signed_on=None)}, "law.field.signed_on"),
    ({"statement": statement(contact_email="", contact_link="")}, "law.field.contact_email"),
    ({"statement": statement(burden=True)}, "law.field.burden_argument"), ({"reports": (report(researcher=""),)}, "law.field.researcher"),
    ({"measures": (measure("1.4.3", consequence=""), measure("2.4.7"))}, "law.field.consequence")])
def test_what_is_missing_is_named_and_marked(change, field):
    made = draft(replace(FULL, **change), DAY)
    assert field in [reason.values.get("field_key") for reason in made.missing]
    assert not made.publishable
    tree = parser.document_fromstring(html(made, "nl"))
    assert tree.xpath("//*[contains(@class,'missing')]")
    with pytest.raises(ValueError, match="missing"):
        html(made, "nl", public=True)


def test_dead_links_and_old_reviews_stand_in_the_way():
    made = draft(FULL, date(2026, 5, 1), links=(LinkResult("https://audit.example/r1.html", False, 404),))
    assert [reason.key for reason in made.missing] == ["statement.missing.review", "law.alarm.link"]


def test_the_steps_are_those_of_the_form_in_order():
    made = draft(FULL, DAY)
    assert [step.number for step in made.steps] == list(range(1, 10))
    assert [heading for heading, _ in made.steps[5].groups] == ["1.4.3", "2.4.7"]
    assert [item.key for _, group in made.steps[5].groups[:1] for item in group] == [
        "law.field.description", "law.field.cause", "law.field.consequence", "law.field.alternative", "law.field.measure",
        "law.field.burden", "law.field.planned_on", "law.field.owner"]


def test_the_registers_names_are_there_with_their_values():
    found = microdata(html(draft(FULL, DAY), "nl", public=True))
    assert found["nalevingsstatus"] == ["B"]
    assert found["website-url"] == ["gemeente.example"]
    assert found["bewerkdatum"] == ["2026-01-01"]
    assert found["onderbouwingcontrole"] == ["onderbouwing toereikend"]
    assert found["onderzoeksresultaat-url"] == ["https://audit.example/r1.html"]
    assert found["onderzoeksresultaat-datum"] == ["2025-03-01"]
    assert found["onderzoeksresultaat-uitvoerder"] == ["Bureau Toets"]
    assert found["onderzoeksresultaat-methode"] == ["WCAG-EM 1.0"]
    assert [item[:5] for item in found["sc-onvoldoende"]] == ["1.4.3", "2.4.7"]
    assert len(found["maatregel"]) == 2
    assert {"onderzoeksresultaat-scope", "onderzoeksresultaat-actualiteit", "template-versie"} <= set(found)


@pytest.mark.parametrize(("lang", "sections"), [
    ("nl", ["Nalevingsstatus", "Niet-toegankelijke inhoud", "Onderbouwing", "Feedback en contact", "Handhavingsprocedure"]),
    ("en", ["Compliance status", "Non-accessible content", "Evidence", "Feedback and contact", "Enforcement procedure"])])
def test_the_sections_of_the_eu_model_in_order(lang, sections):
    page = parser.document_fromstring(html(draft(FULL, DAY), lang, public=True))
    headings = [item.text_content().strip() for item in page.iter("h2")]
    assert [item for item in headings if item in sections] == sections
    assert faults(html(draft(FULL, DAY), lang, public=True)) == []


@pytest.mark.parametrize(("dossier", "eu"), [
    (good(), "fully"), (FULL, "partially"), (good(statement=statement(burden=True, burden_argument="x")), "partially"),
    (good(reports=()), "not"),
    (good(research=verdicts("r1", tuple(item.number for item in criteria())[:30])), "not")])
def test_the_eu_words_follow_their_own_rule(dossier, eu):
    assert draft(dossier, DAY).eu_status == eu


def test_a_public_statement_says_nothing_of_our_advice():
    said = words(html(draft(FULL, DAY), "nl", public=True))
    assert "advies" not in said and "invulassistent" not in said
    assert "Leverancier Zuid" not in said, "who repairs it is not for the public"
    assert said.startswith("Toegankelijkheidsverklaring van Gemeente Voorbeeld")


def test_a_channel_without_statement_is_drafted_as_if_filed_today():
    assert draft(good(statement=None), DAY).advice.letter == "A"
    assert draft(Dossier("x", card=Card("Naam")), DAY).advice.letter == "D"
