"""Consent banners are found and refused; cookie pages and ordinary buttons are left alone."""

from __future__ import annotations

import asyncio
import http.server
import threading
from collections.abc import Iterator
from urllib.parse import quote

import pytest

from checks.consent import refuse_consent
from checks.harness import SafetyLevel
from checks.pool import Pool, PoolSettings
from checks.visit import VisitRequest, visit
from scanner.axe import find_axe

pytestmark = pytest.mark.browser

FIXED = 'style="position:fixed;bottom:0;left:0;right:0;background:#fff"'
GONE = "onclick=\"this.closest('.b').remove()\""
BANNERS = {
    "dutch": (f'<div class="b" {FIXED}><p>Wij gebruiken cookies.</p><button {GONE}>Accepteren</button><button {GONE}>Weigeren</button></div>', "Weigeren"),
    "necessary": (f'<div class="b" {FIXED}><p>Cookies op deze website</p><a href="/meer">Meer</a><button {GONE}>Alles toestaan</button><button {GONE}>Alleen noodzakelijke cookies</button></div>', "Alleen noodzakelijke cookies"),
    "english": (f'<div class="b" role="dialog" aria-label="Cookies"><p>We use cookies</p><button {GONE}>Accept all</button><button {GONE}>Reject all</button></div>', "Reject all"),
    "framework": (f'<div class="b" id="onetrust-banner-sdk" {FIXED}><p>Privacy</p><button id="onetrust-reject-all-handler" {GONE}>Doorgaan</button></div>', "Doorgaan"),
    "by name": (f'<div class="b" {FIXED}><p>Cookies</p><button aria-label="Cookies afwijzen" {GONE}>X</button></div>', "Cookies afwijzen"),
    "information": (f'<div class="b" {FIXED}><p>Deze site gebruikt alleen functionele cookies.</p><button {GONE}>Sluiten</button></div>', "Sluiten"),
    "only accept": (f'<div class="b" {FIXED}><p>Wij gebruiken cookies.</p><button {GONE}>Accepteren</button></div>', None),
    "cookie page": ("<main><h2>Cookies weigeren</h2><p>U kunt cookies weigeren.</p><button>Weigeren</button></main>", None),
    "no banner": ("<p>Bezwaar maken: het besluit <button>Afwijzen</button></p>", None),
    "link leads away": (f'<div class="b" {FIXED}><p>Cookies</p><a href="/cookies">Weigeren? Lees hier hoe</a></div>', None),
    "shadow": ("""<div id="host"></div><script>host.attachShadow({mode: 'open'}).innerHTML = '<div class="b" style="position:fixed;top:0"><p>Cookies</p><button>Weiger alles</button></div>';
        host.shadowRoot.querySelector('button').onclick = e => e.target.closest('.b').remove()</script>""", "Weiger alles"),
}


@pytest.fixture(scope="module")
def pressed() -> Iterator[dict[str, tuple[str | None, bool]]]:
    """For every banner: the button pressed, and whether the banner was gone."""
    async def press() -> dict[str, tuple[str | None, bool]]:
        found = {}
        async with Pool.start(PoolSettings()) as pool:
            tab = await pool.tab()
            for name, (body, _) in BANNERS.items():
                await tab.page.goto("data:text/html," + quote(f"<!DOCTYPE html><title>x</title><body><h1>Gemeente</h1>{body}"))
                button = await refuse_consent(tab)
                found[name] = (button, not await tab.call("S => S.all('.b').length"))
        return found

    yield asyncio.run(press())


@pytest.mark.parametrize("name", BANNERS)
def test_banner_is_refused(name: str, pressed: dict[str, tuple[str | None, bool]]) -> None:
    """The right button, or none."""
    button, gone = pressed[name]
    assert button == BANNERS[name][1]
    assert gone == (button is not None or (".b" not in BANNERS[name][0] and 'class="b"' not in BANNERS[name][0]))


SITE = """<!DOCTYPE html><html lang="nl"><title>Afval</title><main><h1>Afval</h1><p>Wanneer wij het ophalen.</p></main><script>
    if (location.pathname !== '/first' && !(%s)) {
        document.body.insertAdjacentHTML('beforeend', '<div role="dialog" aria-label="Cookies" style="position:fixed;inset:0;background:#fff">'
            + '<p>Wij gebruiken cookies</p><button id="no">Weigeren</button><button>Accepteren</button></div>');
        no.onclick = () => { %s; no.parentNode.remove(); };
    }</script></html>"""
MEMORIES = {
    "cookie": ("document.cookie.includes('consent=no')", "document.cookie = 'consent=no; path=/'"),
    "storage": ("localStorage.getItem('consent')", "localStorage.setItem('consent', 'no')"),
    "none": ("false", ""),
}


@pytest.fixture(params=MEMORIES)
def remembering(request: pytest.FixtureRequest) -> Iterator[tuple[str, str]]:
    """A site that remembers a refusal in this way: the way and its address."""
    page = (SITE % MEMORIES[request.param]).encode()

    class Handler(http.server.BaseHTTPRequestHandler):
        def log_message(self, format: str, *args: object) -> None:
            """Says nothing."""

        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(page)

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield request.param, f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()


def test_a_refusal_holds_for_the_rest_of_the_scan(remembering: tuple[str, str]) -> None:
    """Every later page is looked at without the banner, which has a state of its own; and nothing else is remembered.

    The first page has no banner: it is looked for again. A site that remembers nothing keeps its banner, and is
    asked three times at most.
    """
    memory, site = remembering

    async def look() -> tuple[list[tuple[tuple[str, ...], bool]], list[str], int]:
        async with Pool.start(PoolSettings(axe_source=find_axe().text())) as pool:
            tab = await pool.renew(None)
            seen, names = [], []
            for name in ("first", "second", "third", "fourth", "fifth"):
                only = ("openers", "facts", "explore")
                visited = await visit(pool, tab, VisitRequest(f"{site}/{name}", deep=name == "fifth", only=only))
                base = visited.page.looks[0]
                seen.append((base.steps, bool(base.records["openers"].data["banner"])))
                names = [one.name for one in visited.page.looks]
            return seen, names, pool.refusals.tries[site]

    seen, states, tries = asyncio.run(look())
    kept = memory != "none"
    assert seen[0] == ((), False)
    assert seen[1] == ((), True)
    assert seen[3:] == [(("refuse: Weigeren",) if kept else (), not kept)] * 2
    assert "first-visit" in states
    assert tries == (2 if kept else 3)


def test_nothing_is_pressed_below_level_2(remembering: tuple[str, str]) -> None:
    """L1 allows keys, not clicks."""
    _, site = remembering

    async def look() -> int:
        async with Pool.start(PoolSettings(axe_source=find_axe().text())) as pool:
            tab = await pool.renew(None)
            await visit(pool, tab, VisitRequest(f"{site}/second", deep=False, level=SafetyLevel.KEYS, only=("facts",)))
            return pool.refusals.tries[site]

    assert asyncio.run(look()) == 0
