"""The reports in a real browser: our own checks and axe find nothing, at 320 px, dark, by keyboard and on paper."""

from __future__ import annotations

import functools
import http.server
import json
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pikepdf
import pytest

from checks.catalogue import evaluate_page
from checks.pdf import look_into
from checks.pool import Pool, PoolSettings
from checks.wcag.pdf_rules import evaluate_document
from reports import overview, supplier, web_team
from scanner.axe import find_axe
from scanner.config import Channel, Config, Organisation
from scanner.findings import Life
from scanner.model import PageEvidence, Record, StateEvidence, Verdict
from scanner.reporting import pdf_printer
from tests.looking import look_at_all
from tests.reports.hostile import hostile
from tests.reports.made_up import MEERWEB, material, night_of, several

pytestmark = [pytest.mark.browser, pytest.mark.slow]
AXE_TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"]


class Quiet(http.server.SimpleHTTPRequestHandler):
    """Serves the folder without a word."""

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    """The web team's pages and a supplier's report, hostile findings among them, on a loopback port."""
    home = tmp_path_factory.mktemp("reports")
    found = (*several(), hostile(66, life=Life.OPEN, criterion="1.3.1"))
    one = material(found, night=night_of(found))
    own = supplier.for_supplier([one], MEERWEB)
    assert own is not None
    pages = []
    for lang in ("nl", "en"):
        morning, *_ = web_team.write(one, home / "main", lang)
        report, *_ = supplier.write(own, home / "suppliers" / "meerweb", lang)
        pages += [morning, report]
    first = replace(one, channel="loket", name="Mijn Voorbeeldmeer", night=None)
    pages.append(home / "loket" / "morning-nl.html")
    overview.write(home, "nl", [one, first], [page for page in pages if "-nl" in page.name])
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=str(home)))
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}", home
    server.shutdown()


PAGES = (
    "index-nl.html",
    "main/morning-nl.html",
    "main/findings-nl-001.html",
    "main/questions-nl.html",
    "main/scan-nl.html",
    "suppliers/meerweb/report-nl-001.html",
    "main/morning-en.html",
    "suppliers/meerweb/report-en-001.html",
)


async def test_our_own_checks_find_no_failure(served: tuple[str, Path]) -> None:
    address, _ = served
    for url, (seen, outcomes) in zip(
        PAGES, await look_at_all([f"{address}/{name}" for name in PAGES], deep=True, seconds=15), strict=True
    ):
        assert seen.state == "visited", url
        failed = [
            (o.criterion, o.rule, o.state, o.place.selector if o.place else "", dict(o.values))
            for o in outcomes
            if o.verdict is Verdict.FAILED
        ]
        assert failed == [], url
        assert len({o.criterion for o in evaluate_page(seen.page)}) == 50


async def test_axe_finds_nothing_light_and_dark_wide_and_narrow(served: tuple[str, Path]) -> None:
    address, _ = served
    async with Pool.start(PoolSettings(axe_source=find_axe().text())) as pool:
        for options in (
            {"color_scheme": "light"},
            {"color_scheme": "dark"},
            {"viewport": {"width": 320, "height": 640}},
            {"forced_colors": "active"},
        ):
            async with pool.fresh(**options) as tab:
                for name in PAGES:
                    await tab.open(f"{address}/{name}")
                    result = json.loads(await tab.ask(f"runAxe(true, {json.dumps(AXE_TAGS)}, [])", seconds=60))
                    assert [
                        (rule["rule"], [node["selector"] for node in rule["nodes"]]) for rule in result["violations"]
                    ] == [], (name, options)


