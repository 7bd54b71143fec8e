"""The second driver says of the same pages what the first says, and is silent about nothing it could not do."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterable, Sequence
from pathlib import Path
from unittest.mock import Mock

import pytest

from checks import selenium_driver
from checks.browser import NoBrowser
from checks.catalogue import evaluate_page
from checks.hindrance import Hindrance, told
from checks.pool import PoolSettings
from checks.selenium_driver import OTHERWISE, Sessions, visit
from checks.tab import Frame, Tab
from checks.visit import Visit, VisitRequest
from scanner.axe import find_axe
from scanner.config import Config, ConfigError, load
from scanner.demo.estate import Estate
from scanner.finding_store import night
from scanner.findings import Night
from scanner.model import LedgerState, Outcome, Verdict
from scanner.reach import reach
from scanner.reporting import write_reports
from scanner.run import scan_channel
from scanner.store import Store, open_store, sqlite_address
from tests.looking import look_at_all
from tests.spiders.server import html, serving

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.skipif(not shutil.which("chromedriver"), reason="no chromedriver: apt-get install chromium-driver"),
]
PAGES = ("/", "/contact/", "/nieuws/", "/onderwerpen/", "/producten/parkeervergunning/")
"""Of the built-in estate: with barriers, and with the frame of every page."""
Said = set[tuple[str, str, str, str, str]]


def said(outcomes: Iterable[Outcome]) -> Said:
    """Criterion, verdict, rule, frame and selector of what was seen in the page as it opened."""
    return {
        (o.criterion, str(o.verdict), o.rule, o.place.frame if o.place else "", o.place.selector if o.place else "")
        for o in outcomes
        if o.verdict is not Verdict.UNTESTED and o.state in ("", "base")
    }


def looks(urls: Sequence[str], settings: PoolSettings | None = None, seconds: float = 20.0) -> list[Visit]:
    """Visits of these addresses, one after the other, in as few sessions as it takes."""

    async def look() -> list[Visit]:
        seen: list[Visit] = []
        tab: Tab | None = None
        async with Sessions.start(settings or PoolSettings(axe_source=find_axe().text())) as pool:
            for url in urls:
                tab = await pool.renew(tab)
                seen.append(await visit(pool, tab, VisitRequest(url, seconds=seconds)))
        return seen

    return asyncio.run(look())


def test_one_page_says_the_same_by_both_drivers() -> None:
    """Element by element, in frames too; what only the first can look at is never passed by the second."""
    with serving() as site, serving() as elsewhere:
        elsewhere.pages = {"/": html("Kaart", '<img src="/a.png" width="40" height="40"><p style="color:#999">Licht</p>')}
        site.pages = {
            "/": html("Contact", f"""<img src="/logo.png" width="40" height="40"><p style="color:#999">Te licht</p>
            <label for="a">Naam</label><input id="a"><input><ul><div>los</div></ul>
            <div id="host"></div><iframe src="/kader" title="Kader"></iframe><iframe src="{elsewhere.url("/")}"></iframe>
            <script>document.getElementById('host').attachShadow({{mode: 'open'}}).innerHTML = '<button></button>'</script>"""),
            "/kader": html("Kader", '<img src="/logo.png" width="40" height="40">'),
        }  # fmt: skip
        url = site.url("/")
        (seen,) = looks([url])
        ((_, first),) = asyncio.run(look_at_all([url], deep=False))
    second = evaluate_page(seen.page)
    assert seen.state is LedgerState.VISITED and seen.page.looks[0].viewport == "1280x1024"
    settled = {"passed", "inapplicable"}
    assert {row for row in said(second) if row[1] not in settled} == {row for row in said(first) if row[1] not in settled}
    assert said(second) <= said(first) and any(row[3] and row[1] == "failed" for row in said(second))
    untested = {o.criterion: str(o.values.get("reason")) for o in second if o.verdict is Verdict.UNTESTED}
    assert Hindrance.DRIVER in untested["2.1.2"] and Hindrance.DRIVER in untested["2.2.1"]
    assert "320" in untested["1.4.10"] and "320" in untested["1.4.12"]


def test_what_pages_do_to_it(short_folder: Path) -> None:
    """Each in the state that it is in, and the next page is looked at as if nothing had been. No browser leaves a file."""
    with serving() as site, serving() as inner:
        inner.pages = {"/": html("Binnen", "<h1>Binnen</h1>")}
        banner = '<div id="cookie-consent" role="dialog" style="position:fixed;bottom:0">Wij gebruiken cookies <button>Weigeren</button><button>Accepteren</button></div>'
        site.pages = {
            "/": html("Home", "<script>document.title += document.cookie + localStorage.length</script>"),
            "/weg": html("Weg", "<script>location.href = '/'</script>"),
            "/hangt": html("Hangt", "<script>for (;;) {}</script>"),
            "/vraag": html("Vraag", "<script>document.cookie = 'a=b'; localStorage.a = 'b'; alert('Hallo'); onbeforeunload = () => 'blijf'</script>"),
            "/melding": html("Melding", banner),
            "/kaal": html("Kaal", head='<link rel="stylesheet" href="/weg.css"><script src="/weg.js"></script>'),
            "/bestand": (200, {"Content-Type": "application/octet-stream", "Content-Disposition": "attachment; filename=a.bin"}, b"abc"),
            "/oud": html("Oud", "<img src=/a.png><script>Array.prototype.toJSON = String.prototype.toJSON = () => 'x'</script>"),
            "/anders": html("Anders", "<script>performance.getEntriesByType = () => [{responseStatus: {}}]</script>"),
            "/leeg": html("Leeg", "<script>Object.prototype.toJSON = () => null</script>"),
            "/vals": html("Vals", "<script>JSON.stringify = () => { throw 1 }</script>"),
        }  # fmt: skip
        names = ["/vraag", "/", "/weg", "/melding", "/kaal", "/bestand", "/oud", "/anders", "/leeg", "/vals", "/nergens", "/hangt", "/"]
        guard = reach((site.url("/"),), "own", ())
        settings = PoolSettings(axe_source=find_axe().text(), reach=guard)
        seen = dict(zip(names, looks([site.url(name) for name in names], settings, 3.0), strict=True))
        closed = reach(("http://elders.example/",), "never", ())
        (refused,) = looks([inner.url("/")], PoolSettings(axe_source=find_axe().text(), reach=closed))
    states = {name: (one.state, one.reason) for name, one in seen.items()}
    assert seen["/vraag"].state is LedgerState.VISITED, states
    assert (seen["/"].page.first("facts") or {})["title"] == "Home0", "nothing of the page before is left"
    assert states["/weg"][0] is LedgerState.UNREACHABLE and "by itself" in states["/weg"][1]
    assert Hindrance.BANNER in str(seen["/melding"].page.first("frames"))
    assert [one.rsplit("/", 1)[1] for one in seen["/kaal"].page.incomplete] == ["weg.css", "weg.js"]
    assert not any(o.verdict is Verdict.FAILED for o in evaluate_page(seen["/kaal"].page))
    assert states["/bestand"] == (LedgerState.NOT_A_PAGE, "download")
    assert states["/nergens"][0] is LedgerState.NOT_FOUND
    assert states["/hangt"][0] is LedgerState.TIMED_OUT
    assert "axe/image-alt" in {o.rule for o in evaluate_page(seen["/oud"].page) if o.verdict is Verdict.FAILED}
    assert states["/anders"] == (LedgerState.CRASHED, OTHERWISE)
    assert states["/leeg"][0] is LedgerState.CRASHED
    assert states["/vals"][0] is LedgerState.CRASHED and not seen["/vals"].page.looks
    assert refused.state is LedgerState.UNREACHABLE and inner.asked == []
    time.sleep(3)  # a browser that hung is ended meanwhile
    assert list(short_folder.iterdir()) == []


def estate_settings(estate: Estate, folder: Path) -> Config:
    """A few pages of the estate, as a user would set them."""
    path = folder / "scanner.toml"
    pages = ", ".join(f'"{estate.url("main", page)}"' for page in PAGES)
    path.write_text(f"""[organisation]
