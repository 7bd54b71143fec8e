"""Endless parts of a site in one scan: each ends in its own state with its reason, and the rest of the site is seen."""

from __future__ import annotations

import asyncio
import itertools
from pathlib import Path

import pytest

from scanner import reporting, run
from scanner.commands.shared import store_of
from scanner.config import load
from scanner.model import LedgerState
from tests.spiders.server import Handler, Reply, html, links, redirect, serving

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.thorough]
S = LedgerState
PAGES = 120

BY_SCRIPT = """<div id="d"></div><script>
const now = new Date((location.search.match(/maand=([0-9-]+)/)?.[1] ?? '2026-01') + '-15');
for (const step of [-6, -2, -1, 1, 2, 6]) { const then = new Date(now); then.setMonth(now.getMonth() + step);
  d.insertAdjacentHTML('beforeend', `<a href="/kalender?maand=${then.toISOString().slice(0, 7)}">maand</a> `) }
</script>"""
"""A calendar that only a browser sees: every month has some before and after it."""


def month(handler: Handler) -> Reply:
    """A calendar that the server makes."""
    year, number = map(int, handler.path.split("/")[2:4])
    ahead = [year * 12 + number - 1 + step for step in (1, 2, 3)]
    return html(f"Agenda {year}-{number}", links(*(f"/agenda/{then // 12}/{then % 12 + 1}" for then in ahead)))


def onward(handler: Handler) -> Reply:
    """Redirects without end."""
    return redirect(f"/verder/{int(handler.path.rpartition('/')[2]) + 1}")


@pytest.mark.timeout(1200)
def test_endless_parts_leave_the_rest_alone(tmp_path: Path) -> None:
    """Calendars by the server and by script, 20,000 links, redirects without end; a plain chain of pages beside them."""
    plain = ["/zorg", *(f"/zorg/{letter}" for letter in "abcdefghijklmnop")]
    with serving() as server:
        server.prefixes |= {"/agenda/": month, "/verder/": onward, "/p/": html("Blad"), "/kalender": html("Kalender", BY_SCRIPT)}
        server.pages["/"] = html("Home", links("/agenda/2026/1", "/kalender", "/lijst", "/zorg", "/verder/0")
                                 + "<script>document.body.insertAdjacentHTML('beforeend', '<a href=/verder/500>verder</a>')</script>")
        server.pages["/lijst"] = html("Lijst", links(*(f"/p/{n}" for n in range(20_000))))
        for page, to in itertools.pairwise([*plain, "/zorg/eind"]):
            server.pages[page] = html(page, links(to))
        server.pages["/zorg/eind"] = html("Het eind")
        path = tmp_path / "scanner.toml"
        path.write_text(f"""[organisation]
name = "Eindeloos"
[[channel]]
id = "eindeloos"
name = "Eindeloos"
url = "{server.url('/')}"
limits = {{ pages = {PAGES} }}
""", "utf-8")
        config = load(path)
        store = store_of(config)
        scan = asyncio.run(run.scan_channel(config, store, "eindeloos", deep="none"))
        rows = {row.url.removeprefix(server.url("")): row for row in store.ledger(scan.id)}
    assert {rows[page].state for page in [*plain, "/zorg/eind"]} == {S.VISITED}
    for start in ("/agenda/", "/kalender?"):
        months = [row for page, row in rows.items() if page.startswith(start)]
        assert [row.state for row in months].count(S.VISITED) == 24, start
        assert {row.reason for row in months if row.state is not S.VISITED} == {"trap: calendar without end"}
    assert rows["/verder/500"].state is S.UNREACHABLE
    assert {row.state for page, row in rows.items() if page.startswith("/verder/")} == {S.REDIRECTED, S.UNREACHABLE}
    assert sum(page.startswith("/p/") for page in rows) == 20_000
    assert not [row for row in rows.values() if row.state is S.FOUND]
    assert max(row.seconds for row in rows.values()) < 120
    told = reporting.material(config, store, "eindeloos", scan)
    assert not told.scan.complete
    assert any("trap: calendar without end" in row.reason for row in told.not_seen)


@pytest.mark.timeout(600)
def test_one_page_is_not_looked_at_again_in_other_orders(tmp_path: Path) -> None:
    """A list in eight orders, and a login page that every page has with a way back of its own; a browser sees more of both."""
    orders = [f"/lijst?sort={column}%3A{way}" for column in "abcd" for way in ("asc", "desc")]
    with serving() as server:
        more = "".join(f'<a href="/inloggen?next=/lijst/{n}">inloggen</a>' for n in range(5))
        server.prefixes |= {"/lijst": html("Lijst", links(*orders, "/inloggen?next=/lijst")
                                           + f"<script>document.body.insertAdjacentHTML('beforeend', '{more}')</script>"),
                            "/inloggen": html("Inloggen")}
        server.pages["/"] = html("Home", links("/lijst", "/inloggen?next=/"))
        path = tmp_path / "scanner.toml"
        path.write_text(f"""[organisation]
name = "Lijsten"
[[channel]]
id = "lijsten"
name = "Lijsten"
url = "{server.url('/')}"
""", "utf-8")
        config = load(path)
        store = store_of(config)
        for _ in range(2):  # the second night as the first
            scan = asyncio.run(run.scan_channel(config, store, "lijsten", deep="none"))
            rows = store.ledger(scan.id)
            for start in ("/lijst?", "/inloggen?"):
                alike = [row for row in rows if row.url.removeprefix(server.url("")).startswith(start)]
                seen = [row for row in alike if row.state in (S.VISITED, S.UNCHANGED)]
                assert (len(seen), {row.state for row in alike} - {S.VISITED, S.UNCHANGED}) == (2, {S.NOT_A_PAGE}), start
            assert not [row for row in rows if row.state in (S.FOUND, S.OVER_BUDGET)]
