"""Questions once per thing, most leverage first; answers hold until the thing changes or their period ends."""

from dataclasses import replace
from datetime import date, timedelta

import openpyxl
import pytest
from PIL import Image

from scanner.dossier import ChannelScan, CriterionScan, FindingFact, add_months
from scanner.dossier_files import ImportFailed
from scanner.frameworks import framework
from scanner.model import Verdict
from scanner.questions import (
    Doubt,
    answer,
    collect,
    human_verdicts,
    open_questions,
    progress,
    read_answers,
    write_questions_csv,
    write_questions_xlsx,
)
from scanner.texts import LANGUAGES
from tests.law.dossiers import NUMBERS

DAY = date(2026, 1, 1)
LAW = framework(DAY)


def doubt(criterion, fingerprint, *pages, first_seen=date(2025, 12, 1), **other):
    """The same doubt on some pages."""
    return [Doubt(criterion, "alt-text-fits", fingerprint, f"https://gemeente.example/{page}", first_seen=first_seen, **other)
            for page in pages]


DOUBTS = [*doubt("1.1.1", "foto|wethouder", 1, 2, 3), *doubt("1.1.1", "logo|gemeente", *range(40)),
          *doubt("2.4.4", "lees meer|nieuws", 7, first_seen=DAY)]


def scan(**other):
    """A complete night: the machine settles all criteria but those of the doubts, one finding, and one nobody looked at."""
    rows = {number: CriterionScan(number, Verdict.PASSED, (), 50) for number in NUMBERS}
    rows["1.1.1"] = CriterionScan("1.1.1", Verdict.CANT_TELL, (), 50)
    rows["2.4.4"] = CriterionScan("2.4.4", Verdict.CANT_TELL, (), 50)
    rows["1.4.3"] = CriterionScan("1.4.3", Verdict.FAILED, (FindingFact("F1", "1.4.3", "contrast", "Te weinig contrast", "/x", 5),), 50)
    rows["1.2.2"] = CriterionScan("1.2.2", Verdict.UNTESTED)
    return replace(ChannelScan("gemeente.example", DAY, tuple(rows.values()), 50, 50, True), **other)


QUESTIONS = collect(DOUBTS, scan(), LAW)


def say(*verdicts, day=DAY, questions=QUESTIONS):
    """Answers to the questions by fingerprint."""
    by_name = {item.fingerprint: item for item in questions}
    return tuple(answer(by_name[name], verdict, "Anna", day, LAW) for name, verdict in verdicts)


def test_one_question_per_thing_however_many_pages():
    assert {(item.fingerprint, len(item.pages)) for item in QUESTIONS} == {
        ("foto|wethouder", 3), ("logo|gemeente", 40), ("lees meer|nieuws", 1), ("finding:F1", 5), ("criterion:1.2.2", 0)}
    assert len({item.id for item in QUESTIONS}) == 5


def test_most_leverage_comes_first():
    assert [item.fingerprint for item in open_questions(QUESTIONS, (), DAY)] == [
        "logo|gemeente", "finding:F1", "foto|wethouder", "lees meer|nieuws", "criterion:1.2.2"]


def test_progress_counts_what_is_left_and_what_is_new():
    now = progress(QUESTIONS, (), scan(), LAW, DAY)
    assert (now.decided, now.total, now.left, now.new) == (46, 50, 5, 1)
    half = progress(QUESTIONS, say(("logo|gemeente", Verdict.PASSED), ("finding:F1", Verdict.FAILED)), scan(), LAW, DAY)
    assert (half.decided, half.left) == (47, 3)
    done = say(("logo|gemeente", Verdict.PASSED), ("foto|wethouder", Verdict.PASSED), ("finding:F1", Verdict.FAILED),
               ("lees meer|nieuws", Verdict.INAPPLICABLE), ("criterion:1.2.2", Verdict.INAPPLICABLE))
    end = progress(QUESTIONS, done, scan(), LAW, DAY)
    assert (end.decided, end.left, end.new) == (50, 0, 0)
    assert {row.criterion for row in end.criteria if not row.by_machine} == {"1.1.1", "1.4.3", "2.4.4", "1.2.2"}


def test_a_criterion_is_met_only_when_every_question_is_answered():
    one = human_verdicts(QUESTIONS, say(("logo|gemeente", Verdict.PASSED)), scan(), LAW, DAY)
    assert one == ()
    both = human_verdicts(QUESTIONS, say(("logo|gemeente", Verdict.PASSED), ("foto|wethouder", Verdict.INAPPLICABLE)), scan(), LAW, DAY)
    assert [(item.criterion, item.verdict, item.by) for item in both] == [("1.1.1", Verdict.PASSED, "Anna")]


