"""Audits in, audits out: what W3C's report tool makes of our file, by the same JSON-LD steps, and what we make of its files."""

import json
from dataclasses import replace
from datetime import date

import pytest
from pyld import jsonld

from scanner.dossier import ChannelScan, CriterionScan, FindingFact
from scanner.dossier_files import ImportFailed
from scanner.frameworks import criteria
from scanner.model import Verdict
from scanner.status import status
from scanner.texts import LANGUAGES
from scanner.wcag_em import (
    CONTEXT,
    PageResult,
    SamplePage,
    export_earl,
    export_evaluation,
    read_evaluation,
    unique_titles,
)
from tests.law.dossiers import NUMBERS, good

DAY = date(2026, 1, 1)
HOME, NEWS = "https://gemeente.example/", "https://gemeente.example/nieuws/1"
PAGES = (SamplePage(HOME, "Home"), SamplePage(NEWS, "Nieuws", random=True), SamplePage("https://gemeente.example/contact", "Home"))
RESULTS = (PageResult(HOME, "1.1.1", Verdict.FAILED, "img zonder alt"), PageResult(NEWS, "1.1.1", Verdict.PASSED, "gezien", False))
SCAN = ChannelScan("gemeente.example", DAY, (
    CriterionScan("1.4.3", Verdict.FAILED, (FindingFact("F1", "1.4.3", "contrast", "Te weinig contrast", HOME),), 40),
    CriterionScan("2.4.2", Verdict.PASSED, (), 40)), versions={"axe-core": "4.14.1"})

# What the tool adds to its export context when it opens a file, and the types it looks for (read in its source).
IMPORT = {**CONTEXT, "schema": "http://schema.org/", "name": "schema:name", "WebSite": "schema:WebSite", "WebPage": "schema:WebPage",
          "source": {"@id": "dcterms:source", "@type": "@id"}, "testcase": "wcagem:testcase"}
SLUGS = {item.slug: item.number for item in criteria()}


def opened(exported):
    """What the report tool reads from a file: expand, frame the evaluation, frame its assertions, link them to the sample."""
    evaluation = jsonld.frame(jsonld.expand(exported), {"@context": IMPORT, "@type": ["Evaluation", "wcagem:Evaluation"]})
    sample = evaluation["selectSample"]
    pages = [page for part in ("structuredSample", "randomSample") for page in as_list(sample.get(part))]
    by_title = {page["title"]: page for page in pages}
    assert len(by_title) == len(pages), "titles are not unique"
    framed = jsonld.frame(evaluation, {"@context": IMPORT, "@type": ["Assertion", "earl:Assertion"]})
    found = {}
    for item in framed["@graph"]:
        subject = item["subject"]
        where = "site" if "Website" in as_list(subject["type"]) else by_title[subject["title"]]["id"]
        number = SLUGS[item["test"]["id"].split(":")[-1]]
        found[number, where] = (item["result"]["outcome"]["id"], item["result"].get("description", ""))
    return evaluation, pages, found


def as_list(value):
    """JSON-LD shows a list of one as its member."""
    return value if isinstance(value, list) else [] if value is None else [value]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_tool_opens_our_file_and_loses_nothing(lang):
    exported = export_evaluation(status(good(("2.4.7",)), DAY), SCAN, PAGES, RESULTS, lang, evaluator="Anna", baseline="NVDA")
    evaluation, pages, found = opened(json.loads(json.dumps(exported)))
    scope = evaluation["defineScope"]
    assert (scope["wcagVersion"], scope["accessibilitySupportBaseline"]) == ("2.1", "NVDA")
    assert scope["conformanceTarget"] == "AA"
    assert scope["scope"]["title"] == "Gemeente Voorbeeld"
    assert evaluation["reportFindings"]["date"]["@value"] == "2026-01-01"
    assert evaluation["reportFindings"]["evaluator"] == "Anna"
    assert {page["id"] for page in pages} == {page.address for page in PAGES}
    assert {number for number, where in found if where == "site"} == set(NUMBERS)
    assert len(found) == 52
    assert found["2.4.7", "site"][0] == "earl:failed"
    assert found["1.4.3", "site"][0] == "earl:passed" and "Te weinig contrast" in found["1.4.3", "site"][1]
    assert found["1.1.1", HOME] == ("earl:cantTell", f"[{'automatisch' if lang == 'nl' else 'automatic'}] img zonder alt")
    assert found["1.1.1", NEWS] == ("earl:passed", "gezien")


