"""WCAG-EM Report Tool files: an audit comes in as research, the state of a channel goes out for W3C's tool to open.

Also flat EARL for the tool's "add data from other tests". Everything the tool's import trips over is avoided here:
unique page titles that are the same in sample and assertions, the date as a value object, WCAG 2.1 slugs as ids, the
norm version named, and the origin of each result in its text, because the tool calls every result it opens manual.
A scan's own word is never exported as passed or failed: it becomes `cantTell` with the evidence, so that a person
decides. Source: domain facts, section 3.3.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from scanner.dossier import DECIDED, ChannelScan, Part, Report, ReportKind, ResearchVerdict
from scanner.dossier_files import MAX_BYTES, ImportFailed, ImportProblem
from scanner.frameworks import Edition, edition, editions
from scanner.model import Json, Verdict
from scanner.status import Basis, StatusAdvice
from scanner.texts import text

TOOL_VERSION = "3.0.3"
TECHNOLOGIES = ("HTML", "CSS", "WAI-ARIA", "JavaScript", "SVG", "PDF", "MathML", "Flash", "Silverlight")
"""Titles the tool has in its list; others are left out."""

CONTEXT: Json = {
    "reporter": "http://github.com/w3c/wai-wcag-em-report-tool/",
    "wcagem": "http://www.w3.org/TR/WCAG-EM/#",
    "Evaluation": "wcagem:procedure",
    "defineScope": "wcagem:step1",
    "scope": "wcagem:step1a",
    "step1b": {"@id": "wcagem:step1b", "@type": "@id"},
    "conformanceTarget": "step1b",
    "accessibilitySupportBaseline": "wcagem:step1c",
    "additionalEvaluationRequirements": "wcagem:step1d",
    "exploreTarget": "wcagem:step2",
    "essentialFunctionality": "wcagem:step2b",
    "pageTypeVariety": "wcagem:step2c",
    "technologiesReliedUpon": "wcagem:step2d",
    "selectSample": "wcagem:step3",
    "structuredSample": "wcagem:step3a",
    "randomSample": "wcagem:step3b",
    "Website": "wcagem:website",
    "Webpage": "wcagem:webpage",
    "auditSample": "wcagem:step4",
    "reportFindings": "wcagem:step5",
    "documentSteps": "wcagem:step5a",
    "commissioner": "wcagem:commissioner",
    "evaluator": "wcagem:evaluator",
    "evaluationSpecifics": "wcagem:step5b",
    "WCAG": "http://www.w3.org/TR/WCAG/#",
    "WCAG20": "http://www.w3.org/TR/WCAG20/#",
    "WCAG21": "http://www.w3.org/TR/WCAG21/#",
    "WAI": "http://www.w3.org/WAI/",
    "A": "WAI:WCAG2A-Conformance",
    "AA": "WAI:WCAG2AA-Conformance",
    "AAA": "WAI:WCAG2AAA-Conformance",
    "wcagVersion": "WAI:standards-guidelines/wcag/#versions",
    "reportToolVersion": "wcagem:reportToolVersion",
    "earl": "http://www.w3.org/ns/earl#",
    **{
        name: f"earl:{name}"
        for name in (
            "Assertion",
            "TestMode",
            "TestCriterion",
            "TestCase",
            "TestRequirement",
            "TestSubject",
            "TestResult",
            "OutcomeValue",
            "Pass",
            "Fail",
            "CannotTell",
            "NotApplicable",
            "NotTested",
            "assertedBy",
            "mode",
            "result",
            "subject",
            "test",
            "outcome",
        )
    },
    "dcterms": "http://purl.org/dc/terms/",
    **{name: f"dcterms:{name}" for name in ("title", "description", "summary", "date", "hasPart", "isPartOf")},
    "id": "@id",
    "type": "@type",
    "language": "@language",
}

_OUTCOME_CLASS = {
    Verdict.PASSED: "Pass",
    Verdict.FAILED: "Fail",
    Verdict.CANT_TELL: "CannotTell",
    Verdict.INAPPLICABLE: "NotApplicable",
    Verdict.UNTESTED: "NotTested",
}
_OUTCOME_WORDS = {
    "passed": Verdict.PASSED,
    "pass": Verdict.PASSED,
    "failed": Verdict.FAILED,
    "fail": Verdict.FAILED,
    "canttell": Verdict.CANT_TELL,
    "cannottell": Verdict.CANT_TELL,
    "inapplicable": Verdict.INAPPLICABLE,
    "notapplicable": Verdict.INAPPLICABLE,
    "untested": Verdict.UNTESTED,
    "nottested": Verdict.UNTESTED,
}
_WORST = (Verdict.FAILED, Verdict.CANT_TELL, Verdict.UNTESTED, Verdict.PASSED, Verdict.INAPPLICABLE)


@dataclass(frozen=True, slots=True)
class SamplePage:
    """One page (or document) of the sample, with why it is in it."""

    address: str
    title: str
    random: bool = False
    clause: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class PageResult:
    """What was said of one criterion on one page of the sample."""

    address: str
    criterion: str
    verdict: Verdict
    description: str = ""
    automatic: bool = True


@dataclass(frozen=True, slots=True)
class Audit:
    """An auditor's file: the research it is, and everything else it holds."""

    report: Report
    verdicts: tuple[ResearchVerdict, ...]
    pages: tuple[SamplePage, ...]
    results: tuple[PageResult, ...]
    scope: str = ""
    site: str = ""
    baseline: str = ""
    summary: str = ""
    specifics: str = ""
    technologies: tuple[str, ...] = ()
    requirements: str = ""
    functionality: str = ""
    page_types: str = ""
    skipped: tuple[str, ...] = ()
    """Tests in the file outside the norm set: level AAA and unknown ids; they stay in `raw`."""
    raw: Json = field(default_factory=dict, repr=False)
    """The file as it came, for the record."""


