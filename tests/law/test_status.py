"""Every row of the decision table, every transition, and what goes with the letter."""

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from scanner import status as module
from scanner.dossier import (
    Annotation,
    ChannelScan,
    CriterionScan,
    Dossier,
    FindingFact,
    FindingTally,
    HumanVerdict,
    Improvement,
    LinkResult,
    Part,
    PhaseOut,
    PlannedResearch,
    ReportKind,
    add_months,
    changes_between,
)
from scanner.frameworks import dutch_law
from scanner.model import Verdict
from scanner.status import LawMet, alarms, conflicts, forecast, law_flag, status, steps_to
from scanner.texts import LANGUAGES, has_text, text
from tests.law.dossiers import good, measure, report, statement, verdicts

DAY = date(2026, 1, 1)
EXPIRY = date(2028, 3, 1)


def letter(dossier, day=DAY, **other):
    """Letter and row."""
    advice = status(dossier, day, **other)
    return advice.letter, advice.rule.number


def human(criterion, verdict=Verdict.PASSED, day=date(2025, 6, 1), **other):
    """A person's word on a criterion."""
    return HumanVerdict(f"h-{criterion}-{verdict}", criterion, verdict, day, "Anna", **other)


no_research = {"reports": (), "research": (), "measures": ()}


# Rows of the table -------------------------------------------------------------------------------------------------


def test_row_1_no_statement_is_e():
    assert letter(good(statement=None)) == ("E", 1)
    assert letter(good(statement=statement(DAY + timedelta(1)))) == ("E", 1), "published tomorrow is not published today"


def test_row_2_complete_clean_research_is_a():
    assert letter(good()) == ("A", 2)
    assert status(good(), DAY).met == status(good(), DAY).total == 50


def test_row_2_formerly_failed_and_retested_is_a():
    retest = report("r2", date(2025, 9, 1), ReportKind.RETEST, retest_of="r1")
    dossier = good(("1.4.3",))
    dossier = replace(dossier, reports=(*dossier.reports, retest),
                      research=(*dossier.research, *verdicts("r2", numbers=("1.4.3",))))
    assert letter(dossier) == ("A", 2)


def test_row_3_burden_makes_clean_research_b():
    assert letter(good(statement=statement(burden=True, burden_argument="te duur"))) == ("B", 3)


def test_row_4_repaired_without_retest_is_b():
    assert letter(good(("1.4.3",), human=(human("1.4.3"),))) == ("B", 4)


def test_row_4_a_deviation_found_by_people_also_needs_a_retest_before_a():
    repaired = good(human=(human("2.4.7", Verdict.FAILED), human("2.4.7", Verdict.PASSED, date(2025, 8, 1))), measures=(measure("2.4.7"),))
    assert letter(repaired) == ("B", 4)
    assert [step.key for step in steps_to(repaired, DAY, "A")] == ["law.step.retest"]
    proven = replace(repaired, reports=(*repaired.reports, report("r2", date(2025, 9, 1), ReportKind.RETEST)),
                     research=(*repaired.research, *verdicts("r2", numbers=("2.4.7",))))
    assert letter(proven) == ("A", 2)


def test_row_5_deviations_with_full_measures_is_b():
    advice = status(good(("1.4.3", "2.4.7")), DAY)
    assert (advice.letter, advice.rule.number, advice.publishable, advice.met) == ("B", 5, True, 48)


@pytest.mark.parametrize("field", ["description", "cause", "consequence", "measure", "planned_on"])
def test_row_6_deviation_with_a_hole_is_b_but_not_publishable(field):
    hole = measure("1.4.3", **({"planned": None} if field == "planned_on" else {field: ""}))
    advice = status(good(("1.4.3",), measures=(hole,)), DAY)
    assert (advice.letter, advice.rule.number, advice.publishable) == ("B", 6, False)
    assert [(item.criterion, item.field) for item in advice.facts.missing] == [("1.4.3", field)]


def test_row_6_deviation_without_any_measure():
    advice = status(good(("1.4.3",), measures=()), DAY)
    assert (advice.rule.number, advice.facts.missing[0].field) == (6, "measure")


def test_row_6_burden_needs_argument_and_alternative():
    advice = status(good(("1.4.3",), measures=(measure("1.4.3", burden=True),)), DAY)
    assert {item.field for item in advice.facts.missing} == {"alternative", "burden_argument"}


