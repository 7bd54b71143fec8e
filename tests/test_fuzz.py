"""Whatever stands in a file that a person or a site gives us: an answer or one clear error with file, place and cure.

Never a traceback. Properties are bounded so that the suite stays quick; each bug that was found here is an `example`.
"""

from __future__ import annotations

import io
import json
import re
import zipfile
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pikepdf
import tomlkit
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from checks.pdf import look_into
from checks.probes.recordings import read_captions
from scanner.config import Config, ConfigError, load
from scanner.dossier_files import ImportFailed, read_csv, read_toml, read_xlsx
from scanner.frameworks import framework
from scanner.questions import read_answers
from scanner.statement_checker import FetchedStatement
from scanner.statement_checker import check as check_statement
from scanner.status import status
from scanner.texts import LANGUAGES
from scanner.wcag_em import export_evaluation, read_evaluation
from spiders.robots import Robots
from spiders.sitemap import BadSitemap, Sitemap, parse
from tests.law.dossiers import good
from tests.law.test_wcag_em import DAY, PAGES, RESULTS, SCAN

ROOT = Path(__file__).parent.parent
LAW = framework(date(2026, 1, 1))
EXAMPLE = (ROOT / "scanner" / "data" / "example.toml").read_text("utf-8")
quick = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])

NASTY = st.sampled_from(["", "\0", "\x1b[31m", "=1+1", "'\"`<script>", "a" * 5_000, "../../etc/passwd", "http://[::1", "http://x:99999/",
                         "http://\udcff".encode("utf-8", "replace").decode(), "((((", "*" * 50, "-1", "1e999", "2026-13-45", "ﬀ", "\u202e", "https://u:p@x.nl/"])
SCALARS = st.one_of(NASTY, st.text(max_size=20), st.integers(-(2**63), 2**63 - 1), st.floats(allow_nan=True), st.booleans(), st.dates())
VALUES = st.recursive(SCALARS, lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=8), inner, max_size=3)), max_leaves=8)
LINES = EXAMPLE.splitlines(keepends=True)


# --- scanner.toml -----------------------------------------------------------------------------------------------------


def loads(folder: Path, content: bytes) -> Config | str:
    """The settings, or what is said of them; the error names the file and a line that exists."""
    path = folder / "scanner.toml"
    path.write_bytes(content)
    try:
        return load(path)
    except ConfigError as error:
        said = str(error)
        assert said.startswith(f"{path}:{error.line}: ") and len(error.message) > 10
        assert 1 <= error.line <= content.count(b"\n") + 1 + content.count(b"\r")
        assert not re.search(r"Traceback|pydantic|ValidationError|https://errors", error.message)
        return said


@quick
@given(st.binary(max_size=300))
@example(b"[" * 5_000)
@example(b"a = " + b"[" * 5_000)
@example(b"a = " + b"{b = " * 3_000)
@example(b"a" + b".a" * 5_000 + b" = 1")
@example(b"\xff\xfe[\x00")
@example(b"organisation = 9" + b"9" * 10_000)
def test_settings_of_any_bytes(tmp_path: Path, content: bytes) -> None:
    loads(tmp_path, content)


