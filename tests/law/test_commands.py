"""The commands of the law, as a user gives them, over a store with a small scan and no browser."""

import csv
import http.server
import json
import socket
import struct
import threading
import zipfile
from dataclasses import replace
from datetime import date, timedelta

import httpx
import openpyxl
import pytest
from typer.testing import CliRunner

from scanner import dossier_store, law_files, legal, statement_fetch
from scanner.cli import app
from scanner.dossier_files import write_toml
from scanner.mail_domain import takes_mail
from scanner.model import Verdict
from scanner.texts import LANGUAGES
from scanner.wcag_em import read_evaluation
from tests.law.dossiers import good
from tests.law.html_rules import faults, words
from tests.law.made_scan import HOME, as_json, estate, scan


@pytest.fixture
def here(tmp_path, monkeypatch):
    """A scanned channel; commands run in its folder."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SCANNER_BY", "Anna")
    return estate(tmp_path)


def run(*command, code=0):
    """What a command writes; checks its exit code."""
    done = CliRunner().invoke(app, [str(part) for part in command], catch_exceptions=False)
    assert done.exit_code == code, done.output
    return done.output


def filled(here, failed=("1.4.3",), **other):
    """A good dossier for the main channel, of this autumn."""
    today = legal.today()
    dossier = good(failed)
    report = replace(dossier.reports[0], day=today - timedelta(60))
    stated = replace(dossier.statement, published_on=today - timedelta(50), last_updated=today - timedelta(50), reviewed_on=today - timedelta(50), claimed_status="B")
    dossier = replace(dossier, channel="main", reports=(report,), statement=stated, **other)
    dossier_store.record(here[1], "main", lambda _: dossier, "Anna", since=today - timedelta(60))
    return dossier


# The dossier -------------------------------------------------------------------------------------------------------


def test_a_dossier_goes_out_is_edited_and_comes_back_with_its_trace(here, tmp_path):
    filled(here)
    run("dossier", "export", "main", "--to", "main.toml")
    path = tmp_path / "main.toml"
    path.write_text(path.read_text("utf-8").replace("oude component", "verouderde component"), "utf-8")
    assert "1 veld zou veranderen" in run("dossier", "import", "main", path, "--dry-run")
    told = run("dossier", "import", "main", path, "--by", "Bilal", "--note", "gesproken met leverancier")
    assert "measures/m-1.4.3/cause: oude component wordt verouderde component" in told and "1 veld veranderd" in told
    assert "Er is niets veranderd" in run("dossier", "import", "main", path)
    last = run("dossier", "history", "main", "measures", "--limit", "1")
    assert "door Bilal" in last and "(gesproken met leverancier)" in last
    assert "verouderde component" in run("dossier", "show", "main")
    assert "verouderde" not in run("dossier", "show", "main", "--on", "2020-01-01")


@pytest.mark.parametrize("ending", ["xlsx", "csv"])
def test_a_dossier_as_workbook_or_one_list_as_csv(here, tmp_path, ending):
    filled(here)
    part = ("--part", "measures") if ending == "csv" else ()
    run("dossier", "export", "main", "--to", f"uit.{ending}", *part)
    if ending == "xlsx":
        book = openpyxl.load_workbook("uit.xlsx")
        assert "Maatregelen" in book.sheetnames
    assert "Er is niets veranderd" in run("dossier", "import", "main", f"uit.{ending}", *part)


def test_a_mistake_in_a_file_is_told_with_its_row_and_changes_nothing(here, tmp_path):
    (tmp_path / "fout.toml").write_text('[statement]\npublished_on = "gisteren"\n\n[[measures]]\nid = "m1"\ncriterion = "9.9.9"\n', "utf-8")
    told = run("dossier", "import", "main", "fout.toml", code=2)
    assert "rij 2" in told and "rij 6" in told and "9.9.9" in told
    assert dossier_store.dossier(here[1], "main").changes == ()
    (tmp_path / "ander.toml").write_text('channel = "kaart"\n', "utf-8")
    assert "kaart" in run("dossier", "import", "main", "ander.toml", code=2)


def test_fields_are_set_by_path(here):
    run("dossier", "set", "main", "statement/published_on=1-11-2026", "statement/claimed_status=B", "measures/m1/criterion=1.4.3",
        "measures/m1/planned_on=2027-01-01", "research/r1:1.1.1/verdict=voldoet", "card/name=Voorbeeldmeer.nl")
    found = dossier_store.dossier(here[1], "main")
    assert (found.statement.published_on, found.statement.claimed_status) == (date(2026, 11, 1), "B")
    assert (found.measures[0].id, found.measures[0].planned_on) == ("m1", date(2027, 1, 1))
    assert (found.research[0].report, found.research[0].criterion, found.research[0].verdict) == ("r1", "1.1.1", Verdict.PASSED)
    run("dossier", "set", "main", "measures/m1/planned_on=", "statement/claimed_status=", "--by", "Bilal")
    assert dossier_store.dossier(here[1], "main").measures[0].planned_on is None
    run("dossier", "set", "main", "measures/m1=", "statement=")
    assert dossier_store.dossier(here[1], "main").measures == () and dossier_store.dossier(here[1], "main").statement is None
    assert [change.before["criterion"] for change in dossier_store.dossier(here[1], "main").changes if change.path == "measures/m1"] == ["1.4.3"]


@pytest.mark.parametrize(("value", "said"), [
    ("niets", "PATH=VALUE"), ("verklaring/x=1", "PATH=VALUE"), ("statement/published_on=morgen", "geen datum"), ("statement/kleur=rood", "has no field"),
    ("statement/claimed_status=B", "published_on"), ("measures/m1/planned_on=2027-01-01", "criterion"), ("measures/m1/criterion=9.9.9", "9.9.9")])
def test_what_cannot_be_set_says_what_to_write_instead(here, value, said):
    assert said in run("dossier", "set", "main", value, code=2)
    assert dossier_store.dossier(here[1], "main").changes == ()


def test_an_unknown_channel_names_those_that_are_there(here):
    for command in (("dossier", "show"), ("status",), ("questions",), ("sample",), ("evidence",)):
        assert "main, kaart" in run(*command, "vijver", code=2)
    assert "nl or en" in run("status", "main", "--lang", "de", code=2)


# Status ------------------------------------------------------------------------------------------------------------


def test_status_tells_letter_reasons_steps_and_what_is_coming(here):
    assert "E (" in run("status", "main") and "Een scan alleen geeft nooit een status" in run("status", "main")
    filled(here)
    told = run("status", "main")
    today = legal.today()
    assert ": B (" in told and "49 van de 50 criteria" in told
    assert "Nog nodig voor status A:" in told and "1.4.3" in told
    assert "3 van de 50 criteria zijn beslist" in told
    assert "Status B is bereikt" in run("status", "main", "--target", "B")
    assert ": D (" in run("status", "main", "--on", (today + timedelta(3 * 366)).isoformat())
    assert "of the 50 criteria" in run("status", "main", "--lang", "en")
    assert "A, B, C, D, E" in run("status", "main", "--target", "Z", code=2)


def test_status_of_a_channel_that_was_never_scanned(here):
    assert "scanner scan kaart" in run("status", "kaart")
    for command in ("questions", "sample"):
        assert "scanner scan kaart" in run(command, "kaart", code=3)


def test_a_claim_that_the_scan_doubts_is_told_with_what_to_do(here):
    filled(here, ())
    assert "Scan en verklaring spreken elkaar tegen" in run("status", "main")


def test_alarms_of_any_day_over_all_channels(here):
    filled(here)
    assert "Kaart:" in run("alarms"), "no statement"
    later = run("alarms", "--on", (legal.today() + timedelta(360)).isoformat())
    assert later.count("Voorbeeldmeer.nl:") >= 1


# Questions ---------------------------------------------------------------------------------------------------------


def test_questions_are_listed_answered_and_counted(here):
    told = run("questions", "main", "--criterion", "1.1.1")
    assert told.count("V-") == 2 and "12 pagina's" in told
    asked = [item for item in legal.situation(here[1], here[0], "main").open if item.criterion == "1.1.1"]
    assert "Er is geen open vraag" in run("answer", "main", "V-onzin", "voldoet", code=2)
    assert "geen oordeel" in run("answer", "main", asked[0].id, "prima", code=2)
    assert "--import" in run("answer", "main", code=2)
    run("answer", "main", asked[0].id, "voldoet", "--note", "het wapen")
    told = run("answer", "main", asked[1].id, "nvt", "--by", "Bilal")
    assert "1 antwoord overgenomen" in told and "1 oordeel in het dossier is veranderd" in told and "4 van de 50" in told
    human = legal.situation(here[1], here[0], "main").dossier.human
    assert [(item.criterion, item.by) for item in human] == [("1.1.1", "Anna, Bilal")]


@pytest.mark.parametrize("ending", ["xlsx", "csv"])
def test_a_list_goes_out_is_filled_in_and_comes_back(here, tmp_path, ending):
    path = tmp_path / f"vragen.{ending}"
    run("questions", "main", f"--{ending}", path)
    if ending == "xlsx":
        book = openpyxl.load_workbook(path)
        sheet = book.worksheets[0]
        assert len(sheet._images) == 2, "the logo and the grey text"
        for row in sheet.iter_rows(min_row=2):
            row[7].value = "voldoet niet" if row[1].value == "1.4.3" else None
        book.save(path)
    else:
        rows = list(csv.reader(path.read_text("utf-8-sig").splitlines(keepends=True), delimiter=";"))
        for row in rows[1:]:
            row[7] = "voldoet niet" if row[1] == "1.4.3" else ""
        with path.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file, delimiter=";").writerows(rows)
    assert "1 antwoord overgenomen" in run("answer", "main", "--import", path)
    (verdict,) = legal.situation(here[1], here[0], "main").dossier.human
    assert (verdict.finding, verdict.by) == ("VM-0001", "Anna")
    assert "must end in" in run("questions", "main", "--csv", "x.txt", code=2)


# Sample and audit --------------------------------------------------------------------------------------------------


def test_the_sample_is_shown_written_and_drawn_anew(here, tmp_path):
    told = run("sample", "main")
    assert "a: vaste pagina's: Startpagina" in told and "met getal 1" in told and "Hiervoor is geen pagina gevonden" in told
    run("sample", "main", "--csv", "steekproef.csv", "--seed", "42")
    assert HOME in (tmp_path / "steekproef.csv").read_text("utf-8-sig")
    assert "met getal 42" in run("sample", "main")


def test_the_state_goes_out_as_an_audit_file_and_comes_in_as_research(here, tmp_path):
    filled(here)
    run("audit", "export", "main", "--to", "uit.json")
    audit = read_evaluation((tmp_path / "uit.json").read_bytes(), "uit.json")
    assert len(audit.verdicts) == 50 and audit.pages
    assert {row.criterion for row in audit.verdicts if row.verdict is Verdict.FAILED} == {"1.4.3"}
    assert {item.verdict for item in audit.results} <= {Verdict.CANT_TELL}, "a scan's word is a question there"
    told = run("audit", "import", "main", "uit.json", "--id", "extern", "--link", "https://audit.example/r.html")
    assert "Onderzoek extern overgenomen" in told
    found = dossier_store.dossier(here[1], "main")
    assert {item.id for item in found.reports} == {"r1", "extern"}
    kept = found.report("extern").note.removeprefix("sha256 ")
    assert here[1].blob(kept) == (tmp_path / "uit.json").read_bytes(), "the file is kept as it came"
    (tmp_path / "fout.json").write_text("{}", "utf-8")
    assert "geen WCAG-EM-evaluatie" in run("audit", "import", "main", "fout.json", code=2)


def test_the_scan_goes_out_as_earl_for_another_tool(here, tmp_path):
    run("audit", "export", "main", "--to", "earl.json", "--earl")
    graph = as_json(tmp_path / "earl.json")["@graph"]
    assert {item["mode"] for item in graph} == {"earl:automatic"}
    assert "earl:failed" in {item["result"]["outcome"] for item in graph}
    assert "niets te exporteren" in run("audit", "export", "kaart", "--to", "k.json", "--earl", code=3)


# Files -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("lang", LANGUAGES)
def test_everything_that_the_law_asks_for_in_both_languages(here, tmp_path, lang):
    filled(here)
    run("law", "--lang", lang, "--no-pdf", "--folder", "uit")
    folder = tmp_path / "uit"
    day = legal.today()
    names = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    assert {f"law-{lang}.html", f"council-{lang}.html", f"main/law/statement-{lang}.html", f"main/law/evidence-{lang}.html",
            f"main/law/evidence-{day}-{lang}.zip", f"main/law/evidence-{day}-{lang}.sha256sums.txt", f"main/law/improvement-{day.year}-{lang}.html",
            f"main/law/questions-{lang}.xlsx", f"main/law/sample-{lang}.csv", f"main/law/wcag-em-{lang}.json", f"main/law/earl-{lang}.json",
            "main/law/dossier.toml", f"kaart/law/statement-{lang}.html", f"kaart/law/improvement-{day.year}-{lang}.html"} <= names
    assert not [name for name in names if name.endswith(".part")]
    for name in names:
        if name.endswith(".html"):
            assert faults((folder / name).read_text("utf-8")) == [], name
    page = (folder / f"law-{lang}.html").read_text("utf-8")
    links = [name for name in page.split('href="')[1:] if not name.startswith(("#", "http"))]
    assert all((folder / name.split('"')[0]).is_file() for name in links)
    assert len(links) > 10


def test_the_evidence_shows_pictures_findings_and_answers_and_is_sealed(here, tmp_path, monkeypatch):
    filled(here)
    monkeypatch.setenv("SEAL", "geheim")
    told = run("evidence", "main", "--no-pdf", "--folder", "uit", "--key", "SEAL")
    assert "Verzegeld met de hash" in told
    archive = next((tmp_path / "uit").glob("*.zip"))
    with zipfile.ZipFile(archive) as made:
        names, page = made.namelist(), made.read("bewijsdossier.html").decode()
        earlier = json.loads(made.read("manifest.json"))["previous"]
    assert earlier == "" and sum(name.startswith("pictures/") for name in names) == 1
    assert "VM-0001" in words(page) and "audit/wcag-em-nl.json" in names and "statement-nl.html" in names
    picture = next(name for name in names if name.startswith("pictures/"))
    assert (tmp_path / "uit" / picture).is_file(), "the loose page finds its pictures"
    assert "ongewijzigd" in run("evidence", "main", "--verify", archive, "--key", "SEAL")
    assert "SEAL2" in run("evidence", "main", "--verify", archive, "--key", "SEAL2", code=2)
    with zipfile.ZipFile(archive, "a") as made:
        made.writestr("extra.txt", "x")
    assert "extra.txt" in run("evidence", "main", "--verify", archive, code=1)


def test_each_evidence_file_names_the_one_before(here, tmp_path):
    filled(here)
    today = legal.today()
    for day in (today - timedelta(2), today - timedelta(1), today):
        run("evidence", "main", "--no-pdf", "--folder", "uit", "--on", day.isoformat())
    found = []
    for archive in sorted((tmp_path / "uit").glob("*.zip")):
        with zipfile.ZipFile(archive) as made:
            found.append(json.loads(made.read("manifest.json"))["previous"])
    assert found[0] == "" and len(set(found)) == 3


def test_a_statement_is_published_only_when_nothing_is_missing(here, tmp_path):
    told = run("statement", "main", "--public", code=3)
    assert "punten ontbreken" in told and "vul in bij" in told
    run("statement", "main")
    filled(here)
    run("statement", "main", "--public", "--to", "verklaring.html")
    assert 'itemprop="nalevingsstatus"' in (tmp_path / "verklaring.html").read_text("utf-8")


def test_the_log_and_the_council_page_by_command(here, tmp_path):
    filled(here)
    run("improvement", "main", "--to", "log.html")
    run("improvement", "main", "--year", "2025", "--to", "vorig.html")
    run("council", "--to", "raad.html", "--lang", "en")
    assert all(faults((tmp_path / name).read_text("utf-8")) == [] for name in ("log.html", "vorig.html", "raad.html"))
    assert "31 december 2025" in words((tmp_path / "vorig.html").read_text("utf-8"))


def test_hostile_words_of_a_site_and_a_dossier_stay_text(here, tmp_path):
    config, store, _ = here
    bad = '<script>alert(1)</script>'
    dossier = replace(good(("1.4.3",)), channel="main")
    dossier = replace(dossier, card=replace(dossier.card, name=bad), measures=tuple(replace(item, cause=bad) for item in dossier.measures))
    dossier_store.record(store, "main", lambda _: dossier, "Anna")
    for path in law_files.write_law_files(config, store, tmp_path / "uit", ["nl"]):
        if path.suffix == ".html":
            assert faults(path.read_text("utf-8")) == [], path
    assert write_toml(dossier, "nl").count(bad) == 2


# The published statement -------------------------------------------------------------------------------------------

STATEMENT = """<html lang="nl"><title>Toegankelijkheid</title><main><h1>Toegankelijkheid</h1>
<p>Deze verklaring is van toepassing op <span itemprop="website-url">voorbeeldmeer</span>.</p>
<p itemprop="nalevingsstatus">B: voldoet gedeeltelijk</p><p>Laatst bijgewerkt op {day}.</p>
<p>Afwijkingen</p><p>Feedback: <a href="mailto:toegankelijk@{domain}">mail</a></p><p>Nationale ombudsman</p><p>Akkoord</p>
<p><a itemprop="onderzoeksresultaat-url" href="{report}">Onderzoeksrapport</a> <a href="/weg">weg</a></p></main>"""


class Site(http.server.BaseHTTPRequestHandler):
    """A small site with a statement two clicks from home."""

    def log_message(self, *_):
        """Never log."""

    def do_GET(self):
        """Answers a few pages; everything else is 404."""
        host = f"http://127.0.0.1:{self.server.server_address[1]}"
        pages = {"/": '<a href="/over/">Over</a>', "/over/": '<a href="/toegankelijkheid/">Verklaring</a>', "/rapport-2026.html": "rapport",
                 "/toegankelijkheid/": STATEMENT.format(day=legal.today().isoformat(), domain="voorbeeldmeer.example", report=f"{host}/rapport-2026.html")}
        if self.path == "/naar-binnen":
            self.send_response(302)
            self.send_header("Location", "http://169.254.169.254/")
            self.end_headers()
            return
        body = pages.get(self.path, "").encode()
        self.send_response(200 if body else 404)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(body)

    do_HEAD = do_GET


@pytest.fixture
def site(here, tmp_path, monkeypatch):
    """The site served, as the address of channel kaart, that has no scan."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Site)
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    path = tmp_path / "scanner.toml"
    address = f"http://127.0.0.1:{server.server_address[1]}/"
    path.write_text(path.read_text("utf-8").replace("https://kaart.voorbeeldmeer.example/", address), "utf-8")
    monkeypatch.setattr(statement_fetch, "PAUSE", 0)
    monkeypatch.setattr(statement_fetch, "takes_mail", lambda domain: None)
    yield address
    server.shutdown()
    server.server_close()


