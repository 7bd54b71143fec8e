"""The catalogue: keys, plurals, dates, and what happens when a text is missing."""

from datetime import date

import pytest

from scanner import texts
from scanner.texts import LANGUAGES, MissingText, format_date, format_number, keys, ntext, text


def test_values_are_written_as_the_language_writes_them():
    assert text("page.made_on", "nl", day=date(2026, 3, 1)) == "Gemaakt op 1 maart 2026"
    assert text("page.made_on", "en", day=date(2026, 3, 1)) == "Made on March 1, 2026"
    assert format_number(1234.5, "nl", 1) == "1.234,5"
    assert format_date(None, "nl") == ""


def test_plurals_follow_the_chapter():
    assert ntext("count.pages", 1, "nl") == "1 pagina"
    assert ntext("count.pages", 0, "nl") == "0 pagina's"


def test_a_hostile_value_is_never_a_format():
    assert text("page.made_on", "nl", day="{day.__class__}") == "Gemaakt op {day.__class__}"


def test_missing_key_or_value_raises_in_tests():
    with pytest.raises(MissingText, match=r"no\.such\.key"):
        text("no.such.key", "nl")
    with pytest.raises(MissingText, match="day"):
        text("page.made_on", "nl")


def test_missing_key_is_visible_at_run_time(monkeypatch):
    monkeypatch.setenv("SCANNER_STRICT_TEXTS", "0")
    assert text("no.such.key", "nl") == "[no.such.key]"
    assert text("page.made_on", "nl") == "Gemaakt op {day}"


def test_fields_are_plain_names_only(tmp_path, monkeypatch):
    with pytest.raises(MissingText, match="plain name"):
        texts._Fields("nl").vformat("{day.year}", (), {"day": date(2026, 1, 1)})


@pytest.mark.parametrize("lang", LANGUAGES)
def test_no_key_stands_in_two_chapters(lang):
    assert texts.duplicates(lang) == ()


def test_a_duplicate_key_is_named_with_both_places(tmp_path):
    (tmp_path / "nl").mkdir()
    for chapter in ("a.po", "b.po"):
        (tmp_path / "nl" / chapter).write_text('msgid "same.key"\nmsgstr "tekst"\n', encoding="utf-8")
    assert texts.duplicates("nl", tmp_path) == ("same.key: a.po and b.po, line 1",)


@pytest.mark.parametrize("prefix", ["page.", "verdict.", "level.", "count.", "law.", "status.", "statement.", "log.", "council.",
                                    "evidence.", "question."])
def test_both_languages_have_the_same_keys(prefix):
    assert keys("nl", prefix) == keys("en", prefix)
