"""The supplier's report: its own findings in every form, nothing of others, nothing that works."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import openpyxl
import pytest
from lxml import html

from reports import supplier
from scanner.findings import Event, Finding, Life
from tests.law.html_rules import faults, words
from tests.reports.hostile import hostile
from tests.reports.made_up import KAARTEN, MEERWEB, NOW, OWNERS, example, finding, material
from tests.reports.test_web_team import dead_links

OWN = {"VM-0001", "VM-0002", "VM-0003", "VM-0004", "VM-0006", "VM-0010"}
OTHERS = (
    "VM-0005",
    "VM-0007",
    "VM-0008",
    "VM-0009",
    "Kaartenmakers",
    "kaartenmakers",
    "Redactie",
    "redactie",
    "A. Bakker",
    "J. de Vries",
    "Vervanging is besteld",
)


def report(folder: Path, *findings: Finding, lang: str = "nl") -> supplier.SupplierMaterial:
    """The report of Meerweb, written."""
    own = supplier.for_supplier([material(findings or None)], MEERWEB)
    assert own is not None
    supplier.write(own, folder, lang)
    return own


def everything(folder: Path) -> str:
    """All text in all files, also inside the XLSX."""
    said = []
    for path in folder.rglob("*"):
        if path.suffix == ".xlsx":
            with zipfile.ZipFile(path) as book:
                said += [book.read(name).decode() for name in book.namelist()]
        elif path.is_file() and path.suffix != ".png":
            said.append(path.read_text("utf-8"))
    return "\n".join(said)


def cells(path: Path, sheet: int = 0) -> list[list[object]]:
    """Cells of a sheet; formulas would show as such."""
    book = openpyxl.load_workbook(path)
    assert not [
        cell for row in book.worksheets[sheet].iter_rows() for cell in row if cell.data_type == "f" or cell.hyperlink
    ]
    return [[cell.value for cell in row] for row in book.worksheets[sheet].iter_rows()]


@pytest.mark.parametrize("lang", ["nl", "en"])
def test_only_its_own_findings_and_no_names_of_people(tmp_path: Path, lang: str) -> None:
    report(tmp_path, lang=lang)
    said = everything(tmp_path)
    assert [word for word in OTHERS if word in said] == []
    assert all(word in said for word in OWN)
    assert {item["id"] for item in json.loads((tmp_path / f"findings-{lang}.json").read_text())["findings"]} == OWN


def test_a_supplier_without_findings_gets_no_report() -> None:
    assert supplier.for_supplier([material((finding(1),))], KAARTEN) is None


def test_a_team_with_the_id_of_a_supplier_is_not_that_supplier() -> None:
    team = finding(1, owner=replace(OWNERS["meerweb"], kind="team"))
    assert supplier.for_supplier([material((team,))], MEERWEB) is None


def test_names_in_history_and_secrets_in_addresses_stay_inside(tmp_path: Path) -> None:
    url = "https://jan:geheim@www.voorbeeldmeer.example/x?token=abc123&p=2"
    report(
        tmp_path,
        finding(
            1,
            pages=(url,),
            examples=(example(url),),
            history=(Event(NOW, "accepted", None, "J. de Vries", {"reason": "te duur"}),),
        ),
    )
    said = everything(tmp_path)
    assert not any(word in said for word in ("J. de Vries", "te duur", "geheim", "abc123", "jan:"))


def test_each_finding_tells_all_that_is_asked(tmp_path: Path) -> None:
    report(tmp_path)
    page = (tmp_path / "report-nl-001.html").read_text("utf-8")
    assert faults(page) == [] and dead_links(tmp_path) == []
    card = " ".join(html.document_fromstring(page).get_element_by_id("f-VM-0002").text_content().split())
    for wanted in (
        "1.4.10 Reflow",
        "EN 301 549 9.1.4.10",
        "niveau AA",
        "https://www.voorbeeldmeer.example/nieuws/",
        "zoals de pagina opent",
        "main > img:nth-child(2)",
        "Wie heeft er last van?",
        "Hoe lost u het op?",
        "min-height",
        "Herstel op één plek",
        "Druk drie keer op Tab",
        "open",
        "Voor het eerst op 4 november 2026",
        "1 november 2026",
        "voor het eerst gezien",
    ):
        assert wanted in card, wanted
    row = dict(zip(supplier.COLUMNS, next(row for row in csv_rows(tmp_path) if row[0] == "VM-0001"), strict=True))
    assert (row["name_nl"], row["name_en"], row["clause"]) == ("Naam, rol, waarde", "Name, Role, Value", "9.4.1.2")
    assert "vast onderdeel" in row["cause"]


def csv_rows(folder: Path, name: str = "findings-nl.csv") -> list[list[str]]:
    """Rows of the CSV, the heading first."""
    return list(csv.reader(io.StringIO((folder / name).read_text("utf-8-sig")), delimiter=";"))


def test_csv_xlsx_and_json_hold_the_same(tmp_path: Path) -> None:
    own = report(tmp_path)
    rows = csv_rows(tmp_path)
    sheet = cells(tmp_path / "findings-nl.xlsx")
    assert rows[0] == sheet[0] and len(rows) == len(sheet) == len(own.findings) + 1
    for one, other in zip(rows[1:], sheet[1:], strict=True):
        assert one == [str(value) if value is not None else "" for value in other]
    assert [row[0] for row in rows[1:]] == [
        item["id"] for item in json.loads((tmp_path / "findings-nl.json").read_text())["findings"]
    ]
    assert len(cells(tmp_path / "findings-nl.xlsx", 1)) == 1 + sum(len(item.examples) for item in own.findings)


def test_the_letter_is_plain_and_names_the_most_urgent(tmp_path: Path) -> None:
    own = report(tmp_path)
    letter = (tmp_path / "letter-nl.txt").read_text("utf-8")
    assert letter.startswith("Beste mensen van Meerweb,") and letter.index("VM-0002") < letter.index("VM-0001")
    assert "VM-0003" not in letter, "the fixed are not asked for"
    assert "open nu 4" not in letter and "open staat in wat u levert: 4." in letter
    assert supplier.subject(own, "nl") == "Toegankelijkheid: open bevindingen voor Meerweb (4)"
    nothing = supplier.for_supplier([material((finding(1, life=Life.FIXED, fixed_on=NOW),))], MEERWEB)
    assert nothing is not None and "geen bevindingen open" in supplier.letter(nothing, "nl")


def test_hostile_content_is_inert_in_every_form(tmp_path: Path) -> None:
    report(tmp_path, hostile(life=Life.OPEN))
    page = (tmp_path / "report-nl-001.html").read_text("utf-8")
    assert faults(page) == [] and len(page) < 200_000
    for row in [
        *csv_rows(tmp_path)[1:],
        *[[str(v) for v in row if v] for n in (0, 1) for row in cells(tmp_path / "findings-nl.xlsx", n)[1:]],
    ]:
        assert not [cell for cell in row if cell.lstrip()[:1] in tuple("=+-@") and cell != "-"]
    said = everything(tmp_path)
    assert len(said) < 600_000
    assert not any(c in said for c in "\u202e\u2066\x00\x1b\u2028")
    assert not [path for path in tmp_path.rglob("*") if ".." in path.name or path.name.startswith("=")]


def test_pdf_is_made_by_the_printer_and_the_page_for_it_goes(tmp_path: Path) -> None:
    own = supplier.for_supplier([material()], MEERWEB)
    assert own is not None
    printed = []

    def printer(path: Path) -> bytes:
        printed.append(path.read_text("utf-8"))
        raise OSError("no browser")

    written = supplier.write(own, tmp_path, "nl", printer)
    assert not [path for path in tmp_path.iterdir() if path.suffix == ".pdf" or path.name.startswith("print-")]
    assert all(path.exists() for path in written)
    assert faults(printed[0]) == [] and "loading=" not in printed[0] and "f-VM-0002" in printed[0]


def test_a_very_long_report_says_on_paper_what_is_not_in_it(tmp_path: Path) -> None:
    many = tuple(finding(n, last_seen=NOW - timedelta(hours=n)) for n in range(1, supplier.PDF_FINDINGS + 21))
    own = supplier.for_supplier([material(many)], MEERWEB)
    assert own is not None
    printed = []

    def printer(path: Path) -> bytes:
        printed.append(path.read_text("utf-8"))
        raise OSError("enough")

    supplier.write(own, tmp_path, "nl", printer)
    assert f"de {supplier.PDF_FINDINGS} dringendste van {len(many)} bevindingen" in words(printed[0])
    assert dead_links(tmp_path) == []
    assert len(csv_rows(tmp_path)) == len(many) + 1
