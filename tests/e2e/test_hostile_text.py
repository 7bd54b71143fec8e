"""Hostile text in all that a page controls, through the whole pipeline: nothing of it works in any file or on the terminal.

Every file that the commands write is read with a real parser of its kind, and so is what they tell on the terminal.
"""

from __future__ import annotations

import asyncio
import csv
import io
import json
import re
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import lxml.etree
import lxml.html
import openpyxl
import pikepdf
import pytest

from scanner import run
from scanner.commands.shared import store_of
from scanner.config import load
from scanner.model import LedgerState
from tests.e2e.hostile_site import PNG
from tests.spiders.server import Server, html, serving

pytestmark = [pytest.mark.browser, pytest.mark.slow]

TEXTS = {
    "markup": "<script>alert('merk')</script><img src=x onerror=alert('merk')>\"'><svg/onload=alert('merk')>",
    "formula": "=cmd|' /C calc'!A0",
    "plus": "+1+merk|x",
    "at": "@SUM(1+1)*merk",
    "tab": "\t=1+merk",
    "escape": "\x1b]0;merk\x07\x1b[2J\x1b[31mmerk\x9b31m",
    "bidi": "merk\u202egpj.exe\u2066\u2069\u200f\u2028",
    "template": "{{40423*7}}${40423*7}{% for x in y %}<%= 40423*7 %>",
    "markdown": "[merk](javascript:alert(1)) ![x](https://kwaad.example/x.png) | merk |\n# merk",
    "mail": "merk\r\nBcc: iedereen@kwaad.example\r\n\r\n.",
    "path": "../../../../tmp/kwaad",
    "rich": "[red]merk[/] [link=https://kwaad.example]merk[/link] %s %(x)s {0} \\u001b",
}
ACTIVE = re.compile(r"[\x00-\x08\x0b-\x0c\x0e-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
CALCULATED = "282961"
"""What a template engine would make of the text above."""


def attribute(text: str) -> str:
    """Text as the value of an attribute in double quotes."""
    return text.replace("&", "&amp;").replace('"', "&quot;").replace("\x00", "&#0;")


def content(text: str) -> str:
    """Text as the content of an element."""
    return text.replace("&", "&amp;").replace("<", "&lt;")


def page(text: str) -> str:
    """All that a page can say, with this text in it, and a barrier at each place."""
    a, t = attribute(text), content(text)
    return f"""<h1>{t}</h1><h2>{t}</h2><h4>{t}</h4><p title="{a}">{t}</p>
<a href="/map/{quote(text, safe='')}?q={quote(text, safe='')}">{t}</a><a href="/leeg" title="{a}"></a><a href="/weg">{t}</a><a href="/weg2">{t}</a>
<img src="/logo.png?{quote(text)}" width="40" height="40" class="{a}"><img src="/logo.png" alt="{a}">
<p style="color: #bbb; background: #fff" id="{a}" class="{a}">{t}</p><label for="v">{t}</label><input id="v" name="{a}" placeholder="{a}" value="{a}">
<input name="{a}" placeholder="{a}" autocomplete="{a}"><button aria-label="{a}">{t} anders</button><button></button>
<span role="{a}" aria-label="{a}" lang="{a}">{t}</span><div role="checkbox" aria-checked="{a}" tabindex="0"></div><iframe src="/kader" title=""></iframe>
<table><caption>{t}</caption><tr><th>{t}<td>{t}</table><ul aria-label="{a}"><p>{t}</ul><video src="/film.mp4" controls title="{a}"></video>
<a href="/stuk.pdf">{t}</a><form action="/x" aria-label="{a}"><input type="text" name="email"><button>{t}</button></form>
<script>const merk = {json.dumps(text).replace("<", chr(92) + "u003c")}; console.log(merk); console.error(merk); alert(merk);
document.body.append(merk); throw new Error(merk)</script>"""


def document() -> bytes:
    """A PDF whose title and other facts are hostile, and which is not tagged."""
    pdf, out = pikepdf.new(), io.BytesIO()
    pdf.add_blank_page()
    for name in ("Title", "Author", "Subject", "Producer"):
        pdf.docinfo[f"/{name}"] = "".join(TEXTS.values())
    pdf.save(out)
    return out.getvalue()


def serve(server: Server) -> None:
    """A page per text."""
    for name, text in TEXTS.items():
        status, headers, body = html(text, page(text))
        said = re.sub(r"[\r\n\u0100-\uffff\x00]", "", text)
        server.pages[f"/{name}"] = (status, {**headers, "X-Merk": said, "Server": said, "Set-Cookie": f"merk={quote(said)}"}, body)
    everything = "".join(f'<li><a href="/{name}">{content(text)}</a>' for name, text in TEXTS.items())
    server.pages["/"] = html("Merk", f'<ul>{everything}</ul><a href="/stuk.pdf">{content(TEXTS["markup"])}</a>')
    server.pages["/kader"] = html(TEXTS["markup"], page(TEXTS["bidi"]))
    server.pages["/stuk.pdf"] = (200, {"Content-Type": "application/pdf"}, document())
    server.pages["/logo.png"] = (200, {"Content-Type": "image/png"}, PNG)


def files(folder: Path) -> Iterator[tuple[str, bytes]]:
    """Every file below a folder, archives unpacked."""
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            yield from _unpacked(str(path.relative_to(folder)), path.read_bytes())


def _unpacked(name: str, data: bytes) -> Iterator[tuple[str, bytes]]:
    yield name, data
    if name.endswith(".zip"):
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            for inner in archive.namelist():
                assert not inner.startswith(("/", "\\")) and ".." not in inner.split("/"), inner
                yield from _unpacked(f"{name}!{inner}", archive.read(inner))


def texts_of(value: Any) -> Iterator[str]:
    """Every text in a JSON value, names included."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield from texts_of(key)
            yield from texts_of(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from texts_of(inner)


def wrong(name: str, data: bytes) -> list[str]:
    """What works in this file and should not."""
    kind = name.rpartition(".")[2]
    found: list[str] = []
    if kind in ("html", "svg", "xml"):
        root = lxml.html.fromstring(data) if kind == "html" else lxml.etree.fromstring(data)
        for el in root.iter(lxml.etree.Element):
            if el.tag in ("script", "iframe", "object", "embed", "base") and "merk" in (el.text or "") + str(dict(el.attrib)):
                found.append(f"<{el.tag}>")
            for key, value in el.attrib.items():
                if key.startswith("on") or (key in ("href", "src", "action") and re.match(r"\s*(javascript|vbscript|data:text)", value, re.I)):
                    found.append(f"{el.tag} {key}={value[:60]}")
    if kind == "xlsx":
        for sheet in openpyxl.load_workbook(io.BytesIO(data)):
            for cell in (cell for row in sheet.iter_rows() for cell in row):
                target = cell.hyperlink.target if cell.hyperlink else ""
                if cell.data_type == "f" or (isinstance(cell.value, str) and ACTIVE.search(cell.value)) or re.match(r"(?!https?:|mailto:|#)\w+:", target or ""):
                    found.append(f"{sheet.title}!{cell.coordinate} {cell.value!r:.80}")
    if kind == "csv":
        text = data.decode("utf-8-sig")
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=";" if ";" in text.partition("\n")[0] else ","):
            found += [f"cell {cell!r:.80}" for cell in row if re.match(r"\s*[=+@|]|\s*-\D|[\t\r]", cell) and cell != "-"]
    if kind in ("json", "jsonl"):
        values = [json.loads(line) for line in data.splitlines()] if kind == "jsonl" else [json.loads(data)]
        found += [f"text {text!r:.80}" for value in values for text in texts_of(value) if ACTIVE.search(text)]
    if kind == "pdf" and not name.endswith("stuk.pdf"):
        with pikepdf.open(io.BytesIO(data)) as pdf:
            for one in pdf.objects:
                if isinstance(one, pikepdf.Dictionary) and {"/JS", "/JavaScript", "/Launch", "/SubmitForm"} & {str(one.get("/S", "")), *one.keys()}:
                    found.append(f"pdf {dict(one)!r:.80}")
    if kind in ("html", "svg", "xml", "csv", "json", "jsonl", "txt", "toml"):
        text = data.decode("utf-8")
        found += [f"character {match[0]!r} after {text[max(0, match.start() - 60):match.start()]!r}" for match in list(ACTIVE.finditer(text))[:3]]
        found += [f"calculated: {text[text.index(CALCULATED) - 60:][:120]!r}"] if CALCULATED in text else []
    return found


@pytest.mark.parametrize(("name", "data"), [
    ("a.html", b"<p>x</p><script>alert('merk')</script>"), ("a.html", b"<p onclick='merk()'>x"), ("a.html", b"<a href=' javascript:merk'>x"),
    ("a.html", "<p>\u202e".encode()), ("a.html", b"<p>282961"), ("a.csv", b"a;b\n1;\" =cmd|x\"\n"), ("a.csv", b"a,b\n1,@merk\n"), ("a.csv", b"a,b\n1,\x1b[2J\n"),
    ("a.json", b'{"a": ["\\u001b[2J"]}'), ("a.jsonl", b'{"a": 1}\n{"\\u202e": 1}'), ("a.txt", b"\x1b[2J"), ("a.xml", "<a>\u009b</a>".encode()),
])
def test_the_reader_sees_what_works(name: str, data: bytes) -> None:
    """Else the test below would say nothing."""
    assert wrong(name, data)


COMMANDS = (
    ["report", "--lang", "nl", "--lang", "en"], ["coverage", "kwaad"], ["explain", "{url}/bidi"], ["explain", "{url}/escape"], ["findings", "list", "--all"],
    ["law", "--no-pdf"], ["questions", "kwaad", "--xlsx", "{out}/vragen.xlsx", "--csv", "{out}/vragen.csv"], ["sample", "kwaad", "--csv", "{out}/steekproef.csv"],
    ["judge", "--replay", "1"], ["status", "kwaad"], ["health"],
)


@pytest.mark.thorough
@pytest.mark.timeout(600)
def test_nothing_of_it_works_anywhere(tmp_path: Path) -> None:
    """One light scan of a page per text, then every command that writes or tells something."""
    home, out = tmp_path / "werk", tmp_path / "werk" / "uit"
    out.mkdir(parents=True)
    with serving() as server:
        serve(server)
        settings = home / "scanner.toml"
        settings.write_text(f"""[organisation]
name = "Kwaad"
[[channel]]
id = "kwaad"
name = "Kwaad"
url = "{server.url('/')}"
limits = {{ page_seconds = 6 }}
[scan]
tabs = 2
""", "utf-8")
        config = load(settings)
        store = store_of(config)
        scan = asyncio.run(run.scan_channel(config, store, "kwaad", deep="none"))
        url = server.url("")
    rows = {row.url.removeprefix(url): row for row in store.ledger(scan.id)}
    assert {rows[f"/{name}"].state for name in TEXTS} == {LedgerState.VISITED}
    assert len({o.outcome.rule for o in store.outcomes(scan.id)}) > 15
    told: dict[str, str] = {}
    for command in COMMANDS:
        words = [part.format(url=url, out=out) for part in command]
        done = subprocess.run([sys.executable, "-m", "scanner.cli", *words, "--config", str(settings)], capture_output=True, timeout=150, check=False)
        told[" ".join(command)] = (done.stdout + done.stderr).decode()
        assert b"Traceback" not in done.stderr and b"No such" not in done.stderr, (command, done.stderr[-800:])
    assert {command: ACTIVE.findall(text)[:5] for command, text in told.items() if ACTIVE.search(text)} == {}
    assert [command for command, text in told.items() if CALCULATED in text] == []
    seen = {name: wrong(name, data) for name, data in files(home) if not name.startswith("data/")}
    kinds = {name.rpartition(".")[2] for name in seen}
    assert kinds >= {"html", "csv", "json", "jsonl", "xlsx", "xml", "txt", "toml", "zip"}, kinds
    told_of = {name.rpartition(".")[2] for name, data in files(home / "reports-out") if b"merk" in data}
    assert told_of >= {"html", "csv", "json", "xml"}, "what the pages say does stand in the reports"
    assert {name: faults[:3] for name, faults in seen.items() if faults} == {}
    assert {path.name for path in tmp_path.iterdir()} == {"werk"}
    assert {path.name for path in home.iterdir()} <= {"scanner.toml", "data", "reports-out", "uit", "law", "dossiers"}
    assert not list(Path("/tmp").glob("kwaad*"))
