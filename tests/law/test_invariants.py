"""The eight invariants of the decision table (section 8.7), over random dossiers, days and scans."""

from dataclasses import replace
from datetime import datetime, timedelta

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from scanner.dossier import (
    ChannelScan,
    CriterionScan,
    Dossier,
    FindingFact,
    Part,
    ReportKind,
    add_months,
    changes_between,
    confirmed_as_verdicts,
)
from scanner.frameworks import edition, framework
from scanner.model import Verdict
from scanner.status import Basis, conflicts, forecast, law_flag, status, steps_to
from tests.law.dossiers import NUMBERS, days, dossiers, good, measure, report, some_numbers, verdicts

many = settings(max_examples=100, deadline=None)


@st.composite
def scans(draw):
    """Any night's scan."""
    rows = tuple(
        CriterionScan(number, draw(st.sampled_from(Verdict)), tuple(
            FindingFact(f"F{index}", number, "rule", "titel", "https://gemeente.example/", confirmed=draw(st.booleans()))
            for index in range(draw(st.integers(0, 2)))), clean_since=draw(st.none() | days))
        for number in draw(some_numbers))
    return ChannelScan("gemeente.example", draw(days), rows, 10, 10, draw(st.booleans()), draw(st.none() | st.floats(0, 1)))


@many
@given(dossiers(), scans(), days)
def test_1_scan_evidence_yields_at_most_d_or_c_with_a_plan(dossier, scan, day):
    """Everything a scan can add, its confirmed findings, never brings A or B, and never improves the letter."""
    without = replace(dossier, reports=(), research=(), human=tuple(confirmed_as_verdicts(scan, "an")))
    assert status(without, day).letter in "CDE"
    before = status(dossier, day)
    conflicts(dossier, scan, day)
    added = replace(dossier, human=(*dossier.human, *(
        item for item in confirmed_as_verdicts(scan, "an") if item.id not in {own.id for own in dossier.human})))
    assert added.human == dossier.human or status(added, day).letter >= before.letter


@many
@given(some_numbers.filter(bool), st.lists(st.sampled_from(NUMBERS), max_size=3), days)
def test_2_one_unknown_criterion_blocks_a_and_b(unknown, failed, day):
    assume(set(unknown) != {"4.1.1"})
    dossier = good(tuple(set(failed) - set(unknown)), research=verdicts("r1", set(failed) - set(unknown), unknown))
    assert status(dossier, day).letter not in "AB"


@many
@given(dossiers(), days)
def test_2_a_and_b_have_no_unknown_criterion(dossier, day):
    advice = status(dossier, day)
    if advice.letter in "AB":
        assert not advice.facts.unknown
        assert advice.met + len(advice.facts.deviations) == advice.total


@many
@given(some_numbers, days)
def test_3_thirty_six_months_after_the_oldest_report_it_is_d(failed, day):
    dossier = good(tuple(failed), reports=(report(day=day),))
    end = add_months(day, framework(day).validity_months)
    assume(framework(end).validity_months == framework(day).validity_months and end > dossier.statement.published_on)
    assert status(dossier, end).letter == "D"
    eve = max(end - timedelta(1), dossier.statement.published_on)
    assert status(dossier, eve).letter == ("B" if failed else "A")


@many
@given(dossiers(), days)
def test_4_burden_never_goes_with_a(dossier, day):
    assume(dossier.statement is not None)
    burdened = replace(dossier, statement=replace(dossier.statement, burden=True))
    assert status(burdened, day).letter != "A"


@many
@given(st.lists(st.sampled_from(NUMBERS), max_size=50, unique=True))
def test_5_not_applicable_counts_as_met(inapplicable):
    advice = status(good(research=verdicts("r1", inapplicable=inapplicable)), good().statement.published_on)
    assert (advice.letter, advice.met) == ("A", advice.total)


