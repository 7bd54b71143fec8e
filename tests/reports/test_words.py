"""Words of findings: what a site wrote comes out inert and bounded; every criterion has words in both languages."""

from __future__ import annotations

import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checks.hindrance import Hindrance, told
from checks.probes import deep_probes, page_probes
from checks.tab import Answer
from checks.visit import what_it_is
from reports.words import (
    address,
    cell,
    clean,
    one_line,
    place,
    priority,
    probe_label,
    shown,
    state_label,
    why_not_seen,
    why_untested,
)
from scanner.findings import Severity
from scanner.frameworks import criteria
from scanner.model import LedgerState
from scanner.texts import LANGUAGES, has_text, keys, text
from spiders.reasons import Why, because
from tests.reports.made_up import example, finding

ANYTHING = st.text(st.characters(exclude_categories=()), max_size=200)


@given(ANYTHING)
def test_clean_leaves_no_control_direction_or_lone_surrogate(said: str) -> None:
    made = clean(said)
    made.encode("utf-8")
    assert len(made) <= 301
    assert not [c for c in made if unicodedata.category(c) in ("Cc", "Cs") and c not in "\n\t"]
    assert not re.search(r"[\u202a-\u202e\u2066-\u2069\u200e\u200f\u200b\u2028\u2029]", made)


@given(ANYTHING)
def test_no_cell_begins_as_a_formula(said: str) -> None:
    made = cell(said)
    assert made.strip() == "-" or made.lstrip()[:1] not in set("=+-@|")


@pytest.mark.parametrize(
    "said", ['=HYPERLINK("https://evil.example")', "\t=1+1", "\n\r@SUM(A1)", " +31", "-2+3", "\u200b=1", "＝1+1"]
)
def test_formulas_are_prefixed_also_after_white_space(said: str) -> None:
    assert cell(said).startswith(("'", "�"))


def test_a_megabyte_is_cut_quickly() -> None:
    assert len(clean("x" * 1_000_000)) == 301
    assert len(one_line("\u202e" * 1_000_000)) <= 301


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("https://a.example/x?page=2", "https://a.example/x?page=2"),
        ("https://jan:geheim@a.example/x", "https://a.example/x"),
        ("https://a.example/x?token=abc123&page=2", "https://a.example/x?token=***&page=2"),
        ("https://a.example/cb#access_token=abc123", "https://a.example/cb#***"),
        ("https://a.example/x?e-mail=jan@b.example", "https://a.example/x?e-mail=***"),
    ],
)
def test_addresses_lose_their_secrets(url: str, said: str) -> None:
    assert address(url) == said


@given(ANYTHING)
def test_any_address_can_be_shown(url: str) -> None:
    assert len(address("https://a.example/" + url)) <= 2000


def test_every_criterion_has_words_in_both_languages() -> None:
    for lang in LANGUAGES:
        for about in criteria():
            for part in ("why", "cure"):
                said = text(f"criterion.{about.number}.{part}", lang)
                assert 30 < len(said) < 400, (about.number, part, lang)
                assert max(len(re.findall(r"\w+", sentence)) for sentence in re.split(r"[.!?:;](?:\s|$)", said)) <= (
                    22 if lang == "nl" else 24
                ), (about.number, part, lang, said)


def test_the_chapters_say_the_same_things_in_both_languages() -> None:
    for prefix in ("report.", "criterion."):
        assert keys("nl", prefix) == keys("en", prefix)


def test_a_rule_without_words_gets_those_of_its_criterion_and_says_so() -> None:
    item = shown(finding(rule="not-a-rule", criterion="2.4.7"), "nl")
    assert item.general and "not-a-rule" in item.title and "2.4.7" in item.title
    assert item.cure == text("criterion.2.4.7.cure", "nl")
    assert not shown(finding(), "nl").general


def test_values_of_a_site_fill_a_title_and_cannot_act_as_format() -> None:
    hostile = finding(
        examples=(example(values={"text": "{0.__class__} \u202e" + "y" * 1_000_000, "reason": "<script>"}),)
    )
    item = shown(hostile, "nl")
    assert all(len(value) < 400 and "\u202e" not in value for _, value, _ in item.places[0].details)


def test_overdue_then_severity_then_reach_come_first() -> None:
    late, bad, wide, narrow = (
        finding(1, overdue=True, severity=Severity.MINOR),
        finding(2, severity=Severity.CRITICAL),
        finding(3, share=0.9),
        finding(4, share=0.1),
    )
    assert sorted([narrow, wide, bad, late], key=priority) == [late, bad, wide, narrow]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_reason_of_the_ledger_has_words(lang: str) -> None:
    for why in Why:
        told, said = why_not_seen(because(why, 7), lang)
        assert told and ": 7" in said, why


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_hindrance_and_every_probe_has_words(lang: str) -> None:
    for hindrance in Hindrance:
        aside = "Error: f(x); y"
        for said in (told(hindrance), told(hindrance, 7), told(hindrance, aside=aside), told(hindrance, 7, aside)):
            has_words, words = why_not_seen(said, lang)
            assert has_words and "Error" not in words and (": 7" in words) == said.endswith(": 7"), said
    names = {name for state in ("base", "320", "any") for name in page_probes(state)}
    for name in {*names, *(probe.name for probe in deep_probes()), "axe", "frames", "more", "pdf"}:
        assert has_text(f"probe.{name}", lang) and probe_label(name, lang) != name, name


