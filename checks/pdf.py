"""Looks into a PDF file: a probe for documents. It has no opinion; `checks.wcag.pdf_rules` says what it means.

In: the bytes of the file. Out: one record, bounded. A file that cannot be read is a record that says why. Hostile
input: sizes, depths and counts have limits, and nothing in the file is executed.
Sources: PDF/UA-1 (ISO 14289-1), W3C techniques PDF1 to PDF23.
"""

from __future__ import annotations

import asyncio
import io
import json
import resource
import sys
from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pikepdf
import pypdfium2

from checks.hindrance import Hindrance, told
from scanner.model import Json

MAX_ELEMENTS = 50_000
MAX_PAGES_READ = 50
MAX_LISTED = 50
SECONDS = 60.0
MEMORY = 2 << 30
"""Bytes that reading one file may take."""


async def look_into_apart(data: bytes) -> Json:
    """`look_into` in a process of its own, with limits on time and memory: a hostile file costs only itself."""
    child = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "checks.pdf",
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        record, _ = await asyncio.wait_for(child.communicate(data), SECONDS)
        if child.returncode == 0:
            inside: Json = json.loads(record)
            return inside
        return {"trouble": told(Hindrance.PDF_UNREADABLE, aside=f"ended with code {child.returncode}")}
    except TimeoutError:
        child.kill()
        await child.wait()
        return {"trouble": told(Hindrance.TIME_BOX, f"{SECONDS:.0f}")}


def look_into(data: bytes) -> Json:
    """What a PDF says of itself and what is in its structure tree; `{"trouble": …}` when it cannot be read."""
    try:
        with pikepdf.open(io.BytesIO(data)) as pdf:
            return {**_document(pdf), **_structure(pdf), **_fields(pdf), **_text(data, len(pdf.pages))}
    except pikepdf.PasswordError:
        return {"trouble": str(Hindrance.PDF_PASSWORD)}
    except Exception as error:
        return {"trouble": told(Hindrance.PDF_UNREADABLE, aside=f"{type(error).__name__}: {error}")}


def _main() -> None:
    """Reads a PDF from standard input, writes its record to standard output."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    sys.stdout.write(json.dumps(look_into(sys.stdin.buffer.read())))


def _document(pdf: pikepdf.Pdf) -> Json:
    root: Any = pdf.Root
    title = str(pdf.docinfo.get("/Title", "")) if pdf.docinfo else ""
    title = str(pdf.open_metadata().get("dc:title") or title)
    viewer: Any = root.get("/ViewerPreferences", {})
    return {
        "pages": len(pdf.pages),
        "title": title.strip()[:300],
        "shows_title": bool(viewer.get("/DisplayDocTitle", False)),
        "lang": str(root.get("/Lang", ""))[:40],
        "tagged": bool(root.get("/MarkInfo", {}).get("/Marked", False)) and "/StructTreeRoot" in root,
        "made": _date(str(pdf.docinfo.get("/CreationDate", ""))) if pdf.docinfo else "",
        "changed": _date(str(pdf.docinfo.get("/ModDate", ""))) if pdf.docinfo else "",
        "producer": str(pdf.docinfo.get("/Producer", ""))[:120] if pdf.docinfo else "",
        "allows_assistive_technology": bool(pdf.allow.accessibility) if pdf.is_encrypted else True,
        "bookmarks": "/Outlines" in root,
        "tab_order_by_structure": all(
            page.get("/Tabs") == "/S" for page in list(pdf.pages)[:MAX_PAGES_READ] if "/Annots" in page
        ),
    }


def _date(text: str) -> str:
    """PDF date (D:YYYYMMDD…) as ISO date, or empty."""
    try:
        return datetime.strptime(text.removeprefix("D:")[:8], "%Y%m%d").date().isoformat()
    except ValueError:
        return ""


def _structure(pdf: pikepdf.Pdf) -> Json:
    """Counts of structure types, figures without alternative, tables without headers, the order of headings."""
    counts: Counter[str] = Counter()
    figures: list[dict[str, Any]] = []
    tables: list[dict[str, Any]] = []
    headings: list[str] = []
    root: Any = pdf.Root
    roles = root.get("/StructTreeRoot", {}).get("/RoleMap", {})
    for element in _elements(pdf):
        kind = _role(str(element.get("/S", "")), roles)
        counts[kind] += 1
        if kind == "Figure" and len(figures) < MAX_LISTED:
            alternative = str(element.get("/Alt", "") or element.get("/ActualText", ""))
            figures.append({"alt": alternative[:300], "page": _page(pdf, element)})
        elif kind == "Table" and len(tables) < MAX_LISTED:
            inside = Counter(_role(str(e.get("/S", "")), roles) for e in _below(element, 2000))
            tables.append(
                {"headers": inside["TH"], "cells": inside["TD"], "rows": inside["TR"], "page": _page(pdf, element)}
            )
        elif kind in ("H", "H1", "H2", "H3", "H4", "H5", "H6") and len(headings) < 200:
            headings.append(kind)
    return {"elements": dict(counts.most_common(40)), "figures": figures, "tables": tables, "headings": headings}


def _role(name: str, roles: Any) -> str:
    """Standard structure type behind a document's own name."""
    for _ in range(5):
        mapped = roles.get(name) if roles else None
        if mapped is None:
            break
        name = str(mapped)
    return name.lstrip("/")