def test_row_7_planned_research_is_c_until_six_months_after_publication():
    dossier = good(statement=statement(date(2025, 10, 15)), planned=PlannedResearch(date(2026, 3, 1)), **no_research)
    assert letter(dossier) == ("C", 7)
    assert letter(dossier, date(2026, 4, 15)) == ("C", 7)
    assert letter(dossier, date(2026, 4, 16)) == ("D", 9)


@pytest.mark.parametrize("planned", [date(2025, 10, 14), date(2026, 4, 16)])
def test_row_7_does_not_hold_for_a_plan_outside_the_term(planned):
    assert letter(good(statement=statement(date(2025, 10, 15)), planned=PlannedResearch(planned), **no_research)) == ("D", 9)


def test_row_8_phase_out_within_six_months_is_c():
    dossier = good(phase_out=PhaseOut(date(2026, 7, 1)), **no_research)
    assert letter(dossier) == ("C", 8)
    assert letter(dossier, date(2025, 12, 31)) == ("D", 9)
    assert letter(dossier, date(2026, 7, 2)) == ("D", 9), "still there after its end"


@pytest.mark.parametrize(("change", "reason"), [
    ({"method": "eigen methode"}, "law.flag.method"), ({"has_manual": False}, "law.flag.manual"),
    ({"parts": (Part.TECHNIQUE,)}, "law.flag.part.content"), ({"domains": ("elders.example",)}, "law.flag.domain"),
    ({"kind": ReportKind.QUICKSCAN}, "law.flag.no_report"), ({"kind": ReportKind.AUTOMATIC}, "law.flag.no_report"),
    ({"day": date(2023, 1, 1)}, "law.flag.age"), ({"withdrawn_on": DAY}, "law.flag.no_report")])
def test_row_9_research_that_is_not_good_is_d_with_its_reason(change, reason):
    advice = status(good(reports=(replace(report(), **change),)), DAY)
    assert (advice.letter, advice.rule.number) == ("D", 9)
    assert reason in [item.key for item in advice.reasons]


def test_row_9_one_unknown_criterion_is_d():
    advice = status(good(research=verdicts("r1", unknown=("3.3.1",))), DAY)
    assert (advice.letter, advice.rule.number) == ("D", 9)
    assert {"criteria": "3.3.1", "count": 1} in [dict(item.values) for item in advice.reasons]


def test_bad_form_keeps_the_letter_and_warns():
    advice = status(good(reports=(report(public=False),)), DAY)
    assert advice.letter == "A"
    assert {"law.risk.annotation", "law.flag.link"} <= {item.key for item in advice.reasons}


# Which reports count -----------------------------------------------------------------------------------------------


def test_partial_reports_count_together_and_the_oldest_decides():
    parts = (report("tech", date(2024, 5, 1), ReportKind.TECHNIQUE, parts=(Part.TECHNIQUE,)),
             report("cont", date(2025, 5, 1), ReportKind.CONTENT, parts=(Part.CONTENT, Part.DOCUMENTS)))
    rows = verdicts("tech") + verdicts("cont", numbers=("1.1.1", "1.4.3"))
    dossier = good(reports=parts, research=rows)
    assert letter(dossier) == ("A", 2)
    assert status(dossier, DAY).facts.expires_on == date(2027, 5, 1)
    renewed = replace(dossier, reports=(*parts, report("tech2", date(2025, 11, 1), ReportKind.TECHNIQUE, parts=(Part.TECHNIQUE,))),
                      research=rows + verdicts("tech2"))
    assert status(renewed, DAY).facts.expires_on == date(2028, 5, 1)


def test_a_clean_content_audit_does_not_hide_a_failure_of_technique():
    parts = (report("tech", date(2024, 5, 1), ReportKind.TECHNIQUE, parts=(Part.TECHNIQUE,)),
             report("cont", date(2025, 5, 1), ReportKind.CONTENT, parts=(Part.CONTENT, Part.DOCUMENTS)))
    dossier = good(reports=parts, research=verdicts("tech", failed=("1.3.1",)) + verdicts("cont", numbers=("1.3.1",)))
    assert status(dossier, DAY).facts.deviations == ("1.3.1",)


