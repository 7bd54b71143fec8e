"""The report for one supplier: only its own findings, in every form it may want to work with, and a covering letter.

In: `Material` of the channels, the supplier with its terms, and a function that prints an HTML file as PDF. Out, in
one folder and per language: HTML pages, a tagged PDF, XLSX, CSV and JSON, and the letter as plain text. Nothing of
others: findings are filtered by owner before anything is written, names of people and internal reasons are taken out,
and addresses lose what may be secret. File names come from numbers and languages only.
"""

from __future__ import annotations

import csv
import io
import json
import logging
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cached_property
from pathlib import Path
from typing import Any

import pikepdf
import xlsxwriter

from reports.material import TO_REPAIR, Material, Pictures, SupplierTerms, no_pictures
from reports.render import render
from reports.web_team import EXAMPLES, PER_PAGE, write_pictures
from reports.whole import write_whole
from reports.words import (
    NO_PLACE,
    SEVERITIES,
    Shown,
    address,
    guarded,
    kind_label,
    label,
    one_line,
    priority,
    severity_label,
    shown,
)
from scanner.findings import Finding, Life
from scanner.texts import text

log = logging.getLogger(__name__)

Printer = Callable[[Path], bytes]
"""Prints an HTML file as tagged PDF. Raises OSError when there is no way to."""

PDF_FINDINGS = 150
"""Findings in full in the PDF: some hundreds of paper pages. The rest is in the other files, and the PDF says so."""
LISTED = 1000
EXAMPLES_KEPT = 10
"""Places of a finding in the tables."""
ADDRESSES = 20
"""Addresses in one cell; all are in the JSON."""
COLUMNS = (
    "id",
    "channel",
    "status",
    "severity",
    "overdue",
    "deadline",
    "criterion",
    "name_nl",
    "name_en",
    "clause",
    "level",
    "title",
    "why",
    "cause",
    "cure",
    "pages",
    "places",
    "address",
    "state",
    "viewport",
    "selector",
    "snippet",
    "frame",
    "replay",
    "addresses",
    "first_seen",
    "last_seen",
    "fixed_on",
    "history",
    "rule",
)
PLACE_COLUMNS = ("id", "n", "address", "state", "viewport", "selector", "snippet", "frame", "replay")
_WIDE = {
    "title": 40,
    "why": 50,
    "cause": 30,
    "cure": 50,
    "address": 40,
    "selector": 30,
    "snippet": 40,
    "addresses": 40,
    "name_nl": 26,
    "name_en": 26,
    "history": 40,
}


@dataclass(frozen=True, slots=True)
class LookedChannel:
    """A channel on which this supplier has something."""

    name: str
    address: str
    scan: int
    day: date


@dataclass(frozen=True)
class SupplierMaterial:
    """What one supplier gets to see. What every page tells of all findings is worked out once."""

    organisation: str
    contact: str
    supplier: SupplierTerms
    made: datetime
    channels: tuple[LookedChannel, ...]
    findings: tuple[Finding, ...]
    """Its own, most urgent first; the fixed last."""
    picture: Pictures = no_pictures

    @cached_property
    def to_repair(self) -> tuple[Finding, ...]:
        """What it has work on."""
        return tuple(item for item in self.findings if item.life in TO_REPAIR)

    @cached_property
    def unfixed(self) -> tuple[Finding, ...]:
        """What stands in full in the report."""
        return tuple(item for item in self.findings if item.life is not Life.FIXED)

    @cached_property
    def counts(self) -> dict[str, int]:
        """The numbers of its work, as the texts name them."""
        work = self.to_repair
        return {
            "findings": len(work),
            "worst": sum(item.severity in SEVERITIES[:2] for item in work),
            "late": sum(item.overdue for item in work),
        }


def nothing_for(materials: Sequence[Material], supplier: SupplierTerms) -> SupplierMaterial:
    """A report that says that all is done: for a supplier that had findings before."""
    first = materials[0]
    made = max(m.made for m in materials)
    return SupplierMaterial(first.organisation, first.contact, supplier, made, (), ())


