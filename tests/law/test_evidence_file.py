"""The evidence file: all criteria with their basis, the same bytes every time, and altered files are noticed."""

import csv
import io
import json
import shutil
import subprocess
import zipfile
from dataclasses import replace
from datetime import date

import pytest
from lxml import html as parser

from reports.evidence_file import (
    HASHES,
    SIGNATURE,
    LookedPage,
    Picture,
    gather,
    html,
    pages_without_look,
    verify,
    write_zip,
)
from scanner.dossier import Answer, ChannelScan, CriterionScan, Dossier, FindingFact
from scanner.model import LedgerState, Verdict
from scanner.status import law_flag, status
from scanner.texts import LANGUAGES, has_text
from tests.law.dossiers import good
from tests.law.html_rules import faults, words
from tests.law.municipality import main_site

DAY = date(2026, 1, 1)
SCAN = ChannelScan("gemeente.example", DAY, (
    CriterionScan("1.4.3", Verdict.FAILED, (FindingFact("F1", "1.4.3", "contrast", "<b>Te weinig contrast</b>", "javascript:alert(1)", 3, confirmed=True),), 40),
    CriterionScan("1.1.1", Verdict.CANT_TELL, (), 40)), 42, 40, False, versions={"axe-core": "4.14.1", "scanner": "0.1.0"})
PAGES = (LookedPage("https://gemeente.example/", "visited", status=200, content_hash="ab"), LookedPage("https://gemeente.example/traag", "timed out", "30 s"))
PICTURES = (Picture("pictures/f1.png", b"\x89PNG fake", "1.4.3", "Grijze tekst in de voettekst"),)
ANSWERS = (Answer("logo", "1.1.1", Verdict.PASSED, DAY, "Anna", "gezien", date(2027, 1, 1)),)


def evidence(dossier=None, day=DAY, **other):
    """Evidence of a good channel."""
    dossier = dossier or good(("2.4.7",))
    values = {"answers": ANSWERS, "pages": PAGES, "pictures": PICTURES, **other}
    return gather(status(dossier, day), law_flag(dossier, day), SCAN, **values)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_page_is_accessible_and_has_every_criterion(lang):
    page = html(evidence(), lang)
    assert faults(page) == []
    tree = parser.document_fromstring(page)
    assert len([name for name in tree.xpath("//h3/@id") if name.startswith("c-")]) == 50
    assert all(tree.get_element_by_id(link[1:]) is not None for link in tree.xpath("//main//table//a/@href"))
    assert "<b>Te weinig contrast</b>" in words(page), "text of the site stays text"
    assert faults(html(evidence(Dossier("leeg.example"), answers=(), pages=(), pictures=()), lang)) == []


def test_it_says_what_it_rests_on_and_what_it_cannot_say():
    said = words(html(evidence(), "nl"))
    assert "De scan was niet compleet" in said and "axe-core 4.14.1" in said
    assert "Bekeken: 1 van de 2 gevonden adressen" in said
    assert [page.state for page in pages_without_look(PAGES)] == ["timed out"]


def test_the_zip_has_everything_and_the_same_bytes_every_time(tmp_path):
    dossier = main_site()
    first = write_zip(evidence(dossier, date(2026, 6, 1)), tmp_path / "a.zip", "nl", {"audit/wcag-em.json": b"{}"}, b"key")
    second = write_zip(evidence(dossier, date(2026, 6, 1)), tmp_path / "b.zip", "nl", {"audit/wcag-em.json": b"{}"}, b"key")
    assert first == second and (tmp_path / "a.zip").read_bytes() == (tmp_path / "b.zip").read_bytes()
    with zipfile.ZipFile(tmp_path / "a.zip") as archive:
        names = set(archive.namelist())
        rows = list(csv.reader(io.StringIO(archive.read("criteria.csv").decode("utf-8-sig")), delimiter=";"))
        changes = [json.loads(line) for line in archive.read("dossier-changes.jsonl").decode().splitlines()]
        manifest = json.loads(archive.read("manifest.json"))
    assert names == {"bewijsdossier.html", "dossier.toml", "dossier-changes.jsonl", "criteria.csv", "pages.csv", "scan.json", "manifest.json",
                     "pictures/f1.png", "audit/wcag-em.json", HASHES, SIGNATURE}
    assert len(rows) == 51
    assert len(changes) == len(dossier.as_of(date(2026, 6, 1)).changes) > 100
    assert (manifest["status"], manifest["met"], manifest["parsing_policy"]) == ("A", 50, "errata")
    assert verify(tmp_path / "a.zip", b"key") == ()


def altered(source, target, change):
    """A copy of a zip with its files changed by a function over name → bytes."""
    with zipfile.ZipFile(source) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    change(files)
    with zipfile.ZipFile(target, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)


@pytest.mark.parametrize(("change", "expected"), [
    (lambda files: files.update({"scan.json": files["scan.json"].replace(b"failed", b"passed")}), "altered: scan.json"),
    (lambda files: files.pop("pages.csv"), "missing: pages.csv"),
    (lambda files: files.update({"extra.txt": b"x"}), "not listed: extra.txt"),
    (lambda files: files.pop(HASHES), f"missing: {HASHES}"),
    (lambda files: files.pop(SIGNATURE), f"signature does not fit: {HASHES}"),
    (lambda files: files.update({HASHES: files[HASHES] + b"00  new\n"}), f"signature does not fit: {HASHES}")])
def test_whatever_is_altered_is_noticed(tmp_path, change, expected):
    write_zip(evidence(), tmp_path / "a.zip", "nl", key=b"key")
    altered(tmp_path / "a.zip", tmp_path / "b.zip", change)
    assert expected in verify(tmp_path / "b.zip", b"key")


def test_a_new_list_of_hashes_does_not_fool_the_signature(tmp_path):
    write_zip(evidence(), tmp_path / "a.zip", "nl", key=b"key")
    write_zip(evidence(answers=()), tmp_path / "b.zip", "nl", key=b"other")
    assert verify(tmp_path / "b.zip") == ()
    assert verify(tmp_path / "b.zip", b"key") == (f"signature does not fit: {HASHES}",)


def test_sha256sum_understands_the_list(tmp_path):
    if shutil.which("sha256sum") is None:
        pytest.skip("no sha256sum here")
    write_zip(evidence(), tmp_path / "a.zip", "en")
    with zipfile.ZipFile(tmp_path / "a.zip") as archive:
        archive.extractall(tmp_path / "out")
    assert subprocess.run(["sha256sum", "--strict", "-c", HASHES], cwd=tmp_path / "out", capture_output=True).returncode == 0


@pytest.mark.parametrize("name", ["../x.png", "/x.png", "a\\b.png", "c:x.png", "", HASHES])
def test_no_name_leads_out_of_the_file(name):
    with pytest.raises(ValueError, match="no name for a file"):
        evidence(pictures=(replace(PICTURES[0], name=name),))


def test_no_file_is_not_readable(tmp_path):
    (tmp_path / "a.zip").write_bytes(b"no zip")
    assert verify(tmp_path / "a.zip")[0].startswith("not readable")


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_word_of_the_ledger_has_a_text(lang):
    assert [state for state in LedgerState if not has_text(f"evidence.ledger.{state.value}", lang)] == []