@quick
@given(st.data())
def test_settings_with_one_line_spoilt(tmp_path: Path, data: st.DataObject) -> None:
    """The example with a line cut, doubled, or its value replaced by something nasty."""
    lines = list(LINES)
    at = data.draw(st.integers(0, len(lines) - 1))
    how = data.draw(st.sampled_from(["cut", "double", "value", "half", "insert"]))
    if how == "cut":
        del lines[at]
    elif how == "double":
        lines.insert(at, lines[at])
    elif how == "half":
        lines[at] = lines[at][: len(lines[at]) // 2] + "\n"
    elif how == "insert":
        lines.insert(at, data.draw(st.text(max_size=30)) + "\n")
    else:
        key, equals, _ = lines[at].partition("=")
        lines[at] = f"{key}{equals} {tomlkit.item(data.draw(SCALARS)).as_string()}\n" if equals else lines[at]
    loads(tmp_path, "".join(lines).encode("utf-8", "surrogatepass"))


@quick
@given(st.data())
def test_settings_with_any_value_at_any_key(tmp_path: Path, data: st.DataObject) -> None:
    """A value of any kind where another kind is expected, at every depth."""
    document = tomlkit.parse(EXAMPLE).unwrap()
    here: Any = document
    while True:
        key = data.draw(st.sampled_from(sorted(here) if isinstance(here, dict) else list(range(len(here)))))
        inner = here[key]
        if not isinstance(inner, dict | list) or not inner or data.draw(st.booleans()):
            here[key] = data.draw(VALUES)
            break
        here = inner
    loads(tmp_path, tomlkit.dumps(document).encode("utf-8", "replace"))


# --- what sites give --------------------------------------------------------------------------------------------------

XML = st.text(alphabet="<>/&;?!\"' urlsetocindx:=[]-%CDATA\n", max_size=200)


@quick
@given(st.one_of(st.binary(max_size=400), XML.map(str.encode), XML.map(lambda s: f"<urlset><url><loc>{s}</loc></url></urlset>".encode())))
@example(b"<urlset>" + b"<url>" * 20_000)
@example(b"\x1f\x8b\x08")
@example(b"<urlset><url><loc>http://[::1</loc></url></urlset>")
@example(b"http://x.nl/\nhttp://[::1\n")
@example(b"<urlset xmlns='" + b"x" * 100_000 + b"'>")
def test_sitemaps(body: bytes) -> None:
    try:
        found = parse(body, "https://x.nl/sitemap.xml")
    except BadSitemap as error:
        assert str(error)
        return
    assert isinstance(found, Sitemap)
    assert all(url.startswith(("http://", "https://")) for url in (*found.pages, *found.sitemaps))


RULES = st.lists(st.sampled_from(["User-agent: *", "User-agent: scanner", "Disallow: /", "Disallow: /*$*$", "Allow: /a", "Crawl-delay: ", "Crawl-delay: x",
                                  "Crawl-delay: -5", "Crawl-delay: inf", "Crawl-delay: nan", "Crawl-delay: 1e400", "Request-rate: 1/0", "Sitemap: http://[::1", "Sitemap:", "Visit-time: 9-8",
                                  "Disallow: %", "Disallow: %zz%ff", "Host: \0", "\ufeffUser-agent: *", "Disallow: " + "*a" * 200]), max_size=12).map("\n".join)


@quick
@given(st.one_of(st.binary(max_size=300), RULES.map(str.encode)), st.sampled_from([200, 404, 500]))
@example(b"User-agent: *\nCrawl-delay: nan\n", 200)
@example(b"User-agent: *\nRequest-rate: 1/0\nDisallow: /", 200)
def test_robots(body: bytes, answered: int) -> None:
    robots = Robots.read("https://x.nl/robots.txt", answered, body)
    assert robots.allows("https://x.nl/a?b=%zz", "scanner") in (True, False)
    delay = robots.delay("scanner")
    assert 0 <= delay <= 10, "also when it says -5, inf or nan"


def _pdf() -> bytes:
    made = pikepdf.new()
    made.add_blank_page()
    made.Root.StructTreeRoot = made.make_indirect(pikepdf.Dictionary(K=pikepdf.Array([pikepdf.Dictionary(S=pikepdf.Name.H1)])))
    made.Root.Lang = pikepdf.String("nl")
    out = io.BytesIO()
    made.save(out, object_stream_mode=pikepdf.ObjectStreamMode.disable, compress_streams=False)
    return out.getvalue()


PDF = _pdf()


@settings(quick, max_examples=80)
@given(st.lists(st.tuples(st.integers(0, len(PDF) - 1), st.binary(min_size=0, max_size=6)), max_size=6), st.integers(0, len(PDF)))
@example([], 0)
@example([(PDF.index(b"/Lang"), b"/Lang 1 0 R")], 0)
def test_pdf_files(changes: list[tuple[int, bytes]], cut: int) -> None:
    """Bytes replaced anywhere and the end cut off: a record, or a record that says why not."""
    data = bytearray(PDF)
    for at, new in changes:
        data[at : at + len(new)] = new
    record = look_into(bytes(data[: len(data) - cut] if cut % 3 == 0 else data))
    json.dumps(record)


@quick
@given(st.one_of(st.binary(max_size=200), st.text(alphabet="WEBVTT -->:.0123456789\n<>&", max_size=200).map(lambda s: ("WEBVTT\n\n" + s).encode())))
@example(b"WEBVTT\n\n00:00:00.000 --> 99:99:99.999\nx")
def test_captions(body: bytes) -> None:
    json.dumps(read_captions(body))


@quick
@given(st.one_of(st.text(max_size=300), st.text(alphabet="<>/ahrefdiv=\"'&#;x0123 ", max_size=300)))
@example("<a href='http://[::1'>x</a>")
@example("<" * 20_000)
@example("<?xml version='1.0' encoding='utf-16'?><p>x")
def test_published_statements(content: str) -> None:
    points = check_statement(FetchedStatement("https://x.nl/toegankelijkheid", 200, content), date(2026, 1, 1), LAW)
    assert points


# --- imports ----------------------------------------------------------------------------------------------------------


def told(error: ImportFailed) -> None:
    """Every problem has its file and a cure in both languages, without anything that a terminal obeys."""
    assert error.problems
    for problem in error.problems:
        for lang in LANGUAGES:
            assert problem.file and len(problem.message(lang)) > 10


JSON = st.recursive(st.one_of(st.none(), SCALARS.filter(lambda v: not isinstance(v, date))),
                    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(
                        st.sampled_from(["type", "@type", "@graph", "defineScope", "scope", "auditSample", "auditResult", "selectSample", "exploreTarget", "reportFindings",
                                         "date", "test", "subject", "result", "outcome", "structuredSample", "webpage", "id", "@id", "@context", "description", "mode",
                                         "hasPart", "conformanceTarget", "wcagVersion", "creator", "evaluator", "title", "en", "nl"]), inner, max_size=6)), max_leaves=20)


