"""Checks a published statement: present, found within two clicks, its fields, its dates, its links.

Pure: fetching is done elsewhere. In: the fetched page of the statement, what became of its links and mail domains,
and the clicks from the home page. Out: one `Point` per requirement, each met, not met or not to be told, with what
was seen. Knows the register's microdata (both generations) and, where a municipality wrote its own page, the Dutch
and English wording. A page is hostile input: it is parsed without network or entities and cut to size. Source: domain
facts, sections 1.6, 2.2 and 2.3.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from urllib.parse import unquote, urljoin, urlsplit

from lxml import etree, html

from scanner.dossier import LinkResult, add_months
from scanner.frameworks import Framework
from scanner.model import Verdict
from scanner.status import Reason

MAX_CHARACTERS = 3_000_000
MAX_CLICKS = 2

MONTHS = {
    name: index
    for names in (
        "januari februari maart april mei juni juli augustus september oktober november december",
        "january february march april may june july august september october november december",
    )
    for index, name in enumerate(names.split(), 1)
}
_MONTH_NAMES = "|".join(sorted(MONTHS, key=len, reverse=True))


@dataclass(frozen=True, slots=True)
class FetchedStatement:
    """The published statement as it was fetched, with what was learnt around it."""

    address: str
    status: int
    content: str = ""
    clicks: int | None = None
    """Fewest clicks from the home page; None when the crawl did not come upon it."""
    links: tuple[LinkResult, ...] = ()
    """What became of the links in it, by absolute address; mail addresses as `mailto:…` (does the domain take mail)."""


@dataclass(frozen=True, slots=True)
class Point:
    """One requirement: `passed`, `failed` or `cantTell`, what was seen, and the catalogue sentence."""

    id: str
    verdict: Verdict
    text: Reason


@dataclass(frozen=True, slots=True)
class ReadStatement:
    """What could be read from a statement page."""

    status: str = ""
    updated_on: date | None = None
    annotation: str = ""
    report_links: tuple[str, ...] = ()
    mail: tuple[str, ...] = ()
    links: tuple[str, ...] = ()
    failed_criteria: tuple[str, ...] = ()
    microdata: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    text: str = ""


FIELDS: Mapping[str, tuple[tuple[str, ...], str]] = {
    "status": (
        ("nalevingsstatus", "data-compliance_result"),
        r"nalevingsstatus|voldoet (volledig|gedeeltelijk|niet)|eerste maatregelen|"
        r"(fully|partially|not( yet)?) compliant",
    ),
    "scope": (("website-url", "data-application_domain"), r"van toepassing op|gaat over|applies to|is about"),
    "research": (
        ("onderzoeksresultaat-url", "result-date"),
        r"onderzoeksresultaten|onderzoeksrapport|onderbouwing|evaluation report|evidence",
    ),
    "deviations": (
        ("sc-onvoldoende",),
        r"afwijkingen|niet-toegankelijke inhoud|non-accessible content|toegankelijkheidsissues",
    ),
    "feedback": ((), r"feedback|contactgegevens|contact opnemen|contact details"),
    "enforcement": ((), r"ombudsman|handhaving|enforcement"),
    "approval": (("data-agreement_date",), r"akkoord|ondertekend|functie|endorse|approv"),
}
"""Parts of a statement: register names, and the wording by which a page of one's own is recognised."""


def check(fetched: FetchedStatement, day: date, framework: Framework) -> tuple[Point, ...]:
    """Every requirement, in the order in which people repair them."""
    if not 200 <= fetched.status < 300 or not fetched.content.strip():
        return (Point("present", Verdict.FAILED, Reason("statement.check_page.absent", {"status": fetched.status})),)
    found = read(fetched)
    return (
        Point("present", Verdict.PASSED, Reason("statement.check_page.present", {"address": fetched.address})),
        _clicks(fetched),
        *_fields(found),
        _age(found, day, framework),
        *_report_links(found, fetched),
        *_links(found, fetched),
        _annotation(found),
    )