def test_a_published_statement_is_fetched_and_checked(site):
    told = run("statement-check", "kaart", "--address", f"{site}toegankelijkheid/", code=1)
    lines = {line.split("  ")[0].strip(): [] for line in told.splitlines()}
    for line in told.splitlines():
        lines[line.split("  ")[0].strip()].append(line)
    assert any("/weg" in line for line in lines["voldoet niet"]), "a dead link"
    assert any("2 klik" in line for line in lines["voldoet"]), told
    assert any("rapport-2026" in line for line in lines["voldoet"])
    assert len(lines["voldoet niet"]) == 1, told


def test_a_statement_that_is_not_there_is_the_one_failure(site):
    told = run("statement-check", "kaart", "--address", f"{site}niets/", code=1)
    assert told.count("voldoet niet") == 1 and len(told.splitlines()) == 1


def test_a_statement_cannot_send_the_scanner_into_the_inner_network(site, tmp_path):
    from scanner.config import load
    with statement_fetch.Fetcher(load(tmp_path / "scanner.toml")) as fetcher:
        assert fetcher.get(f"{site}over/").ok
        assert not fetcher.alive(f"{site}naar-binnen").ok
        assert "metadata" in fetcher.alive(f"{site}naar-binnen").reason
        assert "RefusedAddress" in fetcher.alive("http://10.0.0.1/").reason
        assert not fetcher.alive("file:///etc/passwd").ok and not fetcher.alive("http://[::").ok