@settings(quick, max_examples=120)
@given(st.one_of(JSON.map(lambda v: json.dumps(v, ensure_ascii=True).encode()), st.binary(max_size=100)))
@example(b"[" * 100_000)
@example(b'{"type": "Evaluation", "auditSample": "x"}')
@example(b'{"type": ["Evaluation"], "defineScope": {"scope": []}, "reportFindings": {"date": {"@value": 1}}}')
@example(b"9" * 10_000)
@example(b"\xff\xfe{")
def test_wcag_em_evaluations(content: bytes) -> None:
    try:
        read_evaluation(content, "audit.json")
    except ImportFailed as error:
        told(error)


def test_wcag_em_made_files_with_one_value_spoilt() -> None:
    """A file as the report tool writes it, each value in turn replaced by each kind of thing."""
    whole = export_evaluation(status(good(("2.4.7",)), DAY), SCAN, PAGES, RESULTS, "nl", evaluator="Anna")

    def paths(value: Any, so_far: tuple[Any, ...] = ()) -> Any:
        yield so_far
        if isinstance(value, dict):
            for key in value:
                yield from paths(value[key], (*so_far, key))
        elif isinstance(value, list):
            for index in range(min(len(value), 2)):
                yield from paths(value[index], (*so_far, index))

    text = json.dumps(whole)
    tried = 0
    for path in list(paths(whole))[1:400]:
        for wrong in (None, 7, "x\x1b[2J", [], {}, [[]], {"@value": {}}, -1.5):
            copy = json.loads(text)
            here = copy
            for key in path[:-1]:
                here = here[key]
            here[path[-1]] = wrong
            tried += 1
            try:
                read_evaluation(json.dumps(copy), "audit.json")
            except ImportFailed as error:
                told(error)
    assert tried > 200