def test_a_scan_never_goes_out_as_passed_or_failed():
    nothing = good(reports=(), research=(), measures=())
    exported = export_evaluation(status(nothing, DAY), SCAN, PAGES, RESULTS, "nl")
    _, _, found = opened(exported)
    assert found["1.4.3", "site"][0] == found["2.4.2", "site"][0] == "earl:cantTell"
    assert found["3.3.1", "site"][0] == "earl:untested"
    confirmed = replace(SCAN, criteria=(replace(SCAN.criteria[0], findings=(replace(SCAN.criteria[0].findings[0], confirmed=True),)),))
    assert opened(export_evaluation(status(nothing, DAY), confirmed, PAGES, (), "nl"))[2]["1.4.3", "site"][0] == "earl:failed"


def test_titles_become_unique_and_addresses_stay_single():
    made = unique_titles((*PAGES, PAGES[0], SamplePage("https://a.example/x", "  "), SamplePage("https://a.example/y", "Home")))
    assert [page.title for page in made] == ["Home", "Nieuws", "Home (2)", "https://a.example/x", "Home (3)"]


def test_what_goes_out_comes_back_as_the_same_research():
    advice = status(good(("2.4.7",)), DAY)
    exported = export_evaluation(advice, None, PAGES, RESULTS, "nl", title="Onderzoek", evaluator="Anna", commissioner="Gemeente")
    audit = read_evaluation(json.dumps(exported), "audit.json", report_id="r9")
    assert {row.criterion: row.verdict for row in audit.verdicts} == {
        number: item.verdict for number, item in advice.facts.current.items()}
    assert (audit.report.id, audit.report.day, audit.report.title, audit.report.researcher, audit.report.edition) == (
        "r9", DAY, "Onderzoek", "Anna", "wcag-2.1")
    assert [page.address for page in audit.pages if page.random] == [NEWS]
    assert [(item.address, item.verdict) for item in audit.results] == [(HOME, Verdict.CANT_TELL), (NEWS, Verdict.PASSED)]
    assert not audit.report.public and not audit.report.checklist_ok, "a person has to say so"
    assert audit.raw == exported


OLD = {"@graph": [{
    "@context": {"@vocab": "http://www.w3.org/TR/WCAG-EM/#"}, "type": "Evaluation", "lang": "nl", "title": "Oud rapport",
    "creator": "_:evaluator", "commissioner": "Gemeente", "essentialFunctionality": "aanvragen", "pageTypeVariety": "artikelen",
    "reliedUponTechnology": [{"title": "HTML5", "id": "http://www.w3.org/TR/html5/"}, {"title": "CSS"}],
    "evaluationScope": {"type": "EvaluationScope", "website": {"id": "_:website", "siteName": "Voorbeeld", "siteScope": "alles"}},
    "structuredSample": {"type": "Sample", "webpage": [{"id": "_:struct_0", "title": "Home", "source": HOME}]},
    "randomSample": {"type": "Sample", "webpage": [{"id": "_:rand_0", "title": "Nieuws", "description": NEWS}]},
    "auditResult": [
        {"type": "Assertion", "test": "WCAG2:non-text-content", "subject": "_:website", "mode": "earl:manual",
         "result": {"outcome": "earl:untested", "description": ""},
         "hasPart": [{"type": "Assertion", "testcase": "WCAG2:non-text-content", "subject": ["_:struct_0"],
                      "result": {"outcome": "earl:failed", "description": "logo zonder tekst", "date": "2020-12-22 11:47:27 +0100"}},
                     {"type": "Assertion", "testcase": "WCAG2:non-text-content", "subject": ["_:rand_0"],
                      "result": {"outcome": "earl:passed", "description": ""}}]},
        {"type": "Assertion", "test": "WCAG2:keyboard", "subject": "_:website", "mode": "earl:manual",
         "result": {"outcome": "earl:inapplicable", "description": "n.v.t."}, "hasPart": []},
        {"type": "Assertion", "test": "WCAG2:sign-language-prerecorded", "subject": "_:website", "mode": "earl:manual",
         "result": {"outcome": "earl:untested"}, "hasPart": []}]},
    {"@context": {"@vocab": "http://xmlns.com/foaf/0.1/"}, "id": "_:evaluator", "type": "Person", "name": "Bert"}]}