def test_a_browsers_network_errors_are_told_in_words() -> None:
    for error, words in {
        "Page.goto: net::ERR_NAME_NOT_RESOLVED at https://a.example/": "de naam van de server is niet bekend: NAME_NOT_RESOLVED",
        "net::ERR_CERT_DATE_INVALID": "het certificaat of de beveiligde verbinding deugt niet: CERT_DATE_INVALID",
        "net::ERR_CONNECTION_REFUSED": "de server weigerde de verbinding: CONNECTION_REFUSED",
        "net::ERR_CONNECTION_RESET": "de verbinding werd verbroken: CONNECTION_RESET",
        "net::ERR_NOT_IMPLEMENTED": "de browser toonde een foutpagina: NOT_IMPLEMENTED",
    }.items():
        assert why_not_seen(error, "nl") == (True, words)


def test_why_a_criterion_is_untested() -> None:
    assert why_untested("walk: took longer than its time box, seconds: 40", "nl") == (
        True, "de pagina met het toetsenbord, met zichtbare focus: duurde langer dan er tijd voor was, seconden: 40")
    assert why_untested("timed out: no answer in time", "nl")[0] and why_untested("needs-person", "nl")[0]
    assert why_untested("not run", "en") == (True, "this part of the scan was not due")
    assert why_untested("walk: made up", "nl") == (False, "walk: made up")


@pytest.mark.parametrize("lang", LANGUAGES)
def test_what_a_browser_made_of_an_address_has_words(lang: str) -> None:
    answers = [Answer("", trouble=trouble) for trouble in ("download", "timeout", "crashed")]
    answers += [Answer("", status=status) for status in (401, 404, 500)]
    answers += [Answer("", final_url="chrome-error://chromewebdata/")]
    for answer in answers:
        state, reason = what_it_is(answer)
        assert state is not LedgerState.VISITED and why_not_seen(reason, lang)[0], reason
    unfinished = Answer("", status=200, trouble="load did not finish", content_type="text/html")
    assert what_it_is(unfinished)[0] is LedgerState.VISITED
    assert why_not_seen(unfinished.incomplete[0], lang)[0]


def test_a_reason_says_what_can_be_done_and_keeps_secrets() -> None:
    told, said = why_not_seen("robots.txt forbids it", "nl")
    assert told and said.startswith("robots.txt staat het niet toe. ") and 'robots = "ignore"' in said
    assert why_not_seen("status 403", "nl") == (True, "de server antwoordde met status: 403")
    assert why_not_seen("redirects to: https://a.example/?token=geheim", "en")[1] == "redirects to: https://a.example/?token=***"
    assert why_not_seen("something else at https://a.example/?token=geheim", "nl") == (
        False, "something else at https://a.example/?token=***")
    assert why_not_seen("", "nl") == (True, "")


def test_what_was_measured_is_told_in_words() -> None:
    """Names of values and reasons for doubt are those of a reader, not of the program; codes of its rules stay inside."""
    seen = {"needed": 4.5, "fg": "#929295", "doubts": "pseudo, overlap, unheard-of", "why": "card", "unheard": "of"}
    told_nl = {name: value for name, value, _ in place(example(values=seen), "nl").details}
    assert told_nl == {
        "Nodig": "4,5",
        "Kleur van de letters": "#929295",
        "Reden van twijfel": "de stijl tekent er iets bij, er ligt iets overheen of onder, unheard-of",
        "unheard": "of",
    }


@pytest.mark.parametrize(("state", "said"), [
    ("base", "zoals de pagina opent"),
    ("320", "op een scherm van 320 pixels breed"),
    ("320: Sorteren", "op een scherm van 320 pixels breed, met “Sorteren” open"),
    ("320: \uf0c9", "op een scherm van 320 pixels breed, met “een pictogram” open"),
    ("dialog: Annuleren", "in het venster dat “Annuleren” opent"),
    ("Stap: 2", "Stap: 2"),
])
def test_states_in_words(state: str, said: str) -> None:
    assert state_label(state, "nl") == said


def test_numbers_in_the_language() -> None:
    one = example(values={"ratio": 7.45, "needed": 4.5, "width": 320.0})
    assert [value for _, value, _ in place(one, "nl").details] == ["7,45", "4,5", "320"]
    assert [value for _, value, _ in place(one, "en").details] == ["7.45", "4.5", "320"]
