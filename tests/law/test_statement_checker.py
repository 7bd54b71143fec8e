"""Published statements: what is there, within two clicks, fresh, with links that live and lead straight to reports."""

from dataclasses import replace
from datetime import date

import pytest

from reports.statement import draft, html
from scanner.dossier import Annotation, LinkResult
from scanner.frameworks import framework
from scanner.model import Verdict
from scanner.statement_checker import FIELDS, FetchedStatement, check, read, read_date
from scanner.texts import LANGUAGES, has_text, text
from tests.law.dossiers import good, statement
from tests.law.test_statement import FULL

DAY = date(2026, 5, 1)
LAW = framework(DAY)
ADDRESS = "https://gemeente.example/toegankelijkheid"
REPORT = "https://audit.example/r1.html"
LINKS = tuple(LinkResult(item, True, 200) for item in (
    REPORT, "https://gemeente.example/contact", "https://www.nationaleombudsman.nl", "https://gemeente.example/alle",
    "mailto:toegankelijk@gemeente.example"))


def fetched(page=None, **other):
    """Our own public statement as if it were fetched."""
    made = page if page is not None else html(draft(FULL, date(2026, 1, 1)), "nl", public=True)
    return FetchedStatement(ADDRESS, **{"status": 200, "content": made, "clicks": 1, "links": LINKS, **other})


def verdicts(given, day=DAY):
    """Verdict per requirement; a requirement that occurs twice has its worst."""
    found = {}
    for point in check(given, day, LAW):
        if found.get(point.id) is not Verdict.FAILED:
            found[point.id] = point.verdict
    return found


def test_our_own_statement_passes_every_point():
    assert set(verdicts(fetched()).values()) == {Verdict.PASSED}
    assert {f"field-{name}" for name in FIELDS} <= set(verdicts(fetched()))


def test_it_reads_what_the_statement_says():
    found = read(fetched())
    assert (found.status, found.updated_on, found.failed_criteria) == ("B", date(2026, 1, 1), ("1.4.3", "2.4.7"))
    assert found.report_links == (REPORT,)
    assert found.mail == ("toegankelijk@gemeente.example",)


@pytest.mark.parametrize("status", [0, 404, 500])
def test_absent(status):
    assert verdicts(fetched("", status=status)) == {"present": Verdict.FAILED}


@pytest.mark.parametrize(("clicks", "verdict"), [(0, Verdict.PASSED), (2, Verdict.PASSED), (3, Verdict.FAILED), (None, Verdict.CANT_TELL)])
def test_within_two_clicks(clicks, verdict):
    assert verdicts(fetched(clicks=clicks))["reachable"] is verdict


@pytest.mark.parametrize(("day", "verdict"), [(date(2026, 12, 31), Verdict.PASSED), (date(2027, 1, 1), Verdict.FAILED)])
def test_updated_within_a_year(day, verdict):
    assert verdicts(fetched(), day)["updated"] is verdict


@pytest.mark.parametrize(("change", "verdict"), [
    ({"ok": False, "status": 404}, Verdict.FAILED), ({"final_address": "https://audit.example/"}, Verdict.FAILED),
    ({"final_address": "https://audit.example/login"}, Verdict.FAILED), ({"final_address": "https://audit.example/r1.pdf"}, Verdict.PASSED)])
def test_report_links_live_and_are_direct(change, verdict):
    links = (replace(LINKS[0], **change), *LINKS[1:])
    assert verdicts(fetched(links=links))["report"] is verdict


def test_links_that_were_not_tried_are_not_called_alive():
    found = verdicts(fetched(links=()))
    assert (found["report"], found["link"]) == (Verdict.CANT_TELL, Verdict.CANT_TELL)


def test_dead_links_and_mail_domains():
    dead = (*LINKS[:4], LinkResult("mailto:toegankelijk@gemeente.example", False, reason="geen mailserver"))
    points = [point for point in check(fetched(links=dead), DAY, LAW) if point.id == "link"]
    assert [point.text.values["address"] for point in points] == ["toegankelijk@gemeente.example"]


def test_status_b_without_report_fails():
    page = html(draft(FULL, date(2026, 1, 1)), "nl", public=True).replace("onderzoeksresultaat-url", "x").replace(REPORT, "#")
    page = page.replace("Onderzoek r1", "hier")
    assert verdicts(fetched(page, links=LINKS[1:]))["reports"] is Verdict.FAILED


def test_insufficient_annotation():
    dossier = replace(FULL, statement=statement(annotation=Annotation.INSUFFICIENT))
    assert verdicts(fetched(html(draft(dossier, date(2026, 1, 1)), "nl", public=True)))["annotation"] is Verdict.FAILED


PLAIN = """<html lang=nl><body><h1>Toegankelijkheid</h1><p>Status: voldoet gedeeltelijk. Deze verklaring is van toepassing op
gemeente.example. Laatst bijgewerkt op 3 februari 2026. Afwijkingen: 1.4.3.</p><p><a href="/docs/rapport-2025.pdf">Onderzoeksrapport</a></p>
<p>Feedback: <a href="mailto:web%40gemeente.example">mail ons</a>. Nationale ombudsman. Akkoord: gemeentesecretaris.</p></body></html>"""


def test_a_page_of_ones_own_without_microdata():
    given = fetched(PLAIN, links=(LinkResult("https://gemeente.example/docs/rapport-2025.pdf", True, 200),
                                  LinkResult("mailto:web@gemeente.example", True)))
    found = read(given)
    assert (found.status, found.updated_on, found.mail) == ("B", date(2026, 2, 3), ("web@gemeente.example",))
    assert {name for name, verdict in verdicts(given).items() if verdict is not Verdict.PASSED} == {"annotation"}


@pytest.mark.parametrize("gone", ["ombudsman", "Akkoord", "Feedback", "voldoet gedeeltelijk", "van toepassing op"])
def test_a_part_that_is_gone_is_noticed(gone):
    assert Verdict.FAILED in verdicts(fetched(PLAIN.replace(gone, "…"))).values()


@pytest.mark.parametrize("content", ["<", "\x00" * 50, "<html>" + "<div>" * 5000, "tekst", '<?xml version="1.0" encoding="utf-8"?><p>x</p>'])
def test_hostile_pages_do_not_break_it(content):
    assert check(fetched(content), DAY, LAW)


@pytest.mark.parametrize(("written", "day"), [
    ("op 3 februari 2026", date(2026, 2, 3)), ("3-2-2026", date(2026, 2, 3)), ("2026-02-03T10:00", date(2026, 2, 3)),
    ("February 3, 2026", date(2026, 2, 3)), ("31 februari 2026", None), ("gisteren", None)])
def test_dates_as_people_write_them(written, day):
    assert read_date(written) == day


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_point_can_be_said(lang):
    for given in (fetched(), fetched(PLAIN, links=(), clicks=None), fetched("<p>x</p>", clicks=5), fetched("", status=404)):
        for point in check(given, DAY, LAW):
            assert "{" not in text(point.text.key, lang, **point.text.values)
    for name in FIELDS:
        assert has_text(f"statement.check_page.no_field.{name}", lang)


def test_a_status_a_needs_no_deviations():
    page = html(draft(good(statement=statement(annotation=Annotation.SUFFICIENT)), date(2026, 1, 1)), "nl", public=True)
    assert "field-deviations" not in verdicts(fetched(page))