def test_a_report_on_wcag_2_2_counts_for_2_1():
    numbers = tuple(item for item in module.edition("wcag-2.2").numbers)
    dossier = good(reports=(report(edition="wcag-2.2"),), research=verdicts("r1", numbers=numbers))
    assert letter(dossier) == ("A", 2)
    assert letter(dossier, parsing_policy="literal") == ("D", 9), "4.1.1 was not examined, and the literal policy wants it"


def test_switch_of_norm_with_transition():
    law = dutch_law().switch_on("wcag-2.2", date(2026, 6, 1), date(2026, 12, 31))
    dossier = good()
    assert letter(dossier, date(2026, 5, 31), law=law) == ("A", 2)
    assert letter(dossier, date(2026, 12, 31), law=law) == ("A", 2)
    assert letter(dossier, date(2027, 1, 1), law=law) == ("D", 9)
    assert date(2027, 1, 1) in [change.day for change in forecast(dossier, DAY, date(2027, 6, 1), law)]


# Transitions of section 1.4 ----------------------------------------------------------------------------------------


def test_transition_e_to_any_by_publication():
    assert letter(good(statement=statement(DAY)), DAY - timedelta(1))[0] == "E"
    assert letter(good(statement=statement(DAY)), DAY)[0] == "A"


def test_transition_d_to_c_by_refiling_with_planned_research():
    before = good(**no_research)
    after = replace(before, statement=statement(DAY), planned=PlannedResearch(date(2026, 4, 1)))
    assert [letter(item)[0] for item in (before, after)] == ["D", "C"]


@pytest.mark.parametrize(("failed", "wanted"), [((), "A"), (("1.4.3",), "B")])
def test_transition_c_to_a_or_b_by_report(failed, wanted):
    plan = {"statement": statement(date(2025, 11, 1)), "planned": PlannedResearch(date(2026, 3, 1))}
    assert letter(good(**plan, **no_research))[0] == "C"
    assert letter(replace(good(failed, **plan), reports=(report(day=DAY),)))[0] == wanted


def test_transition_c_to_d_when_six_months_passed():
    dossier = good(statement=statement(date(2025, 10, 15)), planned=PlannedResearch(date(2026, 3, 1)), **no_research)
    assert [(change.day, change.before, change.letter) for change in forecast(dossier, DAY, date(2027, 1, 1))] == [
        (date(2026, 4, 16), "C", "D")]


def test_transition_b_to_a_by_retest():
    failed = good(("1.4.3",))
    retest = report("r2", DAY, ReportKind.RETEST)
    after = replace(failed, reports=(*failed.reports, retest), research=(*failed.research, *verdicts("r2", numbers=("1.4.3",))))
    assert [letter(item)[0] for item in (failed, after)] == ["B", "A"]


def test_transition_a_to_b_by_research_that_finds_deviations():
    clean = good()
    after = replace(clean, reports=(*clean.reports, report("r2", DAY)), research=(*clean.research, *verdicts("r2", ("1.1.1",))),
                    measures=(measure("1.1.1"),))
    assert [letter(item)[0] for item in (clean, after)] == ["A", "B"]


@pytest.mark.parametrize("failed", [(), ("1.4.3",)])
def test_transition_a_or_b_straight_to_d_at_thirty_six_months(failed):
    dossier = good(failed)
    assert letter(dossier, EXPIRY - timedelta(1))[0] in "AB"
    assert letter(dossier, EXPIRY) == ("D", 9)
    assert (EXPIRY, "D") in [(change.day, change.letter) for change in forecast(dossier, DAY, date(2029, 1, 1))]


def test_transition_insufficient_annotation_leaves_the_letter():
    stated = statement(annotation=Annotation.INSUFFICIENT, annotated_on=date(2025, 12, 1))
    assert letter(good(statement=stated)) == ("A", 2)
    assert date(2026, 1, 12) in [alarm.due for alarm in alarms(good(statement=stated), DAY) if alarm.kind == "repair-window"]


def test_transition_d_after_expiry_to_c():
    dossier = good(statement=statement(EXPIRY), planned=PlannedResearch(add_months(EXPIRY, 3)))
    assert letter(dossier, EXPIRY) == ("C", 7)


# People ------------------------------------------------------------------------------------------------------------