# Out ---------------------------------------------------------------------------------------------------------------


def export_evaluation(
    advice: StatusAdvice,
    scan: ChannelScan | None,
    pages: Sequence[SamplePage],
    results: Sequence[PageResult],
    lang: str,
    *,
    title: str = "",
    evaluator: str = "",
    commissioner: str = "",
    baseline: str = "",
    technologies: Sequence[str] = ("HTML", "CSS", "WAI-ARIA", "JavaScript"),
    summary: str = "",
) -> dict[str, Any]:
    """The state of a channel as one WCAG-EM evaluation. In: status, the scan beside it, sample, page results.

    Verdicts of research and people go out as they are, with their origin. A confirmed finding goes out as failed.
    What only the scan says goes out as `cantTell` with the evidence.
    """
    card = advice.facts.dossier.card
    sample = unique_titles(pages)
    site = {
        "id": "_:subject_0",
        "type": ["TestSubject", "Website"],
        "title": card.name or advice.channel,
        "description": text("law.em.scope", lang, domains=", ".join(card.domains) or advice.channel),
    }
    stamp = f"{advice.day.isoformat()}T00:00:00.000Z"
    by_address = {page.address: page for page in sample}
    assertions = [_site_assertion(number, advice, scan, site, stamp, lang) for number in advice.facts.edition.numbers]
    assertions += [
        _assertion(
            item.criterion,
            advice.facts.edition,
            _page_subject(by_address[item.address]),
            _spoken(item),
            _origin(item.description, item.automatic, lang),
            stamp,
            item.automatic,
            lang,
        )
        for item in results
        if item.address in by_address and item.criterion in advice.facts.edition.numbers
    ]
    return {
        "@context": dict(CONTEXT),
        "language": lang,
        "type": "Evaluation",
        "reportToolVersion": TOOL_VERSION,
        "defineScope": {
            "id": "_:defineScope",
            "scope": site,
            "wcagVersion": advice.facts.edition.wcag,
            "conformanceTarget": advice.facts.edition.conformance,
            "accessibilitySupportBaseline": baseline,
            "additionalEvaluationRequirements": "",
        },
        "exploreTarget": {
            "id": "_:exploreTarget",
            "essentialFunctionality": "",
            "pageTypeVariety": "\n".join(dict.fromkeys(page.reason for page in sample if page.reason)),
            "technologiesReliedUpon": [{"title": name} for name in technologies if name in TECHNOLOGIES],
        },
        "selectSample": {
            "id": "_:selectSample",
            "structuredSample": [_page_subject(page) for page in sample if not page.random],
            "randomSample": [_page_subject(page) for page in sample if page.random],
        },
        "auditSample": assertions,
        "reportFindings": {
            "title": title or text("law.em.title", lang, name=card.name or advice.channel),
            "summary": summary or text("law.em.summary", lang, met=advice.met, total=advice.total, day=advice.day),
            "commissioner": commissioner or card.organisation,
            "evaluator": evaluator,
            "evaluationSpecifics": text("law.em.specifics", lang, versions=_versions(scan)),
            "date": {"type": "http://www.w3.org/TR/NOTE-datetime", "@value": advice.day.isoformat()},
            "documentSteps": [
                {"id": f"_:{step}"} for step in ("about", "defineScope", "exploreTarget", "selectSample")
            ],
        },
    }


