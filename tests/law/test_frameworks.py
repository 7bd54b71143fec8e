"""Norm sets and laws are data that switch by date."""

from collections import Counter
from datetime import date, timedelta

import pytest

from scanner.frameworks import benchmarks, criteria, criterion, dutch_law, edition, framework
from scanner.model import Level


def test_the_set_of_2_1_has_thirty_a_and_twenty_aa():
    assert Counter(item.level for item in criteria()) == {Level.A: 30, Level.AA: 20}
    assert criterion("2.4.7").clause == "9.2.4.7"
    assert criterion("1.4.13").slug == "content-on-hover-or-focus"


def test_the_set_of_2_2_drops_parsing_and_has_fifty_five():
    assert Counter(item.level for item in criteria("wcag-2.2")) == {Level.A: 31, Level.AA: 24}
    with pytest.raises(KeyError, match=r"4\.1\.1"):
        criterion("4.1.1", "wcag-2.2")
    assert len({item.slug for item in criteria("wcag-2.2")}) == 55


def test_parsing_counts_but_no_machine_fails_it():
    assert "4.1.1" in edition().numbers
    for policy in ("errata", "literal"):
        assert not edition(parsing_policy=policy).machine_may_fail("4.1.1")
        assert edition(parsing_policy=policy).total == 50
    assert edition().parsing_policy == "errata"
    with pytest.raises(ValueError, match="errata or literal"):
        edition(parsing_policy="strict")


@pytest.mark.parametrize(("day", "months", "act"), [
    (date(2019, 6, 1), 12, "Tijdelijk"), (date(2020, 5, 17), 12, "Tijdelijk"), (date(2020, 5, 18), 24, "Tijdelijk"),
    (date(2023, 6, 30), 36, "Tijdelijk"), (date(2023, 7, 1), 36, "Besluit"), (date(2026, 11, 24), 36, "Besluit")])
def test_periods_and_acts_switch_on_their_day(day, months, act):
    current = framework(day)
    assert current.validity_months == months
    assert current.act.title_nl.startswith(act)


def test_the_next_norm_is_prepared_but_not_in_force():
    assert framework(date(2030, 1, 1)).edition.id == "wcag-2.1"


def test_a_setting_can_switch_the_norm_with_a_transition():
    switch, end = date(2027, 1, 1), date(2027, 12, 31)
    law = dutch_law().switch_on("wcag-2.2", switch, end)
    assert framework(switch - timedelta(1), law).total == 50
    assert framework(switch, law).total == 55
    assert framework(switch, law).accepted == ("wcag-2.2", "wcag-2.1")
    assert framework(end + timedelta(1), law).accepted == ("wcag-2.2",)


def test_letters_and_table_are_complete():
    current = framework(date(2026, 11, 24))
    assert current.letters == ("A", "B", "C", "D", "E")
    assert [rule.number for rule in current.law.rules] == list(range(1, 10))
    assert {rule.status for rule in current.law.rules} == set(current.letters)
    assert current.law.rules[-1].when == ()


def test_national_figures_add_up():
    assert [item.day for item in benchmarks()] == sorted((item.day for item in benchmarks()), reverse=True)
    for item in benchmarks():
        assert sum(item.shares.values()) == pytest.approx(1, abs=0.015), item.day