def test_a_human_failure_after_clean_research_is_a_deviation_until_it_lapses():
    dossier = good(human=(human("1.1.1", Verdict.FAILED, valid_until=date(2026, 2, 1)),))
    assert letter(dossier) == ("B", 6)
    assert letter(dossier, date(2026, 2, 2)) == ("A", 2)
    assert date(2026, 2, 2) in [change.day for change in forecast(dossier, DAY, date(2027, 1, 1))]


def test_a_human_word_before_the_research_does_not_count_against_it():
    assert letter(good(human=(human("1.1.1", Verdict.FAILED, date(2025, 2, 1)),))) == ("A", 2)


def test_people_alone_never_replace_research():
    people = tuple(human(number) for number in module.edition().numbers)
    assert letter(good(human=people, **no_research)) == ("D", 9)


# The law apart from the letter -------------------------------------------------------------------------------------


def history(*states):
    """A dossier built from (day, state) pairs."""
    before, changes = Dossier("gemeente.example"), ()
    for day, state in states:
        changes += changes_between(before, state, datetime(day.year, day.month, day.day), "an", since=day)
        before = state
    return Dossier.from_changes("gemeente.example", changes)


FIRST_B = date(2025, 4, 1)
THREE, TWO = ("1.1.1", "1.4.3", "2.4.7"), ("1.1.1", "1.4.3")


def year_of_b(after, planned=date(2027, 1, 1)):
    """B since April 2025 with three deviations; later the given ones, by a retest of March 2026."""
    first = good(THREE, measures=tuple(measure(number, planned) for number in THREE))
    retest = report("r2", date(2026, 3, 1), ReportKind.RETEST)
    second = replace(first, reports=(*first.reports, retest), research=(*first.research, *verdicts("r2", after, numbers=THREE)))
    return history((FIRST_B, first), (date(2026, 3, 1), second))


def test_b_is_too_early_to_judge_in_its_first_year():
    assert law_flag(year_of_b(THREE), date(2026, 3, 31)).met is LawMet.TOO_EARLY


def test_b_with_fewer_deviations_meets_the_law_and_asks_for_confirmation():
    flag = law_flag(year_of_b(TWO), date(2026, 4, 15))
    assert flag.met is LawMet.YES
    assert flag.reasons[0].values == {"then": date(2025, 4, 15), "deviations_then": 3, "deviations_now": 2}
    assert flag.reasons[-1].key == "law.met.confirm"


def test_b_without_improvement_does_not_meet_the_law():
    assert law_flag(year_of_b(THREE), date(2026, 4, 15)).met is LawMet.NO


def test_b_with_fewer_findings_meets_the_law_after_correction_for_the_tool():
    tallies = (FindingTally(date(2025, 4, 10), 120), FindingTally(date(2026, 4, 10), 125, by_tool_change=30))
    assert law_flag(year_of_b(THREE), date(2026, 4, 15), tallies).met is LawMet.YES
    worse = (tallies[0], replace(tallies[1], by_tool_change=5))
    assert law_flag(year_of_b(THREE), date(2026, 4, 15), worse).met is LawMet.NO


def test_b_with_an_overdue_measure_does_not_meet_the_law():
    flag = law_flag(year_of_b(TWO, planned=date(2026, 4, 14)), date(2026, 4, 15))
    assert (flag.met, flag.reasons[0].key) == (LawMet.NO, "law.met.b_overdue")


@pytest.mark.parametrize(("significant", "met"), [(True, LawMet.YES), (False, LawMet.NO)])
def test_people_say_whether_the_improvement_is_significant(significant, met):
    dossier = year_of_b(TWO)
    said = replace(dossier, improvements=(Improvement("i1", date(2026, 4, 1), "Anna", significant),), changes=())
    with_history = history((FIRST_B, dossier.as_of(FIRST_B)), (date(2026, 3, 1), said))
    assert law_flag(with_history, date(2026, 4, 15)).met is met


def test_the_law_and_the_other_letters():
    assert law_flag(good(), DAY).met is LawMet.YES
    assert law_flag(good(**no_research), DAY).met is LawMet.NO
    assert law_flag(good(statement=None), DAY).met is LawMet.NO
    c = good(statement=statement(date(2025, 10, 15)), planned=PlannedResearch(date(2026, 3, 1)), **no_research)
    assert (law_flag(c, DAY).met, law_flag(c, DAY).until) == (LawMet.YES, date(2026, 4, 15))
    end = good(phase_out=PhaseOut(date(2026, 5, 1)), **no_research)
    assert (status(end, DAY).letter, law_flag(end, DAY).met) == ("C", LawMet.NO), "a C of longer than six months"