def export_earl(results: Sequence[PageResult], lang: str, edition_id: str = "") -> dict[str, Any]:
    """Automatic page results as flat EARL for "add data from other tests". ValueError without results.

    One assertion per page and criterion, at least two in all (the tool takes a single one for none): a lone result
    gets an `untested` of another criterion beside it.
    """
    norm = edition(edition_id)
    kept = [item for item in results if item.criterion in norm.numbers]
    if not kept:
        raise ValueError("there are no results to export")
    if len(kept) == 1:
        other = next(number for number in norm.numbers if number != kept[0].criterion)
        kept.append(PageResult(kept[0].address, other, Verdict.UNTESTED, text("verdict.untested", lang)))
    slugs = {item.number: item.slug for item in norm.criteria}
    return {
        "@context": {
            "WCAG21": "http://www.w3.org/TR/WCAG21/#",
            "earl": "http://www.w3.org/ns/earl#",
            "dct": "http://purl.org/dc/terms/",
            "Assertion": "earl:Assertion",
            "TestResult": "earl:TestResult",
            "result": "earl:result",
            "description": "dct:description",
            **{
                name: {"@id": f"earl:{name}", "@type": "@id"}
                for name in ("test", "assertedBy", "subject", "outcome", "mode")
            },
        },
        "@graph": [
            {
                "@type": "Assertion",
                "assertedBy": "_:scanner",
                "mode": "earl:automatic" if item.automatic else "earl:manual",
                "subject": item.address,
                "test": f"http://www.w3.org/TR/WCAG21/#{slugs[item.criterion]}",
                "result": {
                    "@type": "TestResult",
                    "outcome": f"earl:{item.verdict.value}",
                    "description": _origin(item.description, item.automatic, lang),
                },
            }
            for item in _merged(kept)
        ],
    }


def unique_titles(pages: Iterable[SamplePage]) -> tuple[SamplePage, ...]:
    """The pages, each with a title of its own, because the tool finds pages back by title; each address once."""
    seen: set[str] = set()
    addresses: set[str] = set()
    found = []
    for page in pages:
        if page.address in addresses:
            continue
        addresses.add(page.address)
        wanted = " ".join(page.title.split())[:200] or page.address
        title, number = wanted, 1
        while title in seen:
            number += 1
            title = f"{wanted} ({number})"
        seen.add(title)
        found.append(replace(page, title=title))
    return tuple(found)


def _merged(results: Sequence[PageResult]) -> Iterator[PageResult]:
    """One result per page and criterion: the worst verdict, all descriptions."""
    groups: dict[tuple[str, str], list[PageResult]] = {}
    for item in results:
        groups.setdefault((item.address, item.criterion), []).append(item)
    for group in groups.values():
        worst = min(group, key=lambda item: _WORST.index(item.verdict))
        yield replace(
            worst, description="\n".join(dict.fromkeys(item.description for item in group if item.description))
        )


def _spoken(item: PageResult) -> Verdict:
    """What may be said in an evaluation: an automatic pass or failure becomes a question to a person."""
    return Verdict.CANT_TELL if item.automatic and item.verdict in DECIDED else item.verdict


