"""What a channel's login gives it stays with that channel, also where another channel is on the same host."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from scanner import run
from scanner.commands.shared import store_of
from scanner.config import load
from scanner.model import LedgerState
from tests.spiders.server import html, links, serving

pytestmark = [pytest.mark.browser, pytest.mark.slow]
COOKIE = "sessie=kanarie-8f3a"
OWN = "gezien=portaal"
REMEMBERS = "<script>localStorage.setItem('sessie', 'kanarie-8f3a'); sessionStorage.setItem('sessie', 'kanarie-8f3a')</script>"
TELLS = "<script>document.body.insertAdjacentHTML('beforeend', `<img alt='x' src='/openbaar/bewaard?${localStorage.length + sessionStorage.length}'>`)</script>"


@pytest.mark.timeout(180)
def test_a_portals_session_is_no_other_channels(tmp_path: Path) -> None:
    """Two channels on one host, at once and the open one before and after: its requests carry nothing of the portal."""
    with serving() as server:
        status, headers, body = html("Mijn portaal", links("/portaal/zaak") + REMEMBERS)
        server.pages["/portaal/"] = (status, {**headers, "Set-Cookie": f"{COOKIE}; Path=/"}, body)
        status, headers, body = html("Mijn zaak", links("/openbaar/", "/portaal/") + REMEMBERS)
        server.pages["/portaal/zaak"] = (status, {**headers, "Set-Cookie": f"{OWN}; Path=/"}, body)
        server.pages["/openbaar/"] = html("Openbaar", links("/openbaar/blad", "/portaal/zaak") + TELLS)
        server.pages["/openbaar/blad"] = html("Blad", TELLS)
        path = tmp_path / "scanner.toml"
        path.write_text(f"""[organisation]
name = "Buren"
[scan]
full_every = 1
[[channel]]
id = "portaal"
name = "Portaal"
url = "{server.url('/portaal/')}"
login = {{ steps = [{{ goto = "{server.url('/portaal/')}" }}] }}
pages = ["{server.url('/portaal/zaak')}"]
[[channel]]
id = "openbaar"
name = "Openbaar"
url = "{server.url('/openbaar/')}"
""", "utf-8")
        config = load(path)
        store = store_of(config)

        async def scans() -> None:
            async def one(name: str) -> object:
                return await run.scan_channel(config, store, name, deep="none")

            async for _, scan in run.together(config, ["portaal", "openbaar"], one):  # type: ignore[arg-type]
                assert not isinstance(scan, Exception), scan
            await one("openbaar")

        asyncio.run(scans())
        asked = [(page, sent.get("Cookie", "")) for _, page, sent in server.asked]
        seen = {row.url for row in store.ledger(store.scans("openbaar")[0].id, LedgerState.VISITED)}
        assert seen == {server.url("/openbaar/"), server.url("/openbaar/blad")}
    assert [cookie for page, cookie in asked if page == "/portaal/zaak" and COOKIE in cookie], "the portal has its session"
    assert [(page, cookie) for page, cookie in asked if page.startswith("/openbaar") and cookie] == []
    assert {page for page, _ in asked if "bewaard" in page} == {"/openbaar/bewaard?0"}
