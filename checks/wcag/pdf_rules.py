"""What the inside of a PDF means for the fifty criteria.

Looks at: the record `pdf` that checks.pdf keeps of a document.
Fails: no tags at all (1.3.1), no language (3.1.1), no title (2.4.2), a figure without alternative (1.1.1), a form field
without a name (4.1.2), pages that are only a scan (1.1.1), a lock that keeps assistive technology out (4.1.2).
Cannot see: whether alternatives, headings and reading order are right. A document of before 23 September 2018 may be
out of scope of the law: then everything is a question, for the organisation to answer once.
Sources: W3C techniques PDF1, PDF3, PDF6, PDF9, PDF10, PDF12, PDF16, PDF18; Directive (EU) 2016/2102 art. 1(4)(a).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from scanner.model import Json, Outcome, PageEvidence, StateEvidence, Verdict

IN_SCOPE_FROM = "2018-09-23"
"""Office files published before this date are out of scope unless needed for active administrative processes."""


def evaluate_document(page: PageEvidence) -> Iterator[Outcome]:
    """Outcomes for one document."""
    for look, pdf in page.seen("pdf"):
        if pdf.get("trouble"):
            for criterion in ("1.1.1", "1.3.1", "2.4.2", "3.1.1"):
                yield look.outcome(Verdict.UNTESTED, criterion, "not-looked", reason=pdf["trouble"])
            return
        old = max(pdf.get("made", ""), pdf.get("changed", ""))
        for outcome in _outcomes(look, pdf):
            if old and old < IN_SCOPE_FROM and outcome.verdict is Verdict.FAILED:
                yield replace(
                    outcome,
                    verdict=Verdict.CANT_TELL,
                    rule="pdf-maybe-out-of-scope",
                    values={**outcome.values, "date": old, "found": outcome.rule},
                )
            else:
                yield outcome


def _outcomes(look: StateEvidence, pdf: Json) -> Iterator[Outcome]:
    if not pdf["allows_assistive_technology"]:
        yield look.failed("4.1.2", "pdf-locked")
    scans = pdf["pages_without_text"]
    if scans:
        yield look.failed("1.1.1", "pdf-scan", pages=", ".join(map(str, scans[:20])), count=len(scans))
    if not pdf["tagged"]:
        yield look.failed("1.3.1", "pdf-untagged", pages=pdf["pages"])
    if not pdf["title"]:
        yield look.failed("2.4.2", "pdf-no-title")
    elif not pdf["shows_title"]:
        yield look.outcome(
            Verdict.CANT_TELL, "2.4.2", "pdf-title-not-shown", practice=Verdict.FAILED, title=pdf["title"]
        )
    else:
        yield look.cant_tell("2.4.2", "pdf-title-fits", title=pdf["title"])
    if not pdf["lang"]:
        yield look.failed("3.1.1", "pdf-no-language")
    if pdf["tagged"]:
        yield from _tagged(look, pdf)
    for field in pdf["fields"]:
        if not field["label"]:
            yield look.failed("4.1.2", "pdf-field-unnamed", field=field["name"])


def _tagged(look: StateEvidence, pdf: Json) -> Iterator[Outcome]:
    """What only the structure tree of a tagged document can show."""
    unnamed = [f for f in pdf["figures"] if not f["alt"].strip()]
    if unnamed:
        yield look.failed("1.1.1", "pdf-figure-without-alt", count=len(unnamed), pages=_pages(unnamed))
    for figure in pdf["figures"]:
        if figure["alt"].strip():
            yield look.cant_tell("1.1.1", "pdf-figure-alt-fits", alt=figure["alt"], page=figure["page"])
    bare = [t for t in pdf["tables"] if not t["headers"] and t["rows"] >= 2 and t["cells"] >= 4]
    if bare:
        yield look.outcome(
            Verdict.CANT_TELL,
            "1.3.1",
            "pdf-table-without-headers",
            practice=Verdict.FAILED,
            count=len(bare),
            pages=_pages(bare),
        )
    if pdf["pages"] > 3 and not pdf["headings"]:
        yield look.outcome(Verdict.CANT_TELL, "1.3.1", "pdf-no-headings", practice=Verdict.FAILED, pages=pdf["pages"])


def _pages(items: list[Json]) -> str:
    return ", ".join(str(n) for n in sorted({i["page"] for i in items if i["page"]})[:20]) or "?"