def _site_assertion(
    number: str, advice: StatusAdvice, scan: ChannelScan | None, site: Json, stamp: str, lang: str
) -> dict[str, Any]:
    current, seen = advice.facts.current[number], scan.of(number) if scan else None
    lines = []
    automatic = False
    verdict = current.verdict
    if current.basis in (Basis.RESEARCH, Basis.HUMAN):
        lines.append(text(f"law.em.basis.{current.basis.value}", lang, source=current.source, day=current.day))
        lines += [current.note] if current.note else []
    elif current.basis is Basis.POLICY:
        lines.append(text("law.parsing_errata", lang, criterion=number))
    elif seen is not None and seen.verdict is not Verdict.UNTESTED:
        verdict, automatic = Verdict.CANT_TELL, True
    if seen is not None and seen.confirmed and verdict is not Verdict.FAILED:
        verdict, automatic = Verdict.FAILED, False
        lines.append(text("law.em.confirmed", lang, findings="; ".join(item.title for item in seen.confirmed[:10])))
    if seen is not None and seen.verdict is not Verdict.UNTESTED:
        said = text(f"verdict.{seen.verdict.value}", lang)
        lines.append(
            text("law.em.scan", lang, verdict=said, pages=seen.pages_looked, day=scan.day if scan else advice.day)
        )
        lines += [f"- {item.title} ({item.address})" for item in seen.unconfirmed[:10]]
    return _assertion(number, advice.facts.edition, site, verdict, "\n".join(lines), stamp, automatic, lang)


def _assertion(
    number: str,
    norm: Edition,
    subject: Json,
    verdict: Verdict,
    description: str,
    stamp: str,
    automatic: bool,
    lang: str,
) -> dict[str, Any]:
    slug = next(item.slug for item in norm.criteria if item.number == number)
    return {
        "type": "Assertion",
        "date": stamp,
        "mode": {"type": "TestMode", "@value": "earl:automatic" if automatic else "earl:manual"},
        "result": {
            "type": "TestResult",
            "date": stamp,
            "description": description,
            "outcome": {
                "id": f"earl:{verdict.value}",
                "type": ["OutcomeValue", _OUTCOME_CLASS[verdict]],
                "title": text(f"law.em.outcome.{verdict.value}", lang),
            },
        },
        "subject": dict(subject),
        "test": {"id": f"WCAG21:{slug}", "type": ["TestCriterion", "TestRequirement"], "date": stamp},
    }


def _page_subject(page: SamplePage) -> dict[str, Any]:
    return {"id": page.address, "type": ["TestSubject", "Webpage"], "title": page.title, "description": page.address}


def _origin(description: str, automatic: bool, lang: str) -> str:
    return f"{text('law.em.automatic', lang)} {description}".strip() if automatic else description


def _versions(scan: ChannelScan | None) -> str:
    return ", ".join(f"{name} {version}" for name, version in scan.versions.items()) if scan else ""


# In ----------------------------------------------------------------------------------------------------------------