name = "Voorbeeldmeer"
[[channel]]
id = "main"
name = "Main"
url = "{estate.url("main", "/")}"
kind = "portal"
pages = [{pages}]
[[channel.journey]]
name = "Zoeken"
start = "{estate.url("main", "/contact/")}"
steps = [{{ click = "text=Home" }}]
[scan]
driver = "selenium"
tabs = 1
full_every = 1
[reports]
langs = ["nl"]
""", "utf-8")
    return load(path)


def drivers() -> set[int]:
    """ChromeDrivers that run."""
    told = subprocess.run(["pgrep", "-x", "chromedriver"], capture_output=True, text=True, check=False)
    return {int(pid) for pid in told.stdout.split()}


def test_a_whole_scan_of_the_estate(tmp_path: Path) -> None:
    """Killed and gone on with, it ends in ledger, outcomes, findings and reports, which say what was not seen."""
    with Estate() as estate:
        config = estate_settings(estate, tmp_path)
        store = open_store(sqlite_address(config.storage.folder))
        _killed_on_the_way(tmp_path, store, config)
        scan = asyncio.run(scan_channel(config, store, "main"))
        rows = store.ledger(scan.id, LedgerState.VISITED)
        first = asyncio.run(look_at_all([row.url for row in rows], deep=False))
        assert len(store.scans("main")) == 1 and len(rows) == len(PAGES)
        assert scan.versions["driver"].startswith("selenium ") and scan.versions["browser"].startswith("chrome ")
        assert scan.settings["deep"] == "none" and not any(row.deep for row in rows)
        every = store.outcomes(scan.id)
        for row, (_, outcomes) in zip(rows, first, strict=True):
            axe = {one for one in said(outcomes) if one[2].startswith("axe/")}
            assert {one for one in said(o.outcome for o in every if o.url == row.url) if one[2].startswith("axe/")} == axe
        assert any(o.outcome.rule.startswith("axe/") and o.outcome.verdict is Verdict.FAILED for o in every)
        keyboard = {o.outcome.verdict for o in every if o.outcome.criterion == "2.1.2"}
        assert keyboard == {Verdict.UNTESTED}
        journey = next(row for row in rows if row.url.endswith("/contact/"))
        assert told(Hindrance.JOURNEY, "Zoeken") in journey.reason
        write_reports(config, store, ["main"], pdf=False)
        reports = "".join(path.read_text("utf-8") for path in config.reports.folder.rglob("*.html"))
        assert "met Selenium" in reports and "alleen met Playwright is dit te bekijken" in reports


def _killed_on_the_way(folder: Path, store: Store, config: Config) -> None:
    """SIGKILL after two pages: no browser is left, and they stay."""
    before = drivers()
    command = [sys.executable, "-m", "scanner.cli", "scan", "--quiet", "--config", str(folder / "scanner.toml")]
    with subprocess.Popen(command, start_new_session=True) as process:
        for _ in range(600):
            scan = store.unfinished("main", "site")
            if scan is not None and store.counts(scan.id).get(LedgerState.VISITED, 0) >= 2:
                break
            time.sleep(0.1)
        os.kill(process.pid, signal.SIGKILL)
    assert scan is not None and store.counts(scan.id)[LedgerState.FOUND], "it was on its way"
    for _ in range(50):
        if drivers() <= before:
            return
        time.sleep(0.1)
    pytest.fail("a ChromeDriver was left behind")


@pytest.mark.parametrize("settings", ['devtools = "http://x:9222"', "workers = true", 'grid = "http://x:4444"\nbrowser = "opera"'])
def test_what_it_cannot_be_combined_with(settings: str, tmp_path: Path) -> None:
    path = tmp_path / "scanner.toml"
    path.write_text('[organisation]\nname = "X"\n[[channel]]\nid = "m"\nname = "M"\nurl = "http://x.example/"\n'
                    f'[scan]\ndriver = "selenium"\n{settings}\n', "utf-8")
    with pytest.raises(ConfigError):
        load(path)


@pytest.mark.thorough
@pytest.mark.timeout(900)
def test_nothing_is_fixed_by_seeing_less(tmp_path: Path) -> None:
    """After a night of Playwright, what only that can see stays open in nights of this driver, as not retested."""
    bad = """<style>a:focus { outline: 0 } .breed { width: 700px }</style><img src="/logo.png" width="40" height="40">
    <p><a href="#x">Een koppeling</a> <a href="#y">Nog een</a></p><p class="breed">""" + "Een lange regel tekst. " * 30
    with serving() as site:
        site.pages = {"/": html("Bruin", bad)}
        path = tmp_path / "scanner.toml"
        path.write_text(f"""[organisation]
