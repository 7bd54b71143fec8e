"""Consent banners are found and refused; cookie pages and ordinary buttons are left alone."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from urllib.parse import quote

import pytest

from checks.consent import refuse_consent
from checks.pool import Pool, PoolSettings

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