async def test_no_sideways_scrolling_at_320_and_nothing_from_elsewhere(served: tuple[str, Path]) -> None:
    address, _ = served
    async with (
        Pool.start(PoolSettings(axe_source=find_axe().text())) as pool,
        pool.fresh(viewport={"width": 320, "height": 256}) as tab,
    ):
        asked: list[str] = []
        tab.page.on("request", lambda request: asked.append(request.url))
        for name in PAGES:
            await tab.open(f"{address}/{name}")
            assert await tab.ask("document.documentElement.scrollWidth") <= 320, name
            assert await tab.ask(
                "[...document.images].every(image => { image.loading = 'eager'; return image.alt.length > 5 })"
            ), name
            assert await tab.ask("document.title") != "owned"
        assert [url for url in asked if not url.startswith(address)] == []


async def test_by_keyboard_every_link_and_every_wide_table_is_reached_and_seen(served: tuple[str, Path]) -> None:
    address, _ = served
    async with (
        Pool.start(PoolSettings(axe_source=find_axe().text())) as pool,
        pool.fresh(viewport={"width": 640, "height": 800}) as tab,
    ):
        for name in ("main/morning-nl.html", "suppliers/meerweb/report-nl-001.html"):
            await tab.open(f"{address}/{name}")
            wanted = await tab.ask("document.querySelectorAll('a[href], .scroll, summary').length")
            reached, outlined = 0, 0
            await tab.page.keyboard.press("Tab")
            assert await tab.ask("document.activeElement.className") == "skip"
            for _ in range(wanted + 5):
                here = await tab.ask(
                    "(e => [e.matches('a[href], .scroll, summary'), getComputedStyle(e).outlineStyle !== 'none'])(document.activeElement)"
                )
                if not here[0]:
                    break
                reached, outlined = reached + 1, outlined + here[1]
                await tab.page.keyboard.press("Tab")
            assert reached == wanted and outlined >= wanted - 1, name
            await tab.open(f"{address}/{name}")
            await tab.page.keyboard.press("Tab")
            await tab.page.keyboard.press("Enter")
            assert await tab.ask("document.activeElement.id") == "content"


def test_the_pdf_is_tagged_named_and_passes_our_document_checks(served: tuple[str, Path], tmp_path: Path) -> None:
    settings = Config(
        organisation=Organisation(name="Gemeente Voorbeeldmeer"),
        channel=(Channel(id="main", name="Site", url="https://www.voorbeeldmeer.example/"),),
    )
    found = (*several(), hostile(66, life=Life.OPEN))
    own = supplier.for_supplier([material(found)], MEERWEB)
    assert own is not None
    with pdf_printer(settings) as printer:
        written = supplier.write(own, tmp_path, "nl", printer)
    path = tmp_path / "report-nl.pdf"
    assert path in written and not (tmp_path / "print-nl.html").exists()
    with pikepdf.open(path) as pdf:
        assert pdf.Root.MarkInfo.Marked and pdf.Root.StructTreeRoot and str(pdf.Root.Lang) == "nl-NL"
        assert pdf.Root.ViewerPreferences.DisplayDocTitle and "Bevindingen voor Meerweb" in str(pdf.docinfo["/Title"])
        assert pdf.open_metadata()["dc:title"] == "Bevindingen voor Meerweb"
        assert str(pdf.Root.Outlines.First.Title)
        links = [a for page in pdf.pages for a in page.obj.get("/Annots", []) if a.get("/Subtype") == "/Link"]
        assert links and all(str(a.get("/Contents", "")) for a in links)
        assert not [
            a
            for a in links
            if str(a.get("/A", {}).get("/URI", "http")).partition(":")[0] not in ("http", "https", "mailto", "file", "")
        ]
    seen = look_into(path.read_bytes())
    look = StateEvidence("base", "", (), {"pdf": Record("pdf", seen)})
    said = list(evaluate_document(PageEvidence("report-nl.pdf", looks=(look,))))
    assert [(o.rule, dict(o.values)) for o in said if o.verdict is not Verdict.CANT_TELL] == []
    assert {o.rule for o in said} <= {"pdf-figure-alt-fits", "pdf-title-fits"}, "for a person to read"
    assert seen["tables"] and all(table["headers"] for table in seen["tables"])
    assert seen["headings"][0] == "H1" and path.stat().st_size < 5_000_000
