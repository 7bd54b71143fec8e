"""Two opinions on a language: what is proven, and what is left alone."""

from __future__ import annotations

import pytest

from checks.language import differs, guess, primary, related
from checks.wcag.sc_1_1_1_non_text_content import not_an_alternative
from checks.wcag.sc_1_3_2_meaningful_sequence import is_word
from checks.wcag.sc_1_3_3_sensory_characteristics import instructions, names_its_thing
from checks.wcag.sc_1_3_5_identify_input_purpose import purpose_of, token_of
from checks.wcag.sc_2_5_3_label_in_name import label_in_name, written_out


@pytest.mark.parametrize(("text", "said", "found"), [
    ('The Dutch word "gelukkig" has no equivalent in English.', "nl", "en"),
    ("Hij ging met de kippen op stok", "fr", "nl"),
    ("Sie können den Reisepass nach fünf Tagen abholen und müssen das selbst tun", "nl", "de"),
    ("Wolkom op de webside fan de gemeente. Hjir fine jo ynformaasje oer it oanfreegjen fan in paspoart en oare produkten.", "en", "fy"),
    ("مرحبا بكم في موقع البلدية يمكنك هنا طلب جواز سفر جديد أو بطاقة هوية وكل شيء آخر", "nl", "Arab"),
])
def test_another_language_is_proven(text: str, said: str, found: str) -> None:
    """Small words and letter patterns agree, or the script says enough."""
    guessed = differs(text, said)
    assert guessed is not None and guessed.language == found


@pytest.mark.parametrize(("text", "said"), [
    ("The Rolling Stones, The Who en The Beatles op tournee", "nl"),
    ("Open de app, download de update en check de website in de browser van de laptop", "nl"),
    ("Wolkom op de webside fan de gemeente. Hjir fine jo ynformaasje oer it oanfreegjen fan in paspoart.", "nl"),
    ("Bon bini na Boneiru. Nos ta kontentu ku bo ta bishitá nos página. Aki bo por haña informashon tokante di paspòrt.", "nl"),
    ("Daar is 'n groot aantal mense wat in die stad woon en elke dag werk toe gaan met die bus of die trein", "nl"),
    ("Paul put dire comment on tape", "fr"),
    ("The Dutch phrase", "fr"),
    ("", "nl"),
])
def test_names_loan_words_relatives_and_scraps_are_left_alone(text: str, said: str) -> None:
    """No failure without proof."""
    assert differs(text, said) is None


def test_tags_and_families() -> None:
    """Only the primary language counts; relatives are the same."""
    assert (primary("nl-NL"), primary("EN_us"), primary("i-lux"), primary("#!")) == ("nl", "en", "", "")
    assert related("nl", "fy") and related("pap", "es") and not related("nl", "en")
    assert guess("12 34", "nl") is None


@pytest.mark.parametrize(("label", "name", "held"), [
    ("Verstuur", "Zenden", False), ("Verstuur", "Verstuur formulier", True), ("Discover It", "Discover Italy", False),
    ("justice", "just ice", False), ("Next…", "Next", True), ("X", "anything", True), ("1", "1a", False), ("2021", "20 21", False),
    ("Zoeken (Ctrl+K)", "Zoeken", True), ("Me\u2063nu", "Menu openen", True), ("Lees\u2063meer", "Lees meer over", True), ("Cafe\u0301", "café", True),
    ("Download PDF", "Download verslag PDF", False), ("arrow_forward", "volgende", True), ("123.555.0123", "1 2 3. 5 5 5. 0 1 2 3", False),
    ("1", "zondag 01 november 2026", True), ("1", "zondag 11 november 2026", False),
])
def test_label_in_name(label: str, name: str, held: bool) -> None:
    """Words, unbroken and in order."""
    assert label_in_name(label, name) is held


def test_what_a_name_may_write_out() -> None:
    """Days, months, times and amounts; not other words."""
    assert written_out("ma 3 jan", "maandag 3 januari") and written_out("10:00", "tien uur") and written_out("€ 5", "vijf euro")
    assert not written_out("Discover It", "Discover Italy") and not written_out("2021", "20 21")


def test_purposes_and_tokens() -> None:
    """Exact names after what forms add to them."""
    assert [purpose_of(n) for n in ("Uw e-mailadres *", "Voornaam (verplicht)", "E-mailadres van uw partner", "Huisnummer", "Land")] == [
        "email", "given-name", "", "", "country-name"]
    assert [token_of(a) for a in ("section-a billing work email", "username webauthn", "achternaam", "off", "")] == ["email", "username", "", "", ""]


def test_words_spaced_out_and_instructions() -> None:
    """A word, not an alphabet; a request by the senses, not a description."""
    assert is_word("mededeling", False) and is_word("kort", True) and not is_word("bcdfghj", False) and not is_word("wcag", False)
    assert [w for _, w in instructions("Klik op de groene knop. De groene container staat op straat. Sla rechts af bij de rotonde.")] == ["groene"]
    assert names_its_thing("Klik op de knop Verstuur, rechts onderaan.", {"verstuur"})
    assert not names_its_thing("Klik op de knop rechts.", {"verstuur"})


@pytest.mark.parametrize(
    ("alternative", "source", "kind"),
    [
        ("20230412_143322", "", "file-name"),
        ("iStock-1234567", "", "file-name"),
        ("P1040233", "", "file-name"),
        ("stad_van_boven", "https://x.example/a/stad_van_boven.jpg", "file-name"),
        ("oud-en-nieuw", "https://x.example/a/oud-en-nieuw.jpg", ""),
        ("Park 2", "https://x.example/a/Park%202.jpg", ""),
        ("Lijn 12 rijdt om", "", ""),
        ("Route N201", "", ""),
    ],
)
def test_names_of_files_are_no_alternatives(alternative: str, source: str, kind: str) -> None:
    """What cameras, photo libraries and content systems call files; never what people call things."""
    assert not_an_alternative(alternative, source) == kind


def test_sequences_and_senses_as_written_in_the_field() -> None:
    """Short words set apart are a question; colours, places and icons by which things are pointed at."""
    assert not is_word("welkom", False) and is_word("welkom", False, least=5) and not is_word("wcag", False, least=5)
    for sentence in ("De velden in het rood moet u nog invullen.", "Klik op het vergrootglas om te zoeken.",
                     "Meld u aan via de knop hiernaast."):
        assert list(instructions(sentence)), sentence
    assert not list(instructions("Kijk links en rechts voordat u oversteekt."))
