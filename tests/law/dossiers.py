"""Dossiers for the tests of the law: one good one to alter, and random ones."""

from dataclasses import replace
from datetime import date, timedelta

from hypothesis import strategies as st

from scanner import frameworks
from scanner.dossier import (
    Annotation,
    Answer,
    Card,
    Dossier,
    HumanVerdict,
    Measure,
    OrganisationalMeasure,
    Part,
    PhaseOut,
    PlannedResearch,
    Report,
    ReportKind,
    ResearchVerdict,
    Statement,
)
from scanner.model import Verdict

CHANNEL = "gemeente.example"
NUMBERS = tuple(item.number for item in frameworks.criteria())
START, END = date(2022, 6, 1), date(2027, 6, 1)


def verdicts(report, failed=(), unknown=(), inapplicable=("1.2.4",), numbers=NUMBERS):
    """What a report says of every criterion: passed, but for the named ones."""
    def say(number):
        if number in failed:
            return Verdict.FAILED
        if number in unknown:
            return Verdict.CANT_TELL
        return Verdict.INAPPLICABLE if number in inapplicable else Verdict.PASSED
    return tuple(ResearchVerdict(report, number, say(number)) for number in numbers)


def report(report_id="r1", day=date(2025, 3, 1), kind=ReportKind.FULL, **other):
    """A report on which nothing is to be said."""
    values = {"title": f"Onderzoek {report_id}", "address": f"https://audit.example/{report_id}.html", "public": True,
              "method": "WCAG-EM 1.0", "has_manual": True, "checklist_ok": True, "researcher": "Bureau Toets",
              "commissioner": "Gemeente Voorbeeld", "sample_size": 24, "recording": "HTML"}
    return Report(report_id, day, kind, **{**values, **other})


def statement(published=date(2025, 4, 1), **other):
    """A statement that is complete."""
    values = {"last_updated": published, "address": "https://gemeente.example/toegankelijkheid",
              "register_address": "https://www.toegankelijkheidsverklaring.nl/register/1", "claimed_status": "B",
              "signed_by": "J. de Vries", "signed_function": "Gemeentesecretaris", "signed_on": published,
              "reviewed_on": published, "contact_email": "toegankelijk@gemeente.example",
              "contact_link": "https://gemeente.example/contact"}
    return Statement(published, **{**values, **other})


def measure(criterion, planned=date(2026, 9, 1), **other):
    """A complete measure."""
    values = {"description": f"Afwijking bij {criterion}", "cause": "oude component", "consequence": "tekst is slecht leesbaar",
              "measure": "component vervangen", "planned_on": planned, "owner": "Leverancier Zuid"}
    return Measure(f"m-{criterion}", criterion, **{**values, **other})


def good(failed=(), **other):
    """A channel with one complete report of 1 March 2025, a statement, and a measure per failed criterion."""
    base = Dossier(CHANNEL, card=Card("Gemeente Voorbeeld", "website", "Gemeente Voorbeeld", "VoorbeeldCMS", "Leverancier Zuid",
                                      "gemeente.example", statement_address="https://gemeente.example/toegankelijkheid"),
                   statement=statement(), reports=(report(),), research=verdicts("r1", failed),
                   measures=tuple(measure(number) for number in failed))
    return replace(base, **other)


days = st.dates(START, END)
some_numbers = st.lists(st.sampled_from(NUMBERS), max_size=3, unique=True)


@st.composite
def reports(draw, report_id):
    """A report of any kind and quality, with its verdicts."""
    kind = draw(st.sampled_from((ReportKind.FULL, *ReportKind)))
    made = report(report_id, draw(days), kind, method=draw(st.sampled_from(["WCAG-EM", "WCAG-EM 1.0", "eigen methode"])),
                  equivalent_documented=draw(st.booleans()), has_manual=draw(st.sampled_from([True, True, False])),
                  checklist_ok=draw(st.booleans()), public=draw(st.booleans()),
                  parts=draw(st.sampled_from([(), (), (Part.TECHNIQUE,), (Part.CONTENT, Part.DOCUMENTS)])),
                  domains=draw(st.sampled_from([(), (), ("gemeente.example",), ("loket.example",)])),
                  withdrawn_on=draw(st.none() | days))
    numbers = draw(st.sampled_from([NUMBERS, NUMBERS, NUMBERS[:30], NUMBERS[20:]]))
    return made, verdicts(report_id, draw(some_numbers), draw(st.just([]) | some_numbers), numbers=numbers)


@st.composite
def dossiers(draw):
    """Any dossier: sensible, half-filled or odd."""
    found = [draw(reports(f"r{index}")) for index in range(draw(st.integers(0, 3)))]
    filed = draw(st.none() | days)
    stated = None if filed is None else statement(
        filed, last_updated=draw(st.none() | days), burden=draw(st.booleans()),
        claimed_status=draw(st.sampled_from(["", "A", "B", "C", "D"])), annotation=draw(st.none() | st.sampled_from(Annotation)))
    people = tuple(
        HumanVerdict(f"h{index}", draw(st.sampled_from(NUMBERS)), draw(st.sampled_from(Verdict)), draw(days), "an",
                     valid_until=draw(st.none() | days))
        for index in range(draw(st.integers(0, 3))))
    measures = tuple(
        measure(number, draw(st.none() | days), cause=draw(st.sampled_from(["", "oud"])), burden=draw(st.booleans()),
                done_on=draw(st.none() | days))
        for number in draw(some_numbers))
    planned, end = draw(st.none() | days), draw(st.none() | days)
    return Dossier(
        CHANNEL, card=Card("Gemeente", main_domain="gemeente.example", other_domains=draw(st.sampled_from([(), ("loket.example",)]))),
        statement=stated, reports=tuple(item for item, _ in found), research=tuple(row for _, rows in found for row in rows),
        human=people, measures=measures, planned=planned and PlannedResearch(planned), phase_out=end and PhaseOut(end),
        answers=(Answer("f/1", "1.1.1", Verdict.PASSED, START, "an"),) if draw(st.booleans()) else (),
        organisational=(OrganisationalMeasure("o1", "training"),) if draw(st.booleans()) else ())


def day_before(day):
    """The day before."""
    return day - timedelta(1)
