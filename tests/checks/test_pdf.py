"""PDF files: what is failed, what is asked, what is out of scope, and files that mean harm."""

from __future__ import annotations

import asyncio
import io
from collections.abc import Callable

import pikepdf
import pytest

from checks.catalogue import evaluate_page
from checks.pdf import look_into, look_into_apart
from scanner.model import PageEvidence, Record, StateEvidence
from scanner.texts import has_text


def made(change: Callable[[pikepdf.Pdf], None] = lambda _: None) -> bytes:
    """A PDF of one page that has all it needs, then changed."""
    pdf = pikepdf.new()
    pdf.add_blank_page()
    root = pdf.Root
    root.Lang = pikepdf.String("nl-NL")
    root.MarkInfo = pikepdf.Dictionary(Marked=True)
    root.ViewerPreferences = pikepdf.Dictionary(DisplayDocTitle=True)
    tree = pdf.make_indirect(pikepdf.Dictionary(Type=pikepdf.Name.StructTreeRoot))
    root.StructTreeRoot = tree
    tree.K = pikepdf.Array([pdf.make_indirect(pikepdf.Dictionary(S=pikepdf.Name.H1))])
    pdf.docinfo["/Title"] = "Subsidieregels"
    change(pdf)
    out = io.BytesIO()
    pdf.save(out)
    return out.getvalue()


def said(data: bytes) -> set[tuple[str, str, str]]:
    """Criterion, outcome and rule of everything that is said of a file."""
    record = Record("pdf", look_into(data))
    page = PageEvidence(
        "https://a.example/x.pdf",
        content_type="application/pdf",
        looks=(StateEvidence("document", "", (), {"pdf": record}),),
    )
    outcomes = evaluate_page(page)
    assert all(
        has_text(f"rule.{o.rule}.{part}", lang)
        for o in outcomes
        for part in ("title", "why", "cure")
        for lang in ("nl", "en")
        if o.rule != "not-looked"
    )
    return {(o.criterion, str(o.verdict), o.rule) for o in outcomes}


def add(pdf: pikepdf.Pdf, **element: object) -> None:
    """Adds an element to the structure tree."""
    pdf.Root.StructTreeRoot.K.append(pdf.make_indirect(pikepdf.Dictionary(**element)))


def test_a_good_file_fails_nothing() -> None:
    """Only the question whether the title fits is left."""
    assert said(made()) == {("2.4.2", "cantTell", "pdf-title-fits")}


@pytest.mark.parametrize(("change", "expected"), [
    (lambda pdf: pdf.Root.__delitem__("/Lang"), ("3.1.1", "failed", "pdf-no-language")),
    (lambda pdf: pdf.Root.__delitem__("/StructTreeRoot"), ("1.3.1", "failed", "pdf-untagged")),
    (lambda pdf: pdf.docinfo.__delitem__("/Title"), ("2.4.2", "failed", "pdf-no-title")),
    (lambda pdf: pdf.Root.__delitem__("/ViewerPreferences"), ("2.4.2", "cantTell", "pdf-title-not-shown")),
    (lambda pdf: add(pdf, S=pikepdf.Name.Figure), ("1.1.1", "failed", "pdf-figure-without-alt")),
    (lambda pdf: add(pdf, S=pikepdf.Name.Figure, Alt=pikepdf.String("Kaart")), ("1.1.1", "cantTell", "pdf-figure-alt-fits")),
])  # fmt: skip
def test_each_defect_is_seen(change: Callable[[pikepdf.Pdf], None], expected: tuple[str, str, str]) -> None:
    """One change at a time to the good file."""
    assert expected in said(made(change))


def test_old_files_are_a_question() -> None:
    """Before 23 September 2018: possibly out of scope; never failed."""

    def age(pdf: pikepdf.Pdf) -> None:
        del pdf.Root["/Lang"]
        pdf.docinfo["/CreationDate"] = "D:20170301120000"

    found = said(made(age))
    assert ("3.1.1", "cantTell", "pdf-maybe-out-of-scope") in found
    assert not [f for f in found if f[1] == "failed"]


@pytest.mark.parametrize("data", [b"", b"%PDF-1.7", b"<html>", made()[:400], b"%PDF-1.4\n" + b"0 0 obj<<" * 20_000])
def test_broken_and_hostile_files_are_untested_with_the_reason(data: bytes) -> None:
    """Never a traceback, never a verdict."""
    record = asyncio.run(look_into_apart(data))
    assert record["trouble"]
    assert {v for _, v, _ in said(data)} == {"untested"}


def test_a_tree_that_bites_its_tail_ends() -> None:
    """A structure element that is its own child."""

    def loop(pdf: pikepdf.Pdf) -> None:
        element = pdf.Root.StructTreeRoot.K[0]
        element.K = pikepdf.Array([element])

    assert said(made(loop)) == {("2.4.2", "cantTell", "pdf-title-fits")}