"""The shape of the tool's published example files: no date, the evaluator elsewhere in the graph, pages by blank nodes."""


def test_files_of_the_older_tool_come_in_whole():
    audit = read_evaluation(json.dumps(OLD), "oud.json")
    verdicts = {row.criterion: (row.verdict, row.note) for row in audit.verdicts}
    assert verdicts["1.1.1"] == (Verdict.FAILED, "logo zonder tekst"), "the site says nothing, a page fails"
    assert verdicts["2.1.1"] == (Verdict.INAPPLICABLE, "n.v.t.")
    assert verdicts["4.1.3"] == (Verdict.UNTESTED, "")
    assert [(item.address, item.verdict) for item in audit.results] == [(HOME, Verdict.FAILED), (NEWS, Verdict.PASSED)]
    assert audit.skipped == ("WCAG2:sign-language-prerecorded",)
    assert (audit.report.day, audit.report.researcher, audit.site, audit.report.sample_size) == (date(2020, 12, 22), "Bert", "Voorbeeld", 2)
    assert (audit.technologies, audit.functionality, audit.page_types) == (("HTML5", "CSS"), "aanvragen", "artikelen")
    assert audit.raw == OLD


@pytest.mark.parametrize(("content", "key"), [
    ("{", "json"), ("[" * 100_000, "json"), ("{}", "no_evaluation"), ('{"@graph": [3, null]}', "no_evaluation"),
    ('{"type": "Evaluation"}', "no_date"),
    (json.dumps({"type": "Evaluation", "auditSample": [{"test": {"id": "WCAG21:keyboard"}, "result": {"outcome": {"id": "earl:prima"}}}]}), "outcome")])
def test_wrong_files_say_what_to_do(content, key):
    with pytest.raises(ImportFailed) as caught:
        read_evaluation(content, "audit.json")
    assert [item.key for item in caught.value.problems] == [key]
    assert all(item.message(lang).startswith("audit.json") for item in caught.value.problems for lang in LANGUAGES)


def test_flat_earl_is_what_the_tool_can_add():
    exported = export_earl((*RESULTS, PageResult(HOME, "1.1.1", Verdict.CANT_TELL, "twijfel")), "nl")
    framed = jsonld.frame(jsonld.expand(exported), {"@context": IMPORT, "@type": ["Assertion"]})
    assert len(framed["@graph"]) == 2
    for item in framed["@graph"]:
        assert item["test"]["id"] == "WCAG21:non-text-content"
        assert item["subject"]["id"] in (HOME, NEWS)
    home = next(item for item in framed["@graph"] if item["subject"]["id"] == HOME)
    assert home["result"]["description"] == "[automatisch] img zonder alt\ntwijfel"


def test_flat_earl_never_has_a_single_assertion():
    exported = export_earl(RESULTS[:1], "nl")
    assert [item["result"]["outcome"] for item in exported["@graph"]] == ["earl:failed", "earl:untested"]
    with pytest.raises(ValueError, match="no results"):
        export_earl((), "nl")