def read_evaluation(
    content: bytes | str, file: str, *, report_id: str = "", parts: Sequence[Part] = (), domains: Sequence[str] = ()
) -> Audit:
    """An auditor's WCAG-EM Report Tool file (version 3, or the older 2) as research. ImportFailed says what is wrong.

    The verdict per criterion is the one on the website as a whole; where that is missing or untested, the worst one
    of the pages counts if it is a failure. A person still has to fill in the public link and the checklist.
    """
    if len(content) > MAX_BYTES:
        raise ImportFailed([ImportProblem(file, 0, "", "too_large", expected=str(MAX_BYTES // 1_000_000))])
    try:
        raw = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise ImportFailed(
            [ImportProblem(file, getattr(error, "lineno", 0), str(getattr(error, "colno", "")), "json", str(error))]
        ) from error
    evaluation = _evaluation(raw)
    if evaluation is None:
        raise ImportFailed([ImportProblem(file, 0, "type", "no_evaluation")])
    scope = _dict(evaluation.get("defineScope")) or _dict(evaluation.get("evaluationScope"))
    findings, explored = _dict(evaluation.get("reportFindings")), _dict(evaluation.get("exploreTarget"))
    norm = _norm(scope)
    slugs = {item.slug: item.number for name in editions() for item in edition(name).criteria}
    pages = _pages(evaluation)
    by_id = {key: page for page, ids in pages for key in ids}
    site: dict[str, list[tuple[Verdict, str]]] = {}
    results: list[PageResult] = []
    skipped: list[str] = []
    problems: list[ImportProblem] = []
    modes: set[str] = set()
    for index, (test, subject, verdict, description, mode) in enumerate(
        _assertions(evaluation.get("auditSample", evaluation.get("auditResult")))
    ):
        number = slugs.get(test.rsplit(":", 1)[-1].rsplit("#", 1)[-1])
        if number is None or number not in norm.numbers:
            skipped.append(test)
            continue
        if verdict is None:
            problems.append(
                ImportProblem(
                    file, index + 1, number, "outcome", description, ", ".join(item.value for item in Verdict)
                )
            )
            continue
        modes.add(mode)
        page = next((by_id[key] for key in subject if key in by_id), None)
        if page is None:
            site.setdefault(number, []).append((verdict, description))
        else:
            results.append(PageResult(page.address, number, verdict, description, automatic=mode.endswith("automatic")))
    if problems:
        raise ImportFailed(problems)
    day = _day(findings.get("date", evaluation.get("date"))) or max(_result_days(evaluation), default=None)
    if day is None:
        raise ImportFailed([ImportProblem(file, 0, "date", "no_date", _words(findings.get("date")))])
    name = report_id or f"wcag-em-{day.isoformat()}"
    found_site = _dict(scope.get("scope")) or _dict(scope.get("website"))
    sample = tuple(dict.fromkeys(page for page, _ in pages))
    report = Report(
        id=name,
        day=day,
        kind=ReportKind.FULL,
        title=_words(findings.get("title", evaluation.get("title"))),
        method="WCAG-EM",
        has_manual=any(not mode.endswith("automatic") for mode in modes),
        edition=norm.id,
        parts=tuple(parts),
        domains=tuple(domains),
        researcher=_words(findings.get("evaluator")) or _creator(evaluation, raw),
        sample_size=len(sample),
        recording="WCAG-EM Report Tool JSON",
        commissioner=_words(findings.get("commissioner", evaluation.get("commissioner"))),
    )
    return Audit(
        report,
        tuple(_research(name, norm, site, results)),
        sample,
        tuple(results),
        scope=_words(found_site.get("description", found_site.get("siteScope"))),
        site=_words(found_site.get("title", found_site.get("siteName"))),
        baseline=_words(scope.get("accessibilitySupportBaseline")),
        summary=_words(findings.get("summary", evaluation.get("summary"))),
        specifics=_words(findings.get("evaluationSpecifics", evaluation.get("specifics"))),
        technologies=tuple(
            _words(_dict(item).get("title")) or _words(item)
            for item in _list(explored.get("technologiesReliedUpon", evaluation.get("reliedUponTechnology")))
        ),
        requirements=_words(scope.get("additionalEvaluationRequirements", scope.get("additionalEvalRequirement"))),
        functionality=_words(explored.get("essentialFunctionality", evaluation.get("essentialFunctionality"))),
        page_types=_words(explored.get("pageTypeVariety", evaluation.get("pageTypeVariety"))),
        skipped=tuple(dict.fromkeys(skipped)),
        raw=raw,
    )


def _research(
    report: str, norm: Edition, site: Mapping[str, Sequence[tuple[Verdict, str]]], results: Sequence[PageResult]
) -> Iterator[ResearchVerdict]:
    for number in norm.numbers:
        said = [item for item in site.get(number, ()) if item[0] is not Verdict.UNTESTED]
        failed = [
            (item.verdict, item.description)
            for item in results
            if item.criterion == number and item.verdict is Verdict.FAILED
        ]
        chosen = min(said or failed or [(Verdict.UNTESTED, "")], key=lambda item: _WORST.index(item[0]))
        yield ResearchVerdict(report, number, chosen[0], chosen[1])


def _evaluation(raw: Any) -> dict[str, Any] | None:
    """The evaluation object, at the top (version 3) or in the graph (version 2)."""
    for item in [raw, *_list(_dict(raw).get("@graph")), *(raw if isinstance(raw, list) else [])]:
        kinds = _list(_dict(item).get("type", _dict(item).get("@type")))
        if any(str(kind).rsplit(":", 1)[-1] in ("Evaluation", "procedure") for kind in kinds):
            return _dict(item)
    return None


def _norm(scope: Mapping[str, Any]) -> Edition:
    """The norm set the audit names; without a version it is a file of before the tool knew 2.2."""
    version = _words(scope.get("wcagVersion"))
    return next((edition(name) for name in editions() if edition(name).wcag == version), edition())


def _pages(evaluation: Mapping[str, Any]) -> list[tuple[SamplePage, tuple[str, ...]]]:
    """Pages of both samples with every name under which assertions may mean them."""
    sample = _dict(evaluation.get("selectSample")) or evaluation
    found = []
    for name, random in (("structuredSample", False), ("randomSample", True)):
        part = sample.get(name)
        entries = _dict(part).get("webpage", part)
        for entry in _list(entries):
            page = _dict(entry)
            title = _words(page.get("title"))
            described = _words(page.get("source")) or _words(page.get("description"))
            ident = _words(page.get("id", page.get("@id")))
            address = next(
                (item for item in (described, ident) if item.startswith(("http://", "https://"))),
                described or ident or title,
            )
            if address:
                ids = tuple(key for key in (ident, title and f"title:{title}", described) if key)
                found.append((SamplePage(address, title or address, random), ids))
    return found


def _assertions(
    raw: Any, parent_test: str = "", depth: int = 0
) -> Iterator[tuple[str, tuple[str, ...], Verdict | None, str, str]]:
    """Every assertion as (test, names of the subject, verdict or None, description, mode), nested ones too."""
    for entry in _list(raw):
        item = _dict(entry)
        if not item:
            continue
        test = (
            _words(_dict(item.get("test")).get("id"))
            or _words(item.get("test"))
            or _words(item.get("testcase"))
            or parent_test
        )
        result = _dict(item.get("result"))
        outcome = _words(_dict(result.get("outcome")).get("id")) or _words(result.get("outcome"))
        verdict = _OUTCOME_WORDS.get(outcome.rsplit(":", 1)[-1].rsplit("#", 1)[-1].lower())
        mode = _words(_dict(item.get("mode")).get("@value")) or _words(item.get("mode")) or "earl:manual"
        description = _words(result.get("description")) if verdict is not None else outcome
        if outcome or result:
            for subject in _list(item.get("subject")) or [""]:
                names = _dict(subject)
                yield (
                    test,
                    tuple(
                        key
                        for key in (
                            _words(names.get("id", names.get("@id"))) or _words(subject),
                            names and f"title:{_words(names.get('title'))}",
                            _words(names.get("description")),
                        )
                        if key
                    ),
                    verdict,
                    description,
                    mode,
                )
        if depth < 3:
            yield from _assertions(item.get("hasPart"), test, depth + 1)


def _creator(evaluation: Mapping[str, Any], raw: Any) -> str:
    """The evaluator of an older file: a name, or a reference to a person elsewhere in the graph."""
    creator = evaluation.get("creator", evaluation.get("dcterms:creator"))
    named = _dict(creator) or next(
        (
            item
            for item in map(_dict, _list(_dict(raw).get("@graph")))
            if creator and item.get("id", item.get("@id")) == creator
        ),
        {},
    )
    return _words(named.get("name", named.get("http://xmlns.com/foaf/0.1/name"))) or _words(creator).removeprefix("_:")


def _result_days(evaluation: Mapping[str, Any]) -> Iterator[date]:
    """The days on which results were written down: older files have no date of their own."""
    waiting = _list(evaluation.get("auditSample", evaluation.get("auditResult")))
    for entry in waiting:
        item = _dict(entry)
        for part in (item, *map(_dict, _list(item.get("hasPart")))):
            day = _day(_dict(part.get("result")).get("date"))
            if day is not None:
                yield day


def _day(raw: Any) -> date | None:
    written = _words(_dict(raw).get("@value")) or _words(raw)
    for form, length in (("%Y-%m-%d", 10), ("%a %b %d %Y", 15)):
        try:
            return datetime.strptime(written[:length].strip(), form).date()
        except ValueError:
            continue
    return None


def _dict(raw: Any) -> dict[str, Any]:
    return raw if isinstance(raw, dict) else {}


def _list(raw: Any) -> list[Any]:
    return raw if isinstance(raw, list) else [] if raw is None else [raw]


def _words(raw: Any) -> str:
    """Text of a value: plain, a value object, or the first of a list."""
    if isinstance(raw, list):
        return _words(raw[0]) if raw else ""
    if isinstance(raw, dict):
        return _words(raw.get("@value"))
    return raw.strip() if isinstance(raw, str) else str(raw) if isinstance(raw, (int, float)) else ""