def test_an_endless_page_and_an_endless_redirect_end(here, monkeypatch):
    monkeypatch.setattr(statement_fetch, "PAUSE", 0)
    monkeypatch.setattr(statement_fetch.Guard, "addresses", lambda self, host: ("203.0.113.1",))

    def answer(request):
        if request.url.path == "/rond":
            return httpx.Response(302, headers={"location": "/rond"})
        return httpx.Response(200, content=(b"x" * 100_000 for _ in range(1000)))

    with statement_fetch.Fetcher(here[0], httpx.MockTransport(answer)) as fetcher:
        assert fetcher.get("https://a.example/rond").reason == "too many redirects"
        assert len(fetcher.get("https://a.example/lang").content) == statement_fetch.MOST_BYTES


def test_clicks_are_counted_in_the_links_of_the_scan(here):
    config, store, _ = here

    class Nothing:
        def get(self, address):
            raise AssertionError(f"asked for {address}")

    count = statement_fetch.count_clicks
    assert count(config, store, config.channel("main"), {HOME}, Nothing()) == 0
    assert count(config, store, config.channel("main"), {f"{HOME}toegankelijkheid/"}, Nothing()) == 1
    assert count(config, store, config.channel("main"), {"https://elders.example/verklaring"}, Nothing()) == 3