def for_supplier(materials: Sequence[Material], supplier: SupplierTerms) -> SupplierMaterial | None:
    """The supplier's own part of the material; None when nothing of it was looked at and it has no finding."""
    own = [
        (
            m,
            [
                item
                for item in m.findings
                if item.owner.kind == "supplier" and item.owner.id == supplier.id and item.life is not Life.FALSE_ALARM
            ],
        )
        for m in materials
    ]
    concerned = [(m, items) for m, items in own if items]
    if not concerned:
        return None
    organisation = concerned[0][0].organisation
    findings = sorted(
        (_without_names(item, organisation) for _, items in concerned for item in items),
        key=lambda item: (item.life is Life.FIXED, *priority(item)),
    )

    def picture(digest: str) -> bytes:
        for m, _ in concerned:
            try:
                return m.picture(digest)
            except KeyError:
                continue
        raise KeyError(digest)

    return SupplierMaterial(
        organisation,
        concerned[0][0].contact,
        supplier,
        max(m.made for m, _ in concerned),
        tuple(
            LookedChannel(one_line(m.name), address(m.address), m.scan.number, m.scan.started.date())
            for m, _ in concerned
        ),
        tuple(findings),
        picture,
    )


def _without_names(finding: Finding, organisation: str) -> Finding:
    """People and what they said among themselves stay inside the organisation."""
    mark = replace(finding.mark, by=organisation, reason="–") if finding.mark else None
    history = tuple(
        replace(
            event,
            by=organisation if event.by else "",
            values={k: v for k, v in event.values.items() if k not in ("reason", "by") or not event.by},
        )
        for event in finding.history
    )
    return replace(finding, mark=mark, history=history)