@many
@given(st.lists(days, min_size=2, max_size=2), days)
def test_6_replacing_the_oldest_partial_report_moves_the_expiry(pair, newer):
    first, second = sorted(pair)
    assume(newer > second)
    parts = (report("tech", first, ReportKind.TECHNIQUE, parts=(Part.TECHNIQUE,)),
             report("cont", second, ReportKind.CONTENT, parts=(Part.CONTENT, Part.DOCUMENTS)))
    rows = verdicts("tech") + verdicts("cont", numbers=NUMBERS[:33])
    before = status(good(reports=parts, research=rows), newer)
    new = report("tech2", newer, ReportKind.TECHNIQUE, parts=(Part.TECHNIQUE,))
    after = status(good(reports=(*parts, new), research=rows + verdicts("tech2")), newer)
    months = framework(newer).validity_months
    assert before.facts.expires_on == add_months(first, months)
    assert after.facts.expires_on == add_months(second, months)


@many
@given(dossiers(), days, st.sampled_from(["errata", "literal"]))
def test_7_parsing_is_in_the_denominator_under_every_policy(dossier, day, policy):
    advice = status(dossier, day, parsing_policy=policy)
    assert advice.total == 50 and "4.1.1" in advice.facts.current
    if advice.facts.current["4.1.1"].basis is Basis.POLICY:
        assert policy == "errata"


def test_7_a_person_may_fail_parsing_and_only_then_it_counts():
    dossier = good(("4.1.1",), research=verdicts("r1", ("4.1.1",)))
    assert status(dossier, dossier.statement.published_on).facts.deviations == ("4.1.1",)
    assert not edition().machine_may_fail("4.1.1")


@many
@given(dossiers(), days)
def test_8_same_facts_and_day_give_the_same_status_and_reasons(dossier, day):
    assert status(dossier, day) == status(replace(dossier, reports=dossier.reports[::-1], research=dossier.research[::-1]), day)


# The reasons add up ------------------------------------------------------------------------------------------------


@many
@given(dossiers(), days)
def test_the_reasons_add_up_to_the_letter(dossier, day):
    advice = status(dossier, day)
    keys = [reason.key for reason in advice.reasons]
    assert keys[0] == f"law.rule.{advice.rule.number}"
    assert advice.letter == advice.rule.status
    faults = [flag for flag in advice.facts.flags if not flag.ok and flag.name != "R5"]
    assert all(flag.why for flag in advice.facts.flags if not flag.ok)
    if advice.letter == "D":
        assert faults, "a D says which requirement failed"
        assert any(reason.key.startswith("law.flag.") for reason in advice.reasons)
    if advice.letter in "AB":
        assert not faults
    assert advice.publishable == (advice.rule.number != 6)


@many
@given(dossiers(), days, st.sampled_from("ABC"))
def test_steps_are_empty_exactly_when_the_target_is_reached(dossier, day, target):
    advice = status(dossier, day)
    reached = advice.letter < target or (advice.letter == target and advice.publishable)
    assert (steps_to(dossier, day, target) == ()) == reached


@settings(max_examples=25, deadline=None)
@given(dossiers(), days)
def test_the_letter_only_turns_on_days_that_the_forecast_names(dossier, day):
    until = day + timedelta(500)
    expected = {change.day: change.letter for change in forecast(dossier, day, until)}
    last = status(dossier, day).letter
    for offset in range(1, 501):
        today = day + timedelta(offset)
        now = status(dossier, today).letter
        if now != last:
            assert expected.get(today) == now
        last = now


@many
@given(dossiers(), days)
def test_the_law_is_never_met_with_d_or_e_or_an_incomplete_b(dossier, day):
    advice, flag = status(dossier, day), law_flag(dossier, day)
    assert flag.reasons
    if advice.letter in "DE" or not advice.publishable:
        assert flag.met == "no"


@settings(max_examples=40, deadline=None)
@given(dossiers(), days)
def test_history_gives_the_same_status_as_the_dossier_itself(dossier, day):
    changes = changes_between(Dossier(dossier.channel), dossier, datetime(2022, 1, 1), "an")
    again = Dossier.from_changes(dossier.channel, changes)
    assert status(again.as_of(day), day) == status(dossier, day)


def test_measures_without_their_deviation_change_nothing():
    dossier = good(measures=(measure("1.4.3"),))
    assert status(dossier, dossier.statement.published_on).letter == "A"