def read(fetched: FetchedStatement) -> ReadStatement:
    """The statement's facts, from microdata where there is any, else from its words."""
    tree = _tree(fetched.content)
    if tree is None:
        return ReadStatement()
    micro: dict[str, list[str]] = {}
    for element in tree.xpath("//*[@itemprop]")[:2000]:
        value = element.get("content") or element.get("datetime") or element.get("href") or _words(element)
        for name in element.get("itemprop", "").split():
            micro.setdefault(name, []).append(value.strip())
    text = _words(tree)
    hrefs = (item.strip() for item in tree.xpath("//a/@href")[:5000])
    addresses = [whole for item in hrefs if item and (whole := joined(fetched.address, item))]
    mail = tuple(
        dict.fromkeys(unquote(urlsplit(item).path) for item in addresses if item.lower().startswith("mailto:"))
    )
    outward = [item.split("#")[0] for item in addresses if item.lower().startswith(("http://", "https://"))]
    links = tuple(dict.fromkeys(item for item in outward if item != fetched.address))
    reports = micro.get("onderzoeksresultaat-url") or [
        link.get("href", "").strip()
        for link in tree.iter("a")
        if re.search(r"rapport|onderzoek|inspectie|audit|report", _words(link), re.IGNORECASE) and link.get("href")
    ]
    return ReadStatement(
        status=_status(micro, text),
        updated_on=_updated(micro, text),
        annotation=(micro.get("onderbouwingcontrole") or [""])[0],
        report_links=tuple(dict.fromkeys(filter(None, (joined(fetched.address, item) for item in reports)))),
        mail=mail,
        links=links,
        failed_criteria=tuple(re.findall(r"\b\d\.\d\.\d{1,2}\b", " ".join(micro.get("sc-onvoldoende", ())))),
        microdata={name: tuple(values) for name, values in micro.items()},
        text=text,
    )


def joined(base: str, address: str) -> str:
    """An address of the page in full; empty when it is none."""
    try:
        whole = urljoin(base, address)
        urlsplit(whole)
    except ValueError:
        return ""
    return whole


def _clicks(fetched: FetchedStatement) -> Point:
    if fetched.clicks is None:
        return Point("reachable", Verdict.CANT_TELL, Reason("statement.check_page.clicks_unknown"))
    near = fetched.clicks <= MAX_CLICKS
    return Point(
        "reachable",
        Verdict.PASSED if near else Verdict.FAILED,
        Reason(
            "statement.check_page.clicks" if near else "statement.check_page.clicks_far", {"clicks": fetched.clicks}
        ),
    )


def _fields(found: ReadStatement) -> Iterator[Point]:
    for name, (props, wording) in FIELDS.items():
        if name == "deviations" and found.status in ("A", "C", "D"):
            continue
        there = any(any(found.microdata.get(prop, ())) for prop in props) or bool(
            re.search(wording, found.text, re.IGNORECASE)
        )
        yield Point(
            f"field-{name}",
            Verdict.PASSED if there else Verdict.FAILED,
            Reason(f"statement.check_page.field.{name}" if there else f"statement.check_page.no_field.{name}"),
        )


def _age(found: ReadStatement, day: date, framework: Framework) -> Point:
    if found.updated_on is None:
        return Point("updated", Verdict.CANT_TELL, Reason("statement.check_page.no_date"))
    months = framework.terms.statement_review_months
    fresh = day < add_months(found.updated_on, months)
    return Point(
        "updated",
        Verdict.PASSED if fresh else Verdict.FAILED,
        Reason(
            "statement.check_page.fresh" if fresh else "statement.check_page.old",
            {"day": found.updated_on, "months": months},
        ),
    )


def _report_links(found: ReadStatement, fetched: FetchedStatement) -> Iterator[Point]:
    if not found.report_links:
        if found.status in ("A", "B"):
            yield Point("reports", Verdict.FAILED, Reason("statement.check_page.no_reports"))
        return
    results = {item.address: item for item in fetched.links}
    for address in found.report_links:
        result = results.get(address)
        named = {"address": address}
        if result is None:
            yield Point("report", Verdict.CANT_TELL, Reason("statement.check_page.report_untried", named))
        elif not result.ok:
            yield Point(
                "report", Verdict.FAILED, Reason("statement.check_page.report_dead", {**named, "status": result.status})
            )
        elif not _direct(address, result):
            yield Point(
                "report",
                Verdict.FAILED,
                Reason("statement.check_page.report_indirect", {**named, "end": result.final_address or address}),
            )
        else:
            yield Point("report", Verdict.PASSED, Reason("statement.check_page.report_direct", named))