# Steps -------------------------------------------------------------------------------------------------------------


def test_steps_from_b_to_a_name_what_is_left():
    keys = [step.key for step in steps_to(good(("1.4.3",)), DAY, "A")]
    assert keys == ["law.step.repair", "law.step.retest"]
    assert [step.key for step in steps_to(good(("1.4.3",), human=(human("1.4.3"),)), DAY, "A")] == ["law.step.retest"]
    assert steps_to(good(), DAY, "A") == ()


def test_steps_to_b_from_nothing_and_from_a_hole():
    assert [step.key for step in steps_to(Dossier("x"), DAY, "B")] == ["law.step.publish", "law.step.research"]
    assert [step.key for step in steps_to(good(("1.4.3",), measures=(measure("1.4.3", cause=""),)), DAY, "B")] == ["law.step.field.cause"]


# Alarms ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("before", "stage"), [(10, None), (9, 9), (6, 6), (5, 6), (3, 3), (1, 1), (0, "expired"), (-2, "expired")])
def test_alarm_of_expiry_by_stage(before, stage):
    found = [alarm for alarm in alarms(good(), add_months(EXPIRY, -before)) if alarm.kind.startswith("research-")]
    if stage is None:
        assert found == []
    elif stage == "expired":
        assert [(alarm.kind, alarm.due, alarm.overdue) for alarm in found] == [("research-expired", EXPIRY, True)]
    else:
        assert [(alarm.text.values["months"], alarm.overdue) for alarm in found] == [(stage, False)]


@pytest.mark.parametrize(("months", "overdue"), [(9, None), (10, False), (12, True)])
def test_alarm_of_review(months, overdue):
    found = [alarm for alarm in alarms(good(), add_months(date(2025, 4, 1), months)) if alarm.kind == "statement-review"]
    assert [alarm.overdue for alarm in found] == ([] if overdue is None else [overdue])


@pytest.mark.parametrize(("months", "stage"), [(2, None), (3, 3), (5, 5), (6, 6)])
def test_alarm_of_c(months, stage):
    dossier = good(statement=statement(date(2025, 10, 15)), planned=PlannedResearch(date(2026, 3, 1)), **no_research)
    found = [alarm for alarm in alarms(dossier, add_months(date(2025, 10, 15), months)) if alarm.kind == "first-measures"]
    assert [alarm.text.values["months"] for alarm in found] == ([] if stage is None else [stage])


def test_alarms_of_measures_links_register_norm_and_plan():
    dossier = good(("1.4.3",), measures=(measure("1.4.3", date(2025, 12, 1)),), statement=statement(claimed_status="A"),
                   planned=PlannedResearch(date(2025, 12, 1)), phase_out=PhaseOut(date(2025, 12, 2)),
                   human=(human("1.1.1", valid_until=date(2026, 1, 20)),))
    law = dutch_law().switch_on("wcag-2.2", date(2026, 6, 1))
    found = alarms(dossier, DAY, law, (LinkResult("https://audit.example/r1.html", False, 404), LinkResult("https://ok.example", True)))
    assert {alarm.kind for alarm in found} == {"measure-overdue", "dead-link", "register-differs", "norm-switch", "planned-research",
                                              "phase-out", "verdict-ends"}
    assert [alarm.overdue for alarm in found] == sorted((alarm.overdue for alarm in found), reverse=True)


# Scan against claim ------------------------------------------------------------------------------------------------


def scanned(verdict, *findings, **other):
    """One night in which one criterion was looked at."""
    values = {"pages_looked": 40, "complete": True, **other}
    clean = values.pop("clean_since", None)
    return ChannelScan("gemeente.example", DAY, (CriterionScan("1.4.3", verdict, findings, 40, clean),), **values)


def finding(confirmed):
    """One finding."""
    return FindingFact("F-7", "1.4.3", "contrast", "Te weinig contrast", "https://gemeente.example/", 12, "Leverancier Zuid", confirmed=confirmed)