def _elements(pdf: pikepdf.Pdf) -> Iterator[Any]:
    root = pdf.Root.get("/StructTreeRoot")
    if root is not None:
        yield from _below(root, MAX_ELEMENTS)


def _below(root: Any, limit: int) -> Iterator[Any]:
    """Structure elements below one, in order, each once; at most `limit`."""
    waiting, seen = [root], set[tuple[int, int]]()
    while waiting and limit:
        element = waiting.pop()
        if element is not root:
            limit -= 1
            yield element
        kids = element.get("/K")
        listed = list(kids) if isinstance(kids, pikepdf.Array) else [kids]
        for kid in reversed(listed):
            if isinstance(kid, pikepdf.Dictionary) and "/S" in kid and (not kid.is_indirect or kid.objgen not in seen):
                if kid.is_indirect:
                    seen.add(kid.objgen)
                waiting.append(kid)


def _page(pdf: pikepdf.Pdf, element: Any) -> int:
    """Number of the page (from 1) that an element is on; 0 when it does not say."""
    page = element.get("/Pg")
    if page is None:
        return 0
    return next((n for n, p in enumerate(list(pdf.pages)[:500], 1) if p.obj.objgen == page.objgen), 0)


def _fields(pdf: pikepdf.Pdf) -> Json:
    """Form fields with and without a name that assistive technology can say (/TU)."""
    form = pdf.Root.get("/AcroForm")
    waiting = list(form.get("/Fields", [])) if form is not None else []
    fields: list[dict[str, Any]] = []
    while waiting and len(fields) < 500:
        field = waiting.pop(0)
        kids = [kid for kid in field.get("/Kids", []) if "/T" in kid]
        if kids:
            waiting.extend(kids)
        elif "/FT" in field or "/T" in field:
            fields.append(
                {
                    "name": str(field.get("/T", ""))[:80],
                    "label": str(field.get("/TU", ""))[:200],
                    "kind": str(field.get("/FT", "")),
                }
            )
    return {"fields": fields, "xfa": form is not None and "/XFA" in form}


def _text(data: bytes, pages: int) -> Json:
    """Pages with a picture and no text: a scan. And some of the text, for its language."""
    document = pypdfium2.PdfDocument(data)
    try:
        empty, text = [], ""
        for number in range(min(pages, MAX_PAGES_READ)):
            page = document[number]
            said = page.get_textpage().get_text_bounded()
            if not said.strip() and any(
                True for _ in page.get_objects(filter=[pypdfium2.raw.FPDF_PAGEOBJ_IMAGE], max_depth=2)
            ):
                empty.append(number + 1)
            if len(text) < 5000:
                text += " " + said
        return {"pages_read": min(pages, MAX_PAGES_READ), "pages_without_text": empty, "text": text.strip()[:5000]}
    finally:
        document.close()


if __name__ == "__main__":
    _main()