def write(
    material: SupplierMaterial,
    folder: Path,
    lang: str,
    printer: Printer | None = None,
    pictures: frozenset[str] | None = None,
) -> list[Path]:
    """Writes the report in one language; returns the files, the first page first. Without printer there is no PDF."""
    folder.mkdir(parents=True, exist_ok=True)
    if pictures is None:
        pictures = write_supplier_pictures(material, folder)
    open_ones = material.unfixed
    count = max(1, -(-len(open_ones) // PER_PAGE))
    names = [_page_name(lang, number) for number in range(1, count + 1)]
    for old in folder.glob(f"report-{lang}-*.html"):
        if re.fullmatch(rf"report-{lang}-\d{{3,}}\.html", old.name) and old.name not in names:
            old.unlink()
    written = []
    for number, name in enumerate(names, 1):
        here = open_ones[(number - 1) * PER_PAGE : number * PER_PAGE]
        written.append(write_whole(folder / name, _html(material, lang, here, number, names, pictures).encode()))
    (folder / f"report-{lang}.pdf").unlink(missing_ok=True)
    if printer is not None:
        written += write_pdf(material, folder, lang, printer, pictures)
    written.append(write_whole(folder / f"letter-{lang}.txt", letter(material, lang).encode()))
    written += write_tables(material, folder, lang)
    return written


def write_supplier_pictures(material: SupplierMaterial, folder: Path) -> frozenset[str]:
    """The pictures of this supplier's findings; returns the digests that are there."""
    return write_pictures(
        material.picture,
        folder,
        (example for item in material.unfixed for example in item.examples[:EXAMPLES]),
    )


# Letter and pages


def subject(material: SupplierMaterial, lang: str) -> str:
    """Subject of the mail."""
    work = len(material.to_repair)
    return one_line(
        text(
            "report.letter.subject" if work else "report.letter.subject_none",
            lang,
            findings=work,
            supplier=material.supplier.name,
        ),
        200,
    )


def letter(material: SupplierMaterial, lang: str) -> str:
    """The covering letter as plain text."""
    return "\n\n".join(_paragraphs(material, lang, plain=True)) + "\n"


def _paragraphs(material: SupplierMaterial, lang: str, plain: bool = False) -> Iterator[str]:
    work = material.to_repair
    yield text("report.letter.dear", lang, supplier=one_line(material.supplier.name))
    yield text("report.letter.why", lang, organisation=material.organisation)
    if not work:
        yield text("report.letter.none", lang)
    else:
        yield text(
            "report.letter.what",
            lang,
            **material.counts,
            new=sum(item.life in (Life.NEW, Life.REOPENED) for item in work),
        )
        if plain:
            first = [shown(item, lang, 0) for item in work[:10]]
            yield (
                text("report.letter.first", lang)
                + "\n"
                + "\n".join(
                    "- "
                    + text(
                        "report.letter.first_item",
                        lang,
                        id=item.id,
                        title=item.title,
                        criterion=item.criterion.number,
                        severity=item.severity,
                        deadline=text("report.letter.by", lang, day=item.finding.deadline)
                        if item.finding.deadline
                        else text("report.letter.no_deadline", lang),
                    )
                    for item in first
                )
            )
        yield text("report.letter.ask", lang)
        yield text("report.letter.machine", lang)
    yield (
        text("report.letter.greeting", lang)
        + ("\n" if plain else " ")
        + material.organisation
        + (f"\n{material.contact}" if plain and material.contact else "")
    )


def _page_name(lang: str, number: int) -> str:
    return f"report-{lang}-{number:03d}.html"


def _html(
    material: SupplierMaterial,
    lang: str,
    here: Sequence[Finding],
    page: int,
    names: Sequence[str],
    pictures: frozenset[str],
    cut: tuple[int, int] | None = None,
) -> str:
    open_ones = material.unfixed
    fixed = [item for item in material.findings if item.life is Life.FIXED] if page == 1 else []
    on_page = {item.id: index // PER_PAGE for index, item in enumerate(open_ones)} if page == 1 and not cut else {}
    in_full = {item.id for item in here}

    def href(item: Shown) -> str:
        if item.finding.id in in_full:
            return "#" + item.anchor
        return f"{names[on_page[item.finding.id]]}#{item.anchor}" if item.finding.id in on_page else ""

    names_of_both = {"supplier": material.supplier.name, "organisation": material.organisation}
    listed = open_ones[:LISTED] if not cut else open_ones[: cut[0]]
    return render(
        "supplier.html.j2",
        lang,
        s=material,
        page=page,
        pages=len(names),
        pictures=pictures,
        href=href,
        no_href=lambda item: "",
        cut=cut,
        links=[
            (name, text("report.supplier.link", lang, n=n), n == page)
            for n, name in enumerate(names, 1)
            if n in (1, len(names)) or abs(n - page) <= 3
        ],
        lead=text("report.supplier.lead", lang, **material.counts, **names_of_both)
        if material.to_repair
        else text("report.supplier.lead_none", lang, **names_of_both),
        letter=list(_paragraphs(material, lang)) if page == 1 else [],
        terms=[
            (severity_label(s, lang), material.supplier.repair_days[s])
            for s in SEVERITIES
            if s in material.supplier.repair_days
        ],
        listed=[shown(item, lang, 0) for item in listed] if page == 1 else [],
        listed_more=len(open_ones) - len(listed),
        fixed=[shown(item, lang, 0) for item in fixed[:LISTED]] if page == 1 else [],
        fixed_more=len(fixed) - LISTED,
        here=[shown(item, lang) for item in here],
    )


# PDF


def write_pdf(
    material: SupplierMaterial, folder: Path, lang: str, printer: Printer, pictures: frozenset[str]
) -> list[Path]:
    """The report on paper; none when it cannot be printed: without a browser the other forms still serve."""
    try:
        return [write_whole(folder / f"report-{lang}.pdf", _pdf(material, folder, lang, printer, pictures))]
    except OSError as error:
        log.warning("no PDF for %s: %s", material.supplier.id, one_line(error, 200))
        return []


def _pdf(material: SupplierMaterial, folder: Path, lang: str, printer: Printer, pictures: frozenset[str]) -> bytes:
    """The first findings in full on paper: an HTML page of its own, printed and taken away again."""
    open_ones = material.unfixed
    here = open_ones[:PDF_FINDINGS]
    cut = (len(here), len(open_ones)) if len(open_ones) > len(here) else None
    page = _html(material, lang, here, 1, [""], pictures, cut).replace(' loading="lazy"', "")
    source = folder / f"print-{lang}.html"
    source.write_text(page, "utf-8")
    try:
        return finished_pdf(
            printer(source),
            text("report.supplier.title", lang, supplier=one_line(material.supplier.name)),
            lang,
            material.organisation,
        )
    finally:
        source.unlink()


def finished_pdf(pdf: bytes, title: str, lang: str, author: str) -> bytes:
    """What Chromium leaves out of a tagged PDF: metadata, a title that is shown, the language, and a description of
    each link."""
    with pikepdf.open(io.BytesIO(pdf)) as document:
        document.Root.Lang = pikepdf.String("nl-NL" if lang == "nl" else "en-GB")
        document.Root.ViewerPreferences = pikepdf.Dictionary(DisplayDocTitle=True)
        for page in document.pages:
            for annotation in page.obj.get("/Annots", pikepdf.Array()):
                if annotation.get("/Subtype") == "/Link" and "/Contents" not in annotation:
                    action = annotation.get("/A", pikepdf.Dictionary())
                    to = str(action.get("/URI", "")) or (
                        title if "/Dest" in annotation or action.get("/S") == "/GoTo" else ""
                    )
                    annotation.Contents = pikepdf.String(to or title)
        with document.open_metadata() as meta:
            meta["dc:title"] = title
            meta["dc:language"] = {"nl-NL" if lang == "nl" else "en-GB"}
            meta["dc:creator"] = [author]
        document.docinfo["/Title"] = title
        document.docinfo["/Author"] = author
        out = io.BytesIO()
        document.save(out)
    return out.getvalue()


# Tables


def write_tables(material: SupplierMaterial, folder: Path, lang: str) -> list[Path]:
    """XLSX, CSV and JSON of the same findings, in one pass: no list of all of them in words is ever made.

    XLSX: two sheets, findings and places; only strings and numbers, never formulas or links. CSV: semicolons and a byte
    order mark, as spreadsheets in the Netherlands read it. JSON: a finding a line, to be read whole or line by line.
    """
    paths = [folder / f"findings-{lang}.{kind}" for kind in ("xlsx", "csv", "json")]
    parts = [path.with_name(path.name + ".part") for path in paths]
    book = xlsxwriter.Workbook(str(parts[0]), _NO_GUESSING)
    book.set_properties(
        {
            "title": subject(material, lang),
            "author": material.organisation,
            "created": material.made.replace(tzinfo=None),
        }
    )
    found, places = _Sheet(book, "findings", COLUMNS, lang), _Sheet(book, "places", PLACE_COLUMNS, lang)
    with parts[1].open("w", encoding="utf-8-sig", newline="") as table, parts[2].open("w", encoding="utf-8") as out:
        writer = csv.writer(table, delimiter=";", lineterminator="\r\n")
        writer.writerow(text(f"report.csv.{name}", lang) for name in COLUMNS)
        out.write(json.dumps(_head(material, lang), ensure_ascii=True)[:-1] + ', "findings": [\n')
        for number, finding in enumerate(material.findings):
            item = shown(finding, lang, EXAMPLES_KEPT)
            row = [guarded(value) if isinstance(value, str) else value for value in _row(item, lang)]
            writer.writerow(row)
            found.add(row)
            for n, spot in enumerate(item.places, 1):
                replay = "\n".join(spot.replay)
                place = (item.id, n, spot.address, spot.state, spot.viewport, spot.selector, spot.snippet, spot.frame)
                places.add([guarded(value) if isinstance(value, str) else value for value in (*place, replay)])
            out.write((",\n" if number else "") + json.dumps(_object(item, lang), ensure_ascii=True))
        out.write("\n]}\n")
    found.end()
    places.end()
    book.close()
    for part, path in zip(parts, paths, strict=True):
        part.replace(path)
    return paths


_NO_GUESSING = {
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}


class _Sheet:
    """A sheet that is filled row by row."""

    def __init__(self, book: Any, name: str, columns: Sequence[str], lang: str) -> None:
        self._sheet = book.add_worksheet(text(f"report.csv.sheet_{name}", lang))
        self._wrap = book.add_format({"text_wrap": True, "valign": "top"})
        self._width, self._last = len(columns), 0
        head = book.add_format({"bold": True, "text_wrap": True, "bottom": 2})
        for column, key in enumerate(columns):
            self._sheet.set_column(column, column, _WIDE.get(key, 14))
            self._sheet.write_string(0, column, text(f"report.csv.{key}", lang), head)
        self._sheet.freeze_panes(1, 1)

    def add(self, row: Sequence[str | int]) -> None:
        """One row; texts are safe for a spreadsheet already."""
        self._last += 1
        for column, value in enumerate(row):
            if isinstance(value, int):
                self._sheet.write_number(self._last, column, value, self._wrap)
            elif value:
                self._sheet.write_string(self._last, column, value, self._wrap)

    def end(self) -> None:
        """A filter over all rows."""
        self._sheet.autofilter(0, 0, max(self._last, 1), self._width - 1)


def _row(item: Shown, lang: str) -> tuple[str | int, ...]:
    """The cells of a finding, in the order of COLUMNS."""
    finding, spot = item.finding, item.places[0] if item.places else NO_PLACE
    return (
        item.id,
        one_line(finding.channel, 60),
        item.life,
        item.severity,
        label("page.yes" if finding.overdue else "page.no", lang),
        _iso(finding.deadline),
        item.criterion.number,
        item.criterion.name_nl,
        item.criterion.name_en,
        item.criterion.clause,
        item.criterion.level.value,
        item.title,
        item.why,
        cause(finding, lang),
        item.cure,
        len(finding.pages),
        finding.places,
        spot.address,
        spot.state,
        spot.viewport,
        spot.selector,
        spot.snippet,
        spot.frame,
        "\n".join(f"{n}. {step}" for n, step in enumerate(spot.replay, 1)),
        "\n".join(address(url) for url in finding.pages[:ADDRESSES]),
        _iso(finding.first_seen.date()),
        _iso(finding.last_seen.date()),
        _iso(finding.fixed_on.date() if finding.fixed_on else None),
        "\n".join(f"{day}: {what}" for day, what in item.history),
        one_line(finding.rule, 80),
    )


def cause(finding: Finding, lang: str) -> str:
    """Where the defect is made: in a shared part, or in the content."""
    return label(f"report.cause.{finding.kind}", lang)


def _head(material: SupplierMaterial, lang: str) -> dict[str, Any]:
    return {
        "organisation": material.organisation,
        "supplier": material.supplier.id,
        "language": lang,
        "made": material.made.isoformat(),
        "channels": [
            {"name": c.name, "address": c.address, "scan": c.scan, "day": c.day.isoformat()} for c in material.channels
        ],
    }


def _object(item: Shown, lang: str) -> dict[str, Any]:
    finding = item.finding
    about = item.criterion
    return {
        "id": item.id,
        "channel": finding.channel,
        "rule": one_line(finding.rule, 80),
        "status": finding.life.value,
        "severity": finding.severity.value,
        "strictness": finding.strictness,
        "deadline": _iso(finding.deadline) or None,
        "overdue": finding.overdue,
        "criterion": {
            "number": about.number,
            "name_nl": about.name_nl,
            "name_en": about.name_en,
            "clause": about.clause,
            "level": about.level.value,
        },
        "title": item.title,
        "why": item.why,
        "cure": item.cure,
        "kind": finding.kind,
        "cause": cause(finding, lang),
        "kind_words": kind_label(finding.kind, lang),
        "region": one_line(finding.region, 30),
        "component": one_line(finding.component),
        "places": finding.places,
        "share": round(finding.share, 4),
        "pages": [address(url) for url in finding.pages],
        "first_seen": finding.first_seen.isoformat(),
        "last_seen": finding.last_seen.isoformat(),
        "fixed_on": finding.fixed_on.isoformat() if finding.fixed_on else None,
        "examples": [
            {
                "address": s.address,
                "state": s.state,
                "viewport": s.viewport,
                "selector": s.selector,
                "snippet": s.snippet,
                "frame": s.frame,
                "details": {name: value for name, value, _ in s.details},
                "replay": list(s.replay),
            }
            for s in item.places
        ],
        "history": [
            {"day": event.at.date().isoformat(), "event": one_line(event.what, 40)} for event in finding.history
        ],
    }


def _iso(day: date | None) -> str:
    return day.isoformat() if day else ""
