"""A channel's scan for machines: everything as JSON, SARIF 2.1.0, JUnit XML, EARL 1.0 as JSON-LD, and the addresses
as CSV.

In: `Material`. Out: files in a folder, the same in every language but for the words (`lang`). Texts of scanned sites
are bounded and clean; nothing is interpreted. Sources: SARIF 2.1.0 (OASIS), the JUnit format as junitparser reads it,
EARL 1.0 Schema and WCAG-EM's use of it.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import quote
from xml.etree import ElementTree

from reports.material import TO_REPAIR, Hole, Material
from reports.whole import write_whole
from reports.words import Shown, ShownPlace, address, cell, clean, criterion_name, one_line, place, question, shown
from scanner.findings import Example, Finding, Life, Night
from scanner.model import Verdict
from scanner.texts import text

SARIF_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
_LEVEL = {"critical": "error", "serious": "error", "moderate": "warning", "minor": "note"}
_BASELINE = {
    Life.NEW: "new",
    Life.REOPENED: "new",
    Life.OPEN: "unchanged",
    Life.NOT_RETESTED: "unchanged",
    Life.FIXED: "absent",
    Life.ACCEPTED: "unchanged",
    Life.FALSE_ALARM: "unchanged",
}
SARIF_PLACES = 5
"""Locations per result; all are in scan.json."""


def write(material: Material, folder: Path, lang: str) -> list[Path]:
    """Writes all files for machines; returns them."""
    folder.mkdir(parents=True, exist_ok=True)
    said = in_words(material, lang)
    return [
        write_json(material, folder / "scan.json", lang, said),
        write_whole(folder / "sarif.json", json.dumps(sarif(material, lang, said), ensure_ascii=True).encode()),
        write_whole(folder / "junit.xml", junit(material, lang)),
        write_whole(folder / "earl.json", json.dumps(earl(material, lang, said), ensure_ascii=True).encode()),
        write_whole(folder / "addresses.csv", addresses_csv(material, lang)),
    ]


def in_words(material: Material, lang: str) -> Sequence[Shown]:
    """All findings with all their places, for the files that tell of each: the dearest part, so it is done once."""
    return [shown(finding, lang, len(finding.examples)) for finding in material.findings]


# Everything


def write_json(material: Material, path: Path, lang: str, said: Sequence[Shown] | None = None) -> Path:
    """Everything about the channel; one finding a line, so that it can be read as a whole or line by line."""
    part = path.with_name(path.name + ".part")
    with part.open("w", encoding="utf-8") as out:
        out.write(json.dumps(_head(material, lang), ensure_ascii=True)[:-1] + ', "findings": [\n')
        for number, item in enumerate(said or in_words(material, lang)):
            out.write((",\n" if number else "") + json.dumps(finding_object(item), ensure_ascii=True))
        out.write("\n]}\n")
    part.replace(path)
    return path


def _head(m: Material, lang: str) -> dict[str, Any]:
    scan = m.scan
    return {
        "format": 1,
        "language": lang,
        "organisation": one_line(m.organisation),
        "channel": m.channel,
        "name": one_line(m.name),
        "address": m.address,
        "target": m.target,
        "made": m.made.isoformat(),
        "scan": {
            "number": scan.number,
            "kind": scan.kind,
            "started": scan.started.isoformat(),
            "finished": scan.finished.isoformat() if scan.finished else None,
            "complete": scan.complete,
            "versions": dict(scan.versions),
            "settings": {k: v for k, v in scan.settings.items() if isinstance(v, (str, int, float, bool))},
        },
        "coverage": {"looked": m.looked, "deep": m.deep_pages, "addresses": dict(m.ledger)},
        "criteria": [
            {
                "number": v.criterion.number,
                "level": v.criterion.level.value,
                "clause": v.criterion.clause,
                "name": criterion_name(v.criterion, lang),
                "verdict": v.verdict.value,
                "failures": v.failures,
                "questions": v.questions,
                "pages": {verdict.value: count for verdict, count in v.pages.items()},
                "reasons": [one_line(r) for r in v.reasons],
            }
            for v in m.verdicts
        ],
        "night": _night(m.night) if m.night else None,
        "questions": [
            {
                "criterion": a.criterion,
                "rule": one_line(a.rule, 80),
                "places": a.count,
                "pages": a.pages,
                "question": question(a.rule, a.criterion, lang, a.examples[0].values if a.examples else {}),
                "examples": [_example(e, place(e, lang)) for e in a.examples],
            }
            for a in m.asked
        ],
        "not_seen": [
            {"address": address(r.url), "state": r.state, "reason": one_line(r.reason), "found_on": address(r.found_on)}
            for r in m.not_seen
        ],
        "frames_not_entered": [_hole(h) for h in m.frames],
        "prevented": [_hole(h) for h in m.prevented],
        "not_loaded": [_hole(h) for h in m.not_loaded],
        "trend": [
            {"day": t.day.isoformat(), "scan": t.scan, "open": t.open, "new": t.new, "fixed": t.fixed, "pages": t.pages}
            for t in m.trend
        ],
        "exempted": [
            {
                "ground": e.ground,
                "reason": one_line(e.reason, 500),
                "what": one_line(e.what),
                "findings": [finding_object(shown(f, lang, len(f.examples))) for f in e.findings],
            }
            for e in m.exempted
        ],
    }


def _night(night: Night) -> dict[str, Any]:
    """Ids of the sets; the findings themselves stand under `findings`."""
    sets = (
        "new",
        "fixed",
        "reopened",
        "not_retested",
        "seems_fixed",
        "accepted",
        "false_alarms",
        "tool_new",
        "tool_gone",
    )
    return {
        "before": night.before,
        **{name: [one_line(f.id, 40) for f in getattr(night, name)] for name in sets},
        "held_back": night.held_back,
        "unchanged": len(night.unchanged),
        "tool_changes": [[c.name, one_line(c.before), one_line(c.after)] for c in night.tool_changes],
        "flips": [{"rule": f.rule, "seen": f.seen, "flips": f.flips, "held": f.held} for f in night.flips],
    }


def _hole(hole: Hole) -> dict[str, Any]:
    return {
        "what": address(hole.what),
        "reason": one_line(hole.reason),
        "pages": hole.count,
        "examples": [address(url) for url in hole.pages],
    }


def _example(example: Example, spot: ShownPlace) -> dict[str, Any]:
    box = example.place.box if example.place else None
    return {
        "address": spot.address,
        "state": one_line(example.state, 80),
        "viewport": spot.viewport,
        "selector": spot.selector,
        "snippet": spot.snippet,
        "frame": spot.frame,
        "region": one_line(example.place.region, 30) if example.place else "",
        "box": list(box) if box else None,
        "details": {name: value for name, value, _ in spot.details},
        "replay": list(spot.replay),
        "picture": spot.picture,
    }


def finding_object(item: Shown) -> dict[str, Any]:
    """One finding with everything."""
    finding = item.finding
    mark = finding.mark
    return {
        "id": item.id,
        "rule": one_line(finding.rule, 80),
        "criterion": finding.criterion,
        "clause": item.criterion.clause,
        "title": item.title,
        "own_words": not item.general,
        "life": finding.life.value,
        "strictness": finding.strictness,
        "severity": finding.severity.value,
        "severity_because": list(item.because),
        "owner": {"id": finding.owner.id, "name": item.owner if finding.owner.id else "", "kind": finding.owner.kind},
        "kind": finding.kind,
        "region": one_line(finding.region, 30),
        "component": one_line(finding.component),
        "cause": finding.cause,
        "first_seen": finding.first_seen.isoformat(),
        "last_seen": finding.last_seen.isoformat(),
        "fixed_on": finding.fixed_on.isoformat() if finding.fixed_on else None,
        "reopened_on": finding.reopened_on.isoformat() if finding.reopened_on else None,
        "deadline": finding.deadline.isoformat() if finding.deadline else None,
        "overdue": finding.overdue,
        "seems_fixed": finding.seems_fixed,
        "mark": {
            "life": mark.life.value,
            "by": one_line(mark.by),
            "on": mark.on.isoformat(),
            "reason": one_line(mark.reason, 500),
            "until": mark.until.isoformat() if mark.until else None,
        }
        if mark
        else None,
        "notes": list(item.notes),
        "share": round(finding.share, 4),
        "places": finding.places,
        "pages": [address(url) for url in finding.pages],
        "examples": [_example(*both) for both in zip(finding.examples, item.places, strict=True)],
        "history": [
            {"at": e.at.isoformat(), "event": one_line(e.what, 40), "scan": e.scan, "by": one_line(e.by, 100)}
            for e in finding.history
        ],
    }


# SARIF


def sarif(material: Material, lang: str, said: Sequence[Shown] | None = None) -> dict[str, Any]:
    """SARIF 2.1.0: a rule per rule, a result per finding; what people set apart is suppressed, not left out."""
    index: dict[str, int] = {}
    rules: list[dict[str, Any]] = []
    results: list[dict[str, Any]] = []
    for item in said or in_words(material, lang):
        finding = item.finding
        rule = one_line(finding.rule, 80)
        if rule not in index:
            index[rule] = len(rules)
            rules.append(
                {
                    "id": rule,
                    "shortDescription": {"text": item.title},
                    "fullDescription": {"text": item.why},
                    "help": {"text": item.cure},
                    "helpUri": item.criterion.understanding_url,
                    "properties": {
                        "tags": [
                            "accessibility",
                            f"WCAG {item.criterion.number}",
                            f"EN 301 549 {item.criterion.clause}",
                        ]
                    },
                }
            )
        result: dict[str, Any] = {
            "ruleId": rule,
            "ruleIndex": index[rule],
            "level": _LEVEL[finding.severity.value],
            "kind": "fail" if finding.strictness == "w3c" else "review",
            "message": {"text": f"{item.id}: {item.title}. {item.cure}"},
            "guid": _guid(material.channel, finding.id),
            "partialFingerprints": {"findingId/v1": f"{material.channel}/{item.id}"},
            "baselineState": _BASELINE[finding.life],
            "locations": [
                {
                    "physicalLocation": {
                        "artifactLocation": {"uri": _uri(spot.address)},
                        "region": {"startLine": 1, "snippet": {"text": spot.snippet or spot.selector}},
                    },
                    "logicalLocations": [{"fullyQualifiedName": spot.selector or "html", "kind": "element"}],
                }
                for spot in item.places[:SARIF_PLACES]
            ],
            "properties": {
                "severity": finding.severity.value,
                "life": finding.life.value,
                "pages": len(finding.pages),
                "owner": item.owner,
            },
        }
        if result["kind"] == "review":
            result["level"] = "none"
        if finding.life in (Life.ACCEPTED, Life.FALSE_ALARM):
            result["suppressions"] = [
                {
                    "kind": "external",
                    "status": "accepted",
                    "justification": one_line(finding.mark.reason, 300) if finding.mark else "",
                }
            ]
        results.append(result)
    scan = material.scan
    return {
        "$schema": SARIF_SCHEMA,
        "version": "2.1.0",
        "runs": [
            {
                "tool": {
                    "driver": {
                        "name": "toegankelijkheid-scanner",
                        "version": str(scan.versions.get("scanner", "")) or "0",
                        "language": lang,
                        "rules": rules,
                        "properties": {k: str(v) for k, v in scan.versions.items()},
                    }
                },
                "invocations": [
                    {
                        "executionSuccessful": scan.finished is not None,
                        "startTimeUtc": _utc(scan.started),
                        **({"endTimeUtc": _utc(scan.finished)} if scan.finished else {}),
                    }
                ],
                "automationDetails": {"id": f"{material.channel}/{scan.number}"},
                "columnKind": "unicodeCodePoints",
                "results": results,
            }
        ],
    }


def _guid(channel: str, finding: str) -> str:
    digest = hashlib.sha256(f"{channel}\n{finding}".encode("utf-8", "replace")).hexdigest()
    return f"{digest[:8]}-{digest[8:12]}-5{digest[13:16]}-8{digest[17:20]}-{digest[20:32]}"


@lru_cache(maxsize=20_000)
def _uri(url: str) -> str:
    """An address as a URI reference: what may not stand in one is percent-encoded."""
    return url if _PLAIN_URI.fullmatch(url) else quote(url, safe="-._~:/?#[]@!$&'()*+,;=%")


_PLAIN_URI = re.compile(r"[A-Za-z0-9\-._~:/?#\[\]@!$&'()*+,;=%]*")


def _utc(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")


# JUnit


def junit(material: Material, lang: str) -> bytes:
    """JUnit XML: a suite per channel, a case per criterion; findings to repair are failures, what nobody looked at is
    skipped."""
    by_criterion: dict[str, list[Finding]] = {}
    for finding in material.findings:
        if finding.life in TO_REPAIR and finding.strictness == "w3c":
            by_criterion.setdefault(finding.criterion, []).append(finding)
    failed = sum(bool(by_criterion.get(v.criterion.number)) or v.verdict is Verdict.FAILED for v in material.verdicts)
    skipped = sum(
        v.verdict in (Verdict.CANT_TELL, Verdict.UNTESTED) and not by_criterion.get(v.criterion.number)
        for v in material.verdicts
    )
    root = ElementTree.Element("testsuites")
    suite = ElementTree.SubElement(
        root,
        "testsuite",
        {
            "name": _xml(material.channel),
            "tests": str(len(material.verdicts)),
            "failures": str(failed),
            "errors": "0",
            "skipped": str(skipped),
            "timestamp": material.scan.started.strftime("%Y-%m-%dT%H:%M:%S"),
            "time": f"{material.scan.minutes * 60:.1f}",
        },
    )
    for verdict in material.verdicts:
        about = verdict.criterion
        case = ElementTree.SubElement(
            suite,
            "testcase",
            {
                "classname": f"wcag.{about.number}",
                "name": _xml(f"{about.number} {criterion_name(about, lang)}"),
                "time": "0",
            },
        )
        found = by_criterion.get(about.number, [])
        if found:
            failure = ElementTree.SubElement(
                case, "failure", {"type": "accessibility", "message": _xml(f"{len(found)} x {about.number}")}
            )
            failure.text = _xml(
                "\n".join(
                    f"{item.id} [{item.severity}] {item.title} - {item.places[0].address if item.places else ''}"
                    for item in (shown(f, lang, 1) for f in found[:100])
                ),
                60_000,
            )
        elif verdict.verdict is Verdict.FAILED:
            ElementTree.SubElement(
                case, "failure", {"type": "accessibility", "message": _xml(f"{verdict.failures} x {about.number}")}
            )
        elif verdict.verdict in (Verdict.CANT_TELL, Verdict.UNTESTED):
            ElementTree.SubElement(case, "skipped", {"message": _xml(text(f"verdict.{verdict.verdict}", lang))})
    out = io.BytesIO()
    ElementTree.ElementTree(root).write(out, encoding="utf-8", xml_declaration=True)
    return out.getvalue()


def _xml(value: object, limit: int = 1000) -> str:
    return clean(value, limit)


# EARL

EARL_CONTEXT: Mapping[str, Any] = {
    "earl": "http://www.w3.org/ns/earl#",
    "dct": "http://purl.org/dc/terms/",
    "ptr": "http://www.w3.org/2009/pointers#",
    "WCAG21": "http://www.w3.org/TR/WCAG21/#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
    "doap": "http://usefulinc.com/ns/doap#",
    "foaf": "http://xmlns.com/foaf/0.1/",
}
_EARL_OUTCOME = {
    Verdict.FAILED: "failed",
    Verdict.PASSED: "passed",
    Verdict.CANT_TELL: "cantTell",
    Verdict.INAPPLICABLE: "inapplicable",
    Verdict.UNTESTED: "untested",
}


def earl(material: Material, lang: str, said: Sequence[Shown] | None = None) -> dict[str, Any]:
    """EARL 1.0 as JSON-LD: an assertion per criterion about the channel, and one per open finding about its first
    page."""
    tool = {
        "@id": "_:scanner",
        "@type": ["earl:Assertor", "earl:Software", "doap:Project"],
        "doap:name": "toegankelijkheid-scanner",
        "dct:hasVersion": str(material.scan.versions.get("scanner", "")),
    }
    channel = {
        "@id": _uri(material.address),
        "@type": ["earl:TestSubject", "foaf:Document"],
        "dct:title": one_line(material.name),
    }
    assertions = _assertions(material, lang, said or in_words(material, lang))
    return {"@context": dict(EARL_CONTEXT), "@graph": [tool, channel, *assertions]}


def _assertions(material: Material, lang: str, said: Sequence[Shown]) -> Iterator[dict[str, Any]]:
    day = {"@type": "xsd:dateTime", "@value": material.scan.started.isoformat()}
    for verdict in material.verdicts:
        yield _assertion(
            _uri(material.address),
            f"WCAG21:{verdict.criterion.slug}",
            verdict.verdict,
            day,
            {"dct:description": "; ".join(one_line(reason) for reason in verdict.reasons)} if verdict.reasons else {},
        )
    for item in said:
        finding = item.finding
        if finding.life in TO_REPAIR and finding.pages:
            extra: dict[str, Any] = {
                "dct:identifier": item.id,
                "dct:title": {"@value": item.title, "@language": lang},
                "dct:description": {"@value": item.cure, "@language": lang},
            }
            if item.places and item.places[0].selector:
                extra["earl:pointer"] = {"@type": "ptr:CSSSelectorPointer", "ptr:expression": item.places[0].selector}
            verdict_of = Verdict.FAILED if finding.strictness == "w3c" else Verdict.CANT_TELL
            yield _assertion(_uri(address(finding.pages[0])), f"WCAG21:{item.criterion.slug}", verdict_of, day, extra)


def _assertion(
    subject: str, test: str, verdict: Verdict, day: Mapping[str, str], extra: Mapping[str, Any]
) -> dict[str, Any]:
    return {
        "@type": "earl:Assertion",
        "earl:assertedBy": {"@id": "_:scanner"},
        "earl:subject": {"@id": subject},
        "earl:test": {"@id": test},
        "earl:mode": {"@id": "earl:automatic"},
        "earl:result": {
            "@type": "earl:TestResult",
            "earl:outcome": {"@id": f"earl:{_EARL_OUTCOME[verdict]}"},
            "dct:date": dict(day),
            **extra,
        },
    }


# Addresses


def addresses_csv(material: Material, lang: str) -> bytes:
    """Every address that was found, with what became of it, why, and where it was found."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    writer.writerow(text(f"report.column.{name}", lang) for name in ("address", "state", "reason", "found_on"))
    for row in material.rows:
        writer.writerow(
            cell(value)
            for value in (
                address(row.url),
                text(f"evidence.ledger.{row.state}", lang),
                one_line(row.reason),
                address(row.found_on),
            )
        )
    return out.getvalue().encode("utf-8-sig")