def test_one_failed_answer_fails_the_criterion():
    (found,) = human_verdicts(QUESTIONS, say(("logo|gemeente", Verdict.FAILED)), scan(), LAW, DAY)
    assert (found.criterion, found.verdict) == ("1.1.1", Verdict.FAILED)


def test_rejecting_every_finding_clears_the_criterion():
    (found,) = human_verdicts(QUESTIONS, say(("finding:F1", Verdict.PASSED)), scan(), LAW, DAY)
    assert (found.criterion, found.verdict) == ("1.4.3", Verdict.PASSED)


def test_an_incomplete_scan_never_lets_answers_decide_that_it_is_met():
    given = say(("logo|gemeente", Verdict.PASSED), ("foto|wethouder", Verdict.PASSED))
    assert human_verdicts(QUESTIONS, given, scan(complete=False), LAW, DAY) == ()
    now = progress(QUESTIONS, given, scan(complete=False), LAW, DAY)
    assert not now.complete and now.decided == 1, "only 4.1.1, by policy"


def test_i_do_not_know_is_no_answer():
    given = say(("logo|gemeente", Verdict.CANT_TELL))
    assert len(open_questions(QUESTIONS, given, DAY)) == 5


def test_an_answer_holds_until_its_period_ends():
    given = say(("logo|gemeente", Verdict.PASSED))
    end = add_months(DAY, LAW.terms.answer_months)
    assert len(open_questions(QUESTIONS, given, end)) == 4
    assert len(open_questions(QUESTIONS, given, end + timedelta(1))) == 5


def test_an_answer_lapses_when_the_thing_changes():
    given = say(("logo|gemeente", Verdict.PASSED))
    changed = collect([replace(item, fingerprint="logo-nieuw|gemeente") if item.fingerprint.startswith("logo") else item for item in DOUBTS],
                      scan(), LAW)
    assert "logo-nieuw|gemeente" in [item.fingerprint for item in open_questions(changed, given, DAY)]


# Files -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("lang", LANGUAGES)
def test_csv_out_filled_in_and_back(tmp_path, lang):
    made = write_questions_csv(open_questions(QUESTIONS, (), DAY), lang)
    lines = made.splitlines()
    verdict, name = ("voldoet", "Naam, of wie") if lang == "nl" else ("met", "Naam, of wie")
    lines[1] = lines[1].removesuffix(";;;;") + f";{verdict};{name};1-1-2026;gezien"
    path = tmp_path / "antwoorden.csv"
    path.write_text("\n".join(lines), encoding="utf-8")
    (found,) = read_answers(path, QUESTIONS, LAW)
    assert (found.fingerprint, found.verdict, found.by, found.day, found.note) == (
        "logo|gemeente", Verdict.PASSED, "Naam, of wie", DAY, "gezien")
    assert found.valid_until == add_months(DAY, LAW.terms.answer_months)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_xlsx_out_with_pictures_filled_in_and_back(tmp_path, lang):
    Image.new("RGB", (30, 20), "navy").save(tmp_path / "logo.png")
    questions = tuple(replace(item, picture="logo.png") if item.criterion == "1.1.1" else item for item in QUESTIONS)
    questions += (replace(QUESTIONS[0], id="V-x", picture="../../etc/passwd"),)
    path = tmp_path / "vragen.xlsx"
    write_questions_xlsx(questions, path, lang, tmp_path)
    book = openpyxl.load_workbook(path)
    sheet = book.worksheets[0]
    assert len(sheet._images) == 2
    sheet["H2"] = "Voldoet niet" if lang == "nl" else "Not met"
    book.save(path)
    (found,) = read_answers(path, questions, LAW, by="Anna", day=DAY)
    assert (found.fingerprint, found.verdict, found.by) == ("foto|wethouder", Verdict.FAILED, "Anna")


@pytest.mark.parametrize(("row", "expected"), [
    ("V-onbekend;voldoet;Anna;2026-01-01", ("question", 2)), ("{id};prima;Anna;2026-01-01", ("verdict", 2)),
    ("{id};voldoet;;2026-01-01", ("empty", 2)), ("{id};voldoet;Anna;", ("empty", 2)), ("{id};voldoet;Anna;gisteren", ("date", 2))])
def test_every_problem_names_its_row(tmp_path, row, expected):
    path = tmp_path / "antwoorden.csv"
    path.write_text("Vraag;Oordeel;Door;Datum\n" + row.format(id=QUESTIONS[0].id) + "\n", encoding="utf-8")
    with pytest.raises(ImportFailed) as caught:
        read_answers(path, QUESTIONS, LAW)
    assert [(item.key, item.row) for item in caught.value.problems] == [expected]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_question_can_be_asked(lang):
    for item in QUESTIONS:
        assert item.words(lang)