@pytest.mark.parametrize(("code", "answers", "expected"), [(0, 1, True), (3, 0, False), (2, 0, None)])
def test_a_mail_domain_is_asked_of_the_name_server(code, answers, expected):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
        server.bind(("127.0.0.1", 0))
        server.settimeout(5)
        seen = []

        def serve():
            question, asker = server.recvfrom(512)
            seen.append(question)
            server.sendto(question[:2] + struct.pack(">HHHHH", 0x8180 | code, 1, answers, 0, 0) + question[12:], asker)

        thread = threading.Thread(target=serve)
        thread.start()
        assert takes_mail("voorbeeldmeer.nl", [server.getsockname()]) is expected
        thread.join()
        assert b"\x0dvoorbeeldmeer\x02nl\x00\x00\x0f" in seen[0], "asks for MX"
    assert takes_mail("voorbeeldmeer.nl", []) is None and takes_mail("", []) is False


def test_another_scan_changes_nothing_in_the_files_of_the_dossier(here, tmp_path):
    """Determinism: the same store gives the same bytes."""
    filled(here)
    scan(here[1], here[0])
    law_files.write_law_files(here[0], here[1], tmp_path / "a", ["nl"])
    law_files.write_law_files(here[0], here[1], tmp_path / "b", ["nl"])
    for path in (tmp_path / "a").rglob("*"):
        if path.suffix in (".html", ".zip", ".csv", ".json", ".toml"):
            assert path.read_bytes() == (tmp_path / "b" / path.relative_to(tmp_path / "a")).read_bytes(), path
