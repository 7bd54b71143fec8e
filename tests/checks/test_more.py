"""Lists that show more links when asked: pressed or scrolled a few times, what was left is told, nothing is sent."""

from __future__ import annotations

import asyncio

import pytest

from checks.more import BARREN
from checks.pool import Pool, PoolSettings
from checks.visit import Visit, VisitRequest, visit
from scanner.axe import find_axe
from tests.spiders.server import Server, html, serving

LIST = """<ul id="l" role="%s"><li style="height:1500px"><a href="/stuk/0">Stuk 0</a></ul>%s<script>
let n = 0; const last = %d;
const add = () => { if (n >= last) return; n += 1; l.insertAdjacentHTML('beforeend', `<li style="height:900px"><a href="/stuk/${n}">Stuk ${n}</a>`); if (n >= last) document.querySelector('button')?.remove() };
const more = () => fetch('/gegevens?bladzijde=' + n).then(add);
%s</script>"""
BUTTON = '<button type="button" onclick="more()">Meer laden</button>'
PAGES = {
    "/kort": LIST % ("list", BUTTON, 2, ""),
    "/lang": LIST % ("list", BUTTON, 99, ""),
    "/schuift": LIST % ("feed", "", 99, "addEventListener('scroll', more)"),
    "/stuurt": LIST % ("list", '<button type="button" onclick="fetch(\'/stuur\', {method: \'POST\'}).then(add)">Toon meer</button>', 9, ""),
    "/gaat": LIST % ("list", '<button type="button" onclick="location = \'/elders\'">Toon meer</button>', 9, ""),
    "/vouwt": LIST % ("list", '<button type="button" aria-expanded="false" onclick="more()">Toon meer</button>', 9, ""),
}


def serve(server: Server) -> None:
    """The pages above, and what they ask for."""
    server.pages |= {path: html("Lijst", body) for path, body in PAGES.items()}
    server.pages["/gegevens"] = (200, {"Content-Type": "application/json"}, b"{}")


@pytest.mark.browser
@pytest.mark.timeout(120)
def test_more_is_asked_for_within_the_budget() -> None:
    """Three times at most here; the reason tells whether that was all."""

    async def look(server: Server) -> dict[str, Visit]:
        async with Pool.start(PoolSettings(axe_source=find_axe().text())) as pool:

            async def one(path: str) -> Visit:
                request = VisitRequest(server.url(path), deep=False, only=("facts", "more"), load_more=3)
                return await visit(pool, await pool.renew(None), request)

            return dict(zip(PAGES, await asyncio.gather(*map(one, PAGES)), strict=True))

    with serving() as server:
        serve(server)
        seen = asyncio.run(look(server))
        asked = {path for _, path, _ in server.asked}
    found = {path: {url.rpartition("/")[2] for url, _ in one.links if "/stuk/" in url} for path, one in seen.items()}
    assert found["/kort"] == {"0", "1", "2"}
    assert seen["/kort"].reason == ""
    assert found["/lang"] == {"0", "1", "2", "3"}
    assert seen["/lang"].reason == "more was left to load, after times: 3"
    assert len(found["/schuift"]) > 2
    assert seen["/schuift"].reason == "more was left to load, after times: 3"
    assert found["/stuurt"] == found["/gaat"] == found["/vouwt"] == {"0"}
    assert seen["/stuurt"].reason.startswith("loading more was stopped (request POST ")
    assert seen["/gaat"].reason.startswith("loading more was stopped (navigation GET ")
    assert seen["/vouwt"].reason == ""
    assert not asked & {"/stuur", "/elders"}


@pytest.mark.browser
@pytest.mark.timeout(120)
def test_a_button_that_brings_no_links_is_left_alone() -> None:
    """It unfolds something else, on every page of the site: after a few pages nobody waits for it any more."""

    async def look(server: Server) -> list[bool]:
        async with Pool.start(PoolSettings(axe_source=find_axe().text())) as pool:
            tab = await pool.renew(None)
            request = VisitRequest(server.url("/niets"), deep=False, only=("facts", "more"), load_more=3)
            return ["times" in ((await visit(pool, tab, request)).page.first("more") or {}) for _ in range(BARREN + 2)]

    with serving() as server:
        server.pages["/niets"] = html("Tekst", '<p id="p">Tekst</p><button type="button" onclick="p.hidden = false">Toon meer</button>')
        asked = asyncio.run(look(server))
    assert asked == [True] * BARREN + [False] * 2