def test_conflict_confirmed_failure_against_a():
    dossier = good(statement=statement(claimed_status="A"))
    (found,) = conflicts(dossier, scanned(Verdict.FAILED, finding(True)), DAY)
    assert (found.kind, found.todo.key, found.draft_verdict.verdict, found.draft_measure.owner) == (
        "claim-refuted", "law.todo.correct_a", Verdict.FAILED, "Leverancier Zuid")
    assert status(dossier, DAY).letter == "A", "the letter follows the dossier, not the scan"
    confirmed = replace(dossier, human=(replace(found.draft_verdict, by="Anna"),), measures=(found.draft_measure,))
    assert letter(confirmed, DAY) == ("B", 6)


def test_conflict_unconfirmed_failure_puts_the_claim_in_doubt():
    (found,) = conflicts(good(), scanned(Verdict.FAILED, finding(False)), DAY)
    assert (found.kind, found.draft_verdict, found.evidence[0].id) == ("claim-in-doubt", None, "F-7")


@pytest.mark.parametrize(("nights", "kinds"), [(29, []), (30, ["candidate-solved"])])
def test_conflict_candidate_solved_after_a_long_time(nights, kinds):
    dossier = good(("1.4.3",))
    found = conflicts(dossier, scanned(Verdict.PASSED, clean_since=DAY - timedelta(nights)), DAY)
    assert [item.kind for item in found] == kinds
    assert status(dossier, DAY).facts.deviations == ("1.4.3",)


def test_conflict_unknown_stays_unknown_however_clean():
    dossier = good(research=verdicts("r1", unknown=("1.4.3",)))
    assert conflicts(dossier, scanned(Verdict.PASSED, clean_since=date(2025, 1, 1)), DAY) == ()
    assert status(dossier, DAY).facts.unknown == ("1.4.3",)


def test_conflict_live_but_not_in_the_register():
    assert [item.kind for item in conflicts(Dossier("gemeente.example"), scanned(Verdict.PASSED), DAY)] == ["not-in-register"]


@pytest.mark.parametrize(("drift", "kinds"), [(None, []), (0.49, []), (0.5, ["evidence-outdated"])])
def test_conflict_changed_strongly_since_research(drift, kinds):
    assert [item.kind for item in conflicts(good(), scanned(Verdict.PASSED, drift=drift), DAY)] == kinds


# Data and texts ----------------------------------------------------------------------------------------------------


def test_every_condition_of_the_table_has_a_function_and_the_other_way_round():
    named = {name.removeprefix("not ") for rule in dutch_law().rules for name in rule.when}
    assert named == set(module.CONDITIONS)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_reason_of_every_situation_can_be_said(lang):
    situations = [good(), good(("1.4.3",)), good(("1.4.3",), measures=()), good(statement=None), good(**no_research),
                  good(("1.4.3",), human=(human("1.4.3"),)), good(statement=statement(burden=True)),
                  good(reports=(report(public=False, checklist_ok=False),)),
                  good(reports=(report(method="x", has_manual=False, parts=(Part.LOGIN,), domains=("y",)),)),
                  good(statement=statement(date(2025, 10, 15)), planned=PlannedResearch(date(2026, 3, 1)), **no_research),
                  good(phase_out=PhaseOut(date(2026, 5, 1)), **no_research)]
    said = [reason for dossier in situations for day in (DAY, EXPIRY) for reason in (
        *status(dossier, day).reasons, *law_flag(dossier, day).reasons, *(alarm.text for alarm in alarms(dossier, day)),
        *(step for target in "ABC" for step in steps_to(dossier, day, target)))]
    assert len(said) > 100
    for reason in said:
        assert "{" not in text(reason.key, lang, **reason.values)
    for flag in LawMet:
        assert has_text(f"law.met.{flag.value}", lang)


def test_a_measure_that_was_done_before_the_failure_was_seen_again_does_not_count():
    done = measure("1.4.3", done_on=date(2025, 6, 1))
    again = HumanVerdict("h1", "1.4.3", Verdict.FAILED, date(2025, 9, 1), "Anna")
    dossier = good(("1.4.3",), measures=(done,))
    assert status(dossier, DAY).facts.missing == (), "done, and waits for a re-inspection"
    known = status(replace(dossier, human=(again,)), DAY)
    assert [(hole.criterion, hole.field) for hole in known.facts.missing] == [("1.4.3", "measure")]
    assert not known.publishable