name = "X"
[[channel]]
id = "main"
name = "Main"
url = "{site.url("/")}"
[scan]
driver = "selenium"
full_every = 1
deep = "all"
""", "utf-8")
        config = load(path)
        both = config.model_copy(update={"scan": config.scan.model_copy(update={"driver": "playwright"})})
        store = open_store(sqlite_address(config.storage.folder))

        def scan(by: Config) -> Night:
            return night(store, by, asyncio.run(scan_channel(by, store, "main", resume=False)).id)

        first = scan(config)
        assert {one.rule for one in first.new} == {"axe/image-alt"}
        seen = scan(both)
        assert ("driver", "selenium", "playwright") in {(c.name, c.before, c.after) for c in seen.tool_changes}
        only = {one.id: one.criterion for one in (*seen.new, *seen.tool_new)}
        assert {"1.4.10", "2.4.7"} <= set(only.values())
        for _ in range(3):
            again = scan(config)
            assert not again.fixed and not again.seems_fixed and not again.new and not again.tool_gone
            assert {one.id for one in again.not_retested} == set(only)
            assert {one.not_retested.key for one in again.not_retested if one.not_retested} == {"finding.why.driver"}
        site.pages = {"/": html("Bruin", bad.replace("outline: 0", "color: #00f").replace("700px", "auto"))}
        gone = {one.criterion for one in scan(both).seems_fixed}
        assert {"1.4.10", "2.4.7"} <= gone, "the first driver sees that they are gone"


@pytest.mark.parametrize("does", ["exit 1", "exec sleep 60"])
def test_a_driver_that_does_not_start_is_told(does: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It dies at once, or says nothing: neither keeps a scan waiting, nor leaves a process behind."""
    broken = tmp_path / "chromedriver"
    broken.write_text(f"#!/bin/sh\n{does}\n")
    broken.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    monkeypatch.setattr(selenium_driver, "START_SECONDS", 1)
    began = time.monotonic()
    with pytest.raises(NoBrowser, match="does not start"):
        looks(["http://127.0.0.1:9/"])
    assert time.monotonic() - began < 30
    time.sleep(3)  # who removes the folder ends after it
    assert not subprocess.run(["pgrep", "-f", str(broken)], capture_output=True, check=False).stdout


def test_a_probe_that_broke_takes_no_other_with_it() -> None:
    """What broke is told, and what the others saw is kept."""
    seen = selenium_driver._Seen("")
    broken, *well = seen.probes
    answers: dict[str, object] = {name: {"data": {}, "seconds": 0.1} for name in well}
    answers[broken] = {"prevented": "TypeError", "seconds": 0.1}
    session = Mock(**{"execute_script.return_value": json.dumps(answers)})
    seen._probe(session, Frame("", "https://gemeente.example/", True))
    assert "TypeError" in seen.prevented[broken] and not set(well) & set(seen.prevented)
    assert all(seen.probes[name] for name in well)
