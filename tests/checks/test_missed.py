"""What did not load, and what a page can still be held to. Decision 0045."""

from __future__ import annotations

import asyncio
import http.server
import threading
from collections.abc import Iterator

import pytest

from checks.catalogue import evaluate_page
from checks.pool import Pool, PoolSettings
from checks.visit import VisitRequest, visit
from scanner.axe import find_axe
from scanner.model import Outcome, PageEvidence, Place, Record, StateEvidence, Verdict

PAGE = """<!DOCTYPE html><html lang="nl"><head><title>Afval</title>%s</head><body><main><h1>Afval</h1><img src="/x.png"></main></body></html>"""
HEADS = {
    "nothing": "",
    "own-style": '<link rel="stylesheet" href="/gone.css">',
    "own-script": '<script src="/gone.js"></script>',
    "other-script": '<script src="http://chat.invalid/chat.js"></script>',
    "statistics": '<script src="http://statistics.invalid/count.js"></script>',
    "fonts": '<link rel="stylesheet" href="https://fonts.googleapis.com/css?family=Open+Sans">',
}
LOST = {"own-style", "own-script"}


@pytest.fixture(scope="module")
def site() -> Iterator[str]:
    """A page a name, with something in its head that does not load."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def log_message(self, format: str, *args: object) -> None:
            """Says nothing."""

        def do_GET(self) -> None:
            head = HEADS.get(self.path[1:])
            self.send_response(404 if head is None else 200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.end_headers()
            self.wfile.write((PAGE % head).encode() if head is not None else b"")

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()


@pytest.fixture(scope="module")
def pages(site: str) -> dict[str, PageEvidence]:
    """Every page, looked at; no host outside this machine answers."""

    async def look() -> dict[str, PageEvidence]:
        settings = PoolSettings(axe_source=find_axe().text(), blocked_hosts=("statistics.invalid", "fonts.googleapis.com"))
        async with Pool.start(settings) as pool:
            tab = await pool.renew(None)
            tab.never_called = ("statistics.invalid",)  # the fonts are kept out for the test, not by the settings
            return {
                name: (await visit(pool, tab, VisitRequest(f"{site}/{name}", deep=False))).page for name in HEADS
            }

    return asyncio.run(look())


@pytest.mark.browser
@pytest.mark.parametrize("name", HEADS)
def test_what_did_not_load(name: str, pages: dict[str, PageEvidence]) -> None:
    """A missing alternative is a failure unless the page itself is not whole."""
    page = pages[name]
    verdicts = {o.verdict for o in evaluate_page(page) if o.rule == "axe/image-alt"}
    assert bool(page.incomplete) == (name in LOST)
    assert bool(page.without) == (name == "other-script")
    assert verdicts == {Verdict.CANT_TELL if name in LOST else Verdict.FAILED}


def test_what_came_of_operating_a_page_is_a_question_when_a_script_of_others_is_missing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A failure with steps to repeat was brought about; one without was only seen."""
    from checks import catalogue

    place = Place("button", "<button>")
    said = [
        Outcome("2.1.1", Verdict.FAILED, "operated", place=place, replay=("Tab",)),
        Outcome("2.1.1", Verdict.FAILED, "seen", place=place),
    ]
    check = catalogue.checks_by_criterion()["2.1.1"]
    look = StateEvidence("base", "", (), {name: Record(name, {}) for name in check.needs})
    page = PageEvidence("https://a.example/", looks=(look,), without=("https://chat.example/chat.js",))
    found = {o.rule: o.verdict for o in catalogue._held(check, page, lambda _: said, page)}
    assert found == {"operated": Verdict.CANT_TELL, "seen": Verdict.FAILED}