def _direct(address: str, result: LinkResult) -> bool:
    """The link leads to one report itself: not to a home page, an overview by its name, or a login."""
    end = urlsplit(result.final_address or address)
    if end.path.strip("/") == "" and not end.query:
        return False
    last = end.path.rstrip("/").rsplit("/", 1)[-1].lower()
    overview = re.fullmatch(
        r"(rapporten|onderzoeken|downloads?|documenten|reports|publicaties|login|inloggen|aanmelden)", last
    )
    return overview is None


def _links(found: ReadStatement, fetched: FetchedStatement) -> Iterator[Point]:
    results = {item.address: item for item in fetched.links}
    wanted = [*found.links, *(f"mailto:{item}" for item in found.mail)]
    dead = [
        results[item] for item in wanted if item in results and not results[item].ok and item not in found.report_links
    ]
    for item in dead:
        yield Point(
            "link",
            Verdict.FAILED,
            Reason(
                "statement.check_page.dead",
                {"address": item.address.removeprefix("mailto:"), "why": item.reason or str(item.status)},
            ),
        )
    if not dead:
        tried = sum(item in results for item in wanted)
        verdict = Verdict.PASSED if tried == len(wanted) and wanted else Verdict.CANT_TELL
        yield Point("link", verdict, Reason("statement.check_page.links", {"tried": tried, "total": len(wanted)}))


def _annotation(found: ReadStatement) -> Point:
    bad = "ontoereikend" in found.annotation.lower()
    if not found.annotation:
        return Point("annotation", Verdict.CANT_TELL, Reason("statement.check_page.no_annotation"))
    return Point(
        "annotation",
        Verdict.FAILED if bad else Verdict.PASSED,
        Reason("statement.check_page.annotation", {"annotation": found.annotation}),
    )


def _status(micro: Mapping[str, Sequence[str]], text: str) -> str:
    for name in ("nalevingsstatus", "data-compliance_result"):
        spoken = re.search(r"\b([A-E])\b", " ".join(micro.get(name, ())))
        if spoken:
            return spoken[1]
    words = " ".join([*micro.get("nalevingsstatus", ()), *micro.get("data-compliance_result", ()), text]).lower()
    for letter, wording in (
        ("A", r"voldoet volledig|status a\b|fully compliant"),
        ("B", r"voldoet gedeeltelijk|status b\b|partially compliant"),
        ("C", r"eerste maatregelen|status c\b"),
        ("D", r"voldoet niet\b|status d\b|not( yet)? compliant"),
    ):
        if re.search(wording, words):
            return letter
    return ""


def _updated(micro: Mapping[str, Sequence[str]], text: str) -> date | None:
    for name in ("bewerkdatum", "data-agreement_date"):
        found = [day for value in micro.get(name, ()) if (day := read_date(value))]
        if found:
            return max(found)
    spoken = re.compile(
        r"(laatst (bijgewerkt|herzien|gewijzigd)|datum van de verklaring|last (updated|reviewed))(.{0,60})",
        re.IGNORECASE,
    )
    days = [day for match in spoken.finditer(text) if (day := read_date(match[4]))]
    return max(days, default=None)


def read_date(written: str) -> date | None:
    """The first date in a piece of text: `2026-03-01`, `1-3-2026` or `1 maart 2026`."""
    for pattern, order in (
        (r"(\d{4})-(\d{1,2})-(\d{1,2})", (1, 2, 3)),
        (r"(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})", (3, 2, 1)),
        (rf"(\d{{1,2}})\s+({_MONTH_NAMES})\s+(\d{{4}})", (3, 2, 1)),
        (rf"({_MONTH_NAMES})\s+(\d{{1,2}}),?\s+(\d{{4}})", (3, 1, 2)),
    ):
        match = re.search(pattern, written, re.IGNORECASE)
        if match:
            year, month, day = (match[index] for index in order)
            try:
                return date(int(year), MONTHS.get(month.lower()) or int(month), int(day))
            except ValueError:
                return None
    return None


def _tree(content: str) -> html.HtmlElement | None:
    try:
        return html.document_fromstring(
            content[:MAX_CHARACTERS], parser=html.HTMLParser(no_network=True, encoding="utf-8")
        )
    except (etree.ParserError, ValueError):
        return None


def _words(element: html.HtmlElement) -> str:
    return " ".join(" ".join(part for part in element.itertext() if isinstance(part, str)).split())[:MAX_CHARACTERS]
