"""The dossier is the sum of its changes, and nothing is overwritten without trace."""

from dataclasses import replace
from datetime import date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scanner.dossier import (
    Card,
    Dossier,
    DossierChange,
    HistoryBroken,
    Measure,
    Part,
    Report,
    ReportKind,
    Statement,
    add_months,
    changes_between,
)
from tests.law.dossiers import dossiers

AT = datetime(2026, 3, 1, 9, 30)
EMPTY = Dossier("gemeente.example")


@settings(max_examples=60, deadline=None)
@given(dossiers(), dossiers())
def test_changes_carry_a_dossier_from_one_state_to_any_other(first, second):
    history = changes_between(EMPTY, first, AT, "an")
    history += changes_between(first, second, AT, "bo")
    assert Dossier.from_changes(first.channel, history) == second
    assert changes_between(second, second, AT, "cy") == ()


def test_a_change_says_who_when_and_what_stood_there():
    before = replace(EMPTY, card=Card(name="Gemeente", platform="OudCMS"))
    after = replace(before, card=replace(before.card, platform="NieuwCMS"))
    (change,) = changes_between(before, after, AT, "an", note="nieuwe leverancier")
    assert change == DossierChange("gemeente.example", AT, "an", "card/platform", "OudCMS", "NieuwCMS", None, "nieuwe leverancier")


def test_a_lost_change_is_noticed():
    one = replace(EMPTY, card=Card(name="Een"))
    two = replace(EMPTY, card=Card(name="Twee"))
    history = changes_between(EMPTY, one, AT, "an") + changes_between(one, two, AT, "an")
    with pytest.raises(HistoryBroken, match=r"card/name.*'Een'"):
        Dossier.from_changes(EMPTY.channel, history[1:])


def test_an_item_goes_as_a_whole_and_its_fields_stay_in_the_history():
    full = replace(EMPTY, measures=(Measure("m1", "1.4.3", measure="donkerder blauw", planned_on=date(2026, 6, 1)),))
    (gone,) = changes_between(full, EMPTY, AT, "an")
    assert (gone.path, gone.after) == ("measures/m1", None)
    assert gone.before["measure"] == "donkerder blauw"


def test_as_of_follows_the_day_a_fact_holds_and_as_known_on_the_day_it_was_written():
    report = replace(EMPTY, reports=(Report("r1", date(2024, 2, 1), ReportKind.FULL),))
    history = changes_between(EMPTY, report, AT, "an", since=date(2024, 2, 15))
    dossier = Dossier.from_changes(EMPTY.channel, history)
    assert dossier.as_of(date(2024, 2, 14)).reports == ()
    assert dossier.as_of(date(2024, 2, 15)).reports == report.reports
    assert dossier.as_known_on(date(2026, 2, 28)).reports == ()
    assert dossier.as_known_on(date(2026, 3, 1)).reports == report.reports


def test_a_correction_written_later_holds_from_its_own_day_on():
    new = replace(EMPTY, card=Card(platform="NieuwCMS"))
    old = replace(EMPTY, card=Card(platform="OudCMS"))
    history = changes_between(EMPTY, new, AT, "an") + changes_between(new, old, datetime(2026, 4, 1), "bo", since=date(2025, 1, 1))
    dossier = Dossier.from_changes(EMPTY.channel, history)
    assert [dossier.as_of(day).card.platform for day in (date(2024, 12, 31), date(2025, 1, 1), date(2026, 5, 1))] == ["", "OudCMS", "OudCMS"]
    assert dossier.as_known_on(date(2026, 3, 15)).card.platform == "NieuwCMS"


def test_a_key_with_a_slash_survives():
    slash = replace(EMPTY, measures=(Measure("1.4.3/kop~1", "1.4.3", measure="x"),))
    assert Dossier.from_changes(EMPTY.channel, changes_between(EMPTY, slash, AT, "an")) == slash


def test_two_items_of_one_key_are_refused():
    with pytest.raises(ValueError, match="m1 stands there twice"):
        replace(EMPTY, measures=(Measure("m1", "1.1.1"), Measure("m1", "1.4.3")))


def test_every_field_has_the_type_it_was_given():
    full = replace(EMPTY, card=Card(parts=(Part.LOGIN,)), statement=Statement(date(2026, 1, 1), signed_on=date(2026, 1, 2)))
    again = Dossier.from_changes(EMPTY.channel, changes_between(EMPTY, full, AT, "an"))
    assert again.card.parts[0] is Part.LOGIN
    assert again.statement is not None and again.statement.signed_on == date(2026, 1, 2)


@given(st.dates(date(2000, 1, 1), date(2060, 1, 1)), st.integers(1, 60))
def test_months_never_skip_a_month(day, months):
    later = add_months(day, months)
    assert (later.year * 12 + later.month) - (day.year * 12 + day.month) == months
    assert later.day <= day.day


def test_the_last_day_of_february():
    assert add_months(date(2024, 2, 29), 12) == date(2025, 2, 28)
    assert add_months(date(2026, 8, 31), 6) == date(2027, 2, 28)