@quick
@given(st.one_of(st.text(max_size=300), VALUES.filter(lambda v: isinstance(v, dict)).map(lambda v: tomlkit.dumps(v))))
@example("a = " + "[" * 3_000)
@example("[[reports]]\nid = []\n[[reports]]\nday = 1\n")
@example("statement = 1\nmeasures = {}\n")
def test_dossiers_in_toml(content: str) -> None:
    try:
        read_toml(content)
    except ImportFailed as error:
        told(error)


@quick
@given(st.text(max_size=300), st.sampled_from(["measures", "reports", "x", ""]))
@example('"' + "a" * 140_000, "measures")
@example("a\0b;c\n", "measures")
@example("a;b\r\r\n\x0b", "reports")
def test_dossiers_in_csv(content: str, part: str) -> None:
    try:
        read_csv(content, "x.csv", part)
    except ImportFailed as error:
        told(error)


def _book(**cells: object) -> bytes:
    book = openpyxl.Workbook()
    book.active.title = "measures"
    for number, (name, value) in enumerate(cells.items(), 1):
        book.active.cell(1, number, name)
        book.active.cell(2, number, value)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


BOOK = _book(id="m1", what="x", done=True, due=date(2026, 1, 1))


def _with(name: str, content: bytes) -> bytes:
    """The workbook with one of its files replaced."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(BOOK)) as old, zipfile.ZipFile(out, "w") as new:
        for item in old.namelist():
            new.writestr(item, content if item == name else old.read(item))
    return out.getvalue()


SHEET = "xl/worksheets/sheet1.xml"
HEAD = '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
TAIL = "</sheetData></worksheet>"


@settings(quick, max_examples=80)
@given(st.one_of(
    st.binary(max_size=200),
    st.tuples(st.integers(0, len(BOOK) - 1), st.binary(min_size=1, max_size=4)).map(lambda c: BOOK[: c[0]] + c[1] + BOOK[c[0] + len(c[1]):]),
    st.text(alphabet="<row r=\"1A\" ct>v/is0-9e&;'", max_size=120).map(lambda s: _with(SHEET, (HEAD + s + TAIL).encode())),
    st.sampled_from(["xl/workbook.xml", "xl/styles.xml", "[Content_Types].xml", "xl/_rels/workbook.xml.rels"]).map(lambda n: _with(n, b"<x/>")),
))
@example(_with(SHEET, f'{HEAD}<row r="1"><c r="ZZZZZZ1" t="n"><v>1</v></c></row>{TAIL}'.encode()))
@example(_with(SHEET, f'{HEAD}<row r="1"><c r="A1" t="s"><v>99999</v></c></row>{TAIL}'.encode()))
@example(_with(SHEET, f'{HEAD}<row r="1"><c r="A1" t="n"><v>x</v></c></row>{TAIL}'.encode()))
@example(_with(SHEET, f'{HEAD}<row r="x"><c r="A1" t="d"><v>2026-99-99</v></c></row>{TAIL}'.encode()))
@example(_with(SHEET, f'{HEAD}<row r="1"><c r="A1" s="999"><v>1</v></c></row>'.encode()))
@example(_with(SHEET, b'<!DOCTYPE x [<!ENTITY a "b"><!ENTITY c "&a;&a;">]><x>&c;</x>'))
@example(b"")
def test_workbooks(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "x.xlsx"
    path.write_bytes(content)
    for read in (read_xlsx, lambda p: read_answers(p, (), LAW)):
        try:
            read(path)
        except ImportFailed as error:
            told(error)


@quick
@given(st.one_of(st.binary(max_size=200), st.text(max_size=200).map(lambda s: ("question;verdict\n" + s).encode("utf-8", "replace"))))
@example(b"question;verdict\n\xff\xfe")
def test_answers(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "x.csv"
    path.write_bytes(content)
    try:
        read_answers(path, (), LAW, "ik", date(2026, 1, 1))
    except ImportFailed as error:
        told(error)
