"""The promise of checks.harness, held by a server that writes down everything that reaches it.

Every interactive probe runs, at level VALIDATE, over pages that send on every occasion: forms, links, buttons, autosave,
beacons on leaving, sockets, workers, prefetching, hostile handlers. After a page has loaded, nothing may arrive but GETs
of sub-resources. What pages send by themselves while they load, are shown or are made narrow (the browser then makes up a
movement of the mouse) is their own affair.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import http.server
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass

import pytest

from checks.harness import laboratory
from checks.pool import Pool, PoolSettings
from checks.tab import Tab
from checks.visit import VisitRequest, visit
from scanner.axe import find_axe
from scanner.model import LedgerState
from tests.looking import look_at_all

pytestmark = pytest.mark.browser

HEAD = '<!DOCTYPE html><html lang="nl"><head><meta charset="utf-8"><title>Proef</title><link rel="icon" href="data:,">{head}</head><body><main><h1>Proef</h1>'
SEND = """<script>
const send = how => fetch('/sent/' + how, {method: 'POST', body: how, keepalive: true}).catch(() => 0);
const xhr = (how, method) => { try { const r = new XMLHttpRequest(); r.open(method, '/sent/' + how, false); r.send('x') } catch (e) {} };
</script>"""

FORMS = SEND + """
<form method="post" action="/sent/form"><label>Naam <input name="naam" required></label><button>Versturen</button></form>
<form method="get" action="/left/search"><label>Zoek <input type="search" name="q"></label><button>Zoeken</button></form>
<form method="post" action="/sent/blank" target="_blank"><label>E-mail <input type="email" name="m"></label><input type="submit" value="Nieuw venster"></form>
<form id="script"><label>Leeftijd <input type="number" name="n" min="1"></label><button type="submit">Opslaan</button></form>
<form method="post" action="/sent/frame" target="kader"><label>Datum <input type="date" name="d"></label><button>In kader</button></form>
<iframe name="kader" title="Kader" srcdoc="<p>leeg</p>" width="200" height="50"></iframe>
<form method="post" action="/sent/enter"><label>Postcode <input name="p"></label></form>
<form method="dialog"><button>Sluiten</button></form>
<label>Notitie <textarea id="auto"></textarea></label>
<label>Gemeente <select id="kies"><option>A</option><option value="b">B</option></select></label>
<label><input type="checkbox" id="vink"> Akkoord</label>
<label><input type="radio" name="r" id="r1"> Een</label> <label><input type="radio" name="r" id="r2"> Twee</label>
<script>
document.getElementById('script').addEventListener('submit', e => { e.preventDefault(); send('scripted-submit'); xhr('sync', 'POST') });
const auto = document.getElementById('auto');
for (const kind of ['input', 'change', 'blur', 'focus', 'keydown', 'keyup', 'beforeinput']) auto.addEventListener(kind, () => send('autosave-' + kind));
auto.addEventListener('blur', () => xhr('blur', 'PUT'));
const kies = document.getElementById('kies');
kies.addEventListener('change', () => { location.href = '/left/select'; document.forms[0].submit() });
document.getElementById('vink').addEventListener('change', () => { xhr('delete', 'DELETE'); xhr('patch', 'PATCH'); navigator.sendBeacon('/sent/beacon-change', 'x') });
document.getElementById('r1').addEventListener('click', () => document.forms[4].submit());
document.getElementById('r2').addEventListener('click', () => document.forms[0].requestSubmit());
</script>"""

LINKS = SEND + """
<p><a href="/left/plain">Gewoon</a> <a href="/left/blank" target="_blank">Nieuw venster</a> <a href="/left/download" download>Bestand</a>
<a href="/left/ping" ping="/sent/ping">Met ping</a> <a href="/left/logout">Uitloggen</a> <a href="#top" onclick="new Image().src = '/account/logout?now'">Afmelden</a>
<a href="javascript:location.assign('/left/javascript')">Script</a> <a href="mailto:a@example.org">Mail</a></p>
<div onclick="location = '/left/div'" style="cursor: pointer" tabindex="0" onmousedown="send('mousedown')" onpointerdown="send('pointerdown')" onmouseover="send('hover')" onkeydown="send('key')" onfocus="location = '/left/focus'">Klikvlak</div>
<button aria-expanded="false" onclick="this.ariaExpanded = 'true'; window.open('/left/popup'); fetch('/sent/toggle', {method: 'POST', body: 'x'})">Menu</button>
<button aria-haspopup="true" onclick="const f = document.createElement('iframe'); f.src = '/left/inner-frame'; document.body.append(f)">Meer</button>
<button onclick="const f = document.createElement('form'); f.method = 'post'; f.action = '/sent/made'; document.body.append(f); f.submit()">Verwijderen</button>
<button onclick="const m = document.createElement('meta'); m.httpEquiv = 'refresh'; m.content = '0;url=/left/refresh'; document.head.append(m)">Verversen</button>
<button onclick="const l = document.createElement('object'); l.data = '/left/object'; document.body.append(l)">Object</button>
<button onclick="navigation.navigate('/left/navigate')">Navigeer</button>
<button onclick="history.pushState({}, '', '/elsewhere'); location.reload()">Herlaad</button>
<details><summary onclick="send('summary')">Uitklap</summary><p>Tekst</p></details>
<div role="tablist"><button role="tab" aria-selected="true" onclick="send('tab-1')">Een</button><button role="tab" aria-selected="false" onclick="send('tab-2')">Twee</button></div>
<p>Cookies: <button onclick="send('refuse')">Weigeren</button> <button onclick="send('accept')">Accepteren</button></p>
<script>document.addEventListener('scroll', () => send('scroll'))</script>"""

LEAVING = SEND + """<p>Een pagina die bij het weggaan nog iets stuurt.</p><p><a href="/left/away">Weg</a> <button aria-expanded="false" onclick="window.open('about:blank')">Nieuw</button></p>
<label>Opmerking <input name="o"></label>
<script>
for (const kind of ['pagehide', 'unload', 'beforeunload', 'freeze', 'blur', 'focus']) addEventListener(kind, () => { navigator.sendBeacon('/sent/beacon-' + kind, kind); send(kind); xhr('leaving', 'POST') });
document.addEventListener('visibilitychange', () => { navigator.sendBeacon('/sent/beacon-visibility', 'x'); send('visibility') });
document.addEventListener('mouseleave', () => navigator.sendBeacon('/sent/mouseleave', 'x'));
</script>"""

SOCKETS = SEND + """<p><button id="zeg">Chat</button> <button aria-expanded="false" id="nieuw">Nieuwe verbinding</button> <button id="werk">Rekenen</button></p>
<label>Bericht <input id="bericht"></label>
<script>
const socket = new WebSocket('ws://' + location.host + '/socket/early');
const shout = what => { if (socket.readyState === 1) socket.send(what) };
for (const kind of ['click', 'focusin', 'keydown', 'pointerdown', 'input', 'pagehide']) addEventListener(kind, () => shout(kind), true);
nieuw.onclick = () => { const s = new WebSocket('ws://' + location.host + '/socket/late'); s.onopen = () => s.send('late') };
const code = "onmessage = () => { fetch(origin + '/sent/worker', {method: 'POST', body: 'x'}).catch(() => 0); const r = new XMLHttpRequest(); try { r.open('POST', origin + '/sent/worker-xhr', false); r.send('x') } catch (e) {} const s = new WebSocket(origin.replace('http', 'ws') + '/socket/worker'); s.onopen = () => s.send('worker') }";
const worker = new Worker(URL.createObjectURL(new Blob(["const origin = '" + location.origin + "';" + code])));
const shared = "onconnect = e => { const p = e.ports[0]; p.onmessage = () => fetch('" + location.origin + "/sent/shared', {method: 'POST', body: 'x', mode: 'no-cors'}).catch(() => 0) }";
const common = window.SharedWorker && new SharedWorker(URL.createObjectURL(new Blob([shared])));
const work = () => { worker.postMessage(1); if (common) common.port.postMessage(1);
  new Worker(URL.createObjectURL(new Blob(["const origin = '" + location.origin + "';" + code + "; onmessage()"]))) };
werk.onclick = work;
bericht.oninput = work;
</script>"""

HOSTILE = """<script>
// Overwrites what a scanner might lean on, and sends on everything that happens.
const say = (event) => { navigator.sendBeacon('/sent/hostile-' + (event && event.type || event), 'x'); fetch('/sent/hostile-fetch', {method: 'POST'}).catch(() => 0); const f = document.createElement('form'); f.method = 'post'; f.action = '/sent/hostile-form'; document.body.append(f); HTMLFormElement.prototype.submit.call(f); open('/left/hostile-popup'); location = '/left/hostile' };
for (const kind of ['click', 'mousedown', 'pointerdown', 'mouseup', 'dblclick', 'keydown', 'focusin', 'input', 'change', 'submit', 'invalid', 'wheel', 'touchstart', 'copy', 'dragstart'])
  addEventListener(kind, say, true);
onerror = say; onunhandledrejection = say;
Array.prototype.map = () => []; JSON.stringify = () => { throw 1 }; Promise.prototype.then = new Proxy(Promise.prototype.then, {});
const csp = document.createElement('p');
</script>
<form method="post" action="/sent/hostile-native"><label>Naam <input required></label><button>Verstuur</button></form>
<p><a href="/left/a">Link</a> <button aria-expanded="false">Menu</button> <span role="checkbox" tabindex="0" aria-checked="false">Vakje</span></p>"""

PREFETCH = """<p><a href="/left/prefetched" id="a">Vooraf geladen</a> <a href="/left/logout-prefetched">Uitloggen</a></p>
<script>
for (const a of document.links) for (const kind of ['mouseover', 'focus', 'touchstart']) a.addEventListener(kind, () => { const l = document.createElement('link'); l.rel = 'prefetch'; l.as = 'document'; l.href = '/account/logout'; document.head.append(l) });
</script>"""
RULES = '<script type="speculationrules">{"prefetch": [{"source": "document", "eagerness": "moderate"}], "prerender": [{"source": "document", "eagerness": "moderate"}]}</script>'

PAGES = {"/forms": HEAD.format(head="") + FORMS, "/links": HEAD.format(head="") + LINKS, "/leaving": HEAD.format(head="") + LEAVING,
         "/sockets": HEAD.format(head="") + SOCKETS, "/hostile": HEAD.format(head="") + HOSTILE, "/prefetch": HEAD.format(head=RULES) + PREFETCH,
         "/reports": HEAD.format(head="") + '<p><button aria-expanded="false" onclick="const i = new Image(); i.src = \'http://127.0.0.2:9/x.png\'">Plaatje</button></p>'}


@dataclass(frozen=True)
class Arrival:
    """One thing that reached the server."""

    method: str
    path: str


class Recorder(http.server.ThreadingHTTPServer):
    """Serves PAGES and writes down what arrives."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Listener)
        self.arrived: list[Arrival] = []

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def unwanted(self) -> list[str]:
        """All that a page may not make a scanner send: by method, by kind of address, by socket."""
        return [f"{a.method} {a.path}" for a in self.arrived
                if a.method not in ("GET", "HEAD") or a.path.startswith(("/sent", "/left", "/account")) or (a.path not in PAGES and a.path.startswith("/elsewhere"))]


class Listener(http.server.BaseHTTPRequestHandler):
    """Writes down every request; speaks just enough WebSocket to notice a message."""

    server: Recorder

    def log_message(self, *_: object) -> None:
        """Says nothing."""

    def answer(self) -> None:
        self.server.arrived.append(Arrival(self.command, self.path))
        length = int(self.headers.get("content-length") or 0)
        if length:
            self.rfile.read(length)
        page = PAGES.get(self.path.partition("?")[0], "<p>ok")
        body = page.encode()
        self.send_response(200)
        self.send_header("content-type", "text/html; charset=utf-8")
        if self.path == "/reports":
            self.send_header("content-security-policy", "img-src 'self' data:; report-uri /sent/csp")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    do_POST = do_PUT = do_PATCH = do_DELETE = do_OPTIONS = do_HEAD = answer

    def do_GET(self) -> None:
        if self.headers.get("upgrade", "").lower() == "websocket":
            self.socket()
        else:
            self.answer()

    def socket(self) -> None:
        if self.path != "/socket/early":
            self.server.arrived.append(Arrival("SOCKET", self.path))
        key = base64.b64encode(hashlib.sha1((self.headers["sec-websocket-key"] + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").encode()).digest()).decode()
        self.wfile.write(f"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: {key}\r\n\r\n".encode())
        self.close_connection = True
        try:
            head = self.rfile.read(6)
            body = bytes(byte ^ head[2 + i % 4] for i, byte in enumerate(self.rfile.read(head[1] & 127))) if len(head) == 6 else b""
        except OSError:
            return
        if head and head[0] & 15 in (1, 2):
            self.server.arrived.append(Arrival("MESSAGE", f"{self.path} {body.decode(errors='replace')}"))


@pytest.fixture
def server() -> Iterator[Recorder]:
    """A fresh recorder."""
    recorder = Recorder()
    threading.Thread(target=recorder.serve_forever, daemon=True).start()
    yield recorder
    recorder.shutdown()


async def _provoke(tab: Tab) -> None:
    """Does by hand what any probe might do: hover, focus, type and click everything, with real input and without mercy."""
    for selector in ("a, button, input, select, textarea, summary, [onclick], [role]",):
        for element in (await tab.page.query_selector_all(selector))[:60]:
            for act in (lambda e=element: e.hover(timeout=300, force=True), lambda e=element: e.focus(), lambda: tab.page.keyboard.type("x1"),
                        lambda: tab.page.keyboard.press("ArrowDown"), lambda: tab.page.keyboard.press("Enter"), lambda e=element: e.click(timeout=300, force=True)):
                with suppress(Exception):  # hidden or gone: the next one
                    await act()


@pytest.mark.parametrize("path", PAGES)
def test_nothing_leaves_the_laboratory(path: str, server: Recorder) -> None:
    """Everything on the page is hovered, focused, typed into and clicked; then the laboratory closes."""
    async def look() -> list[str]:
        async with Pool.start(PoolSettings(axe_source=find_axe().text())) as pool:
            async with laboratory(pool, server.base + path) as tab:
                server.arrived.clear()
                await _provoke(tab)
                await asyncio.sleep(0.5)
                kinds = [s.kind for s in tab.stopped]
            await asyncio.sleep(0.5)
            return kinds

    stopped = asyncio.run(look())
    time.sleep(0.2)
    assert server.unwanted() == []
    if path in ("/forms", "/links", "/hostile"):
        assert "navigation" in stopped and "request" in stopped, "nothing was provoked: the test would prove nothing"


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_nothing_leaves_during_a_whole_visit(server: Recorder) -> None:
    """Every probe that exists, at level VALIDATE, over every page; also nothing when the visitor moves on to the next page."""
    urls = [server.base + path for path in PAGES]
    visits = [seen for seen, _ in asyncio.run(look_at_all(urls, tabs=3, seconds=20.0))]
    assert [seen.state for seen in visits] == [LedgerState.VISITED] * len(urls)
    prevented = {
        f"{seen.page.url} {name}": record.prevented
        for seen in visits for state in seen.page.looks for name, record in state.records.items() if record.prevented
    }  # fmt: skip
    time.sleep(0.5)
    assert server.unwanted() == []
    assert not [p for p in prevented.values() if "Error" in p and "Unreachable" not in p], prevented


KEEPING = """<script>
const keep = () => { localStorage.kept = 'ja'; sessionStorage.kept = 'ja'; document.cookie = 'kept=ja'; window.name = 'kept' };
keep(); setInterval(keep, 5);
addEventListener('pagehide', () => { keep(); navigator.sendBeacon('/sent/beacon', 'x') });
</script><p>Een pagina die veel onthoudt.</p>"""
RESTLESS = "<script>setTimeout(() => { location = '/elsewhere' }, 1)</script><p>Een pagina die verder wil.</p>"
LEFT_BY = {"/keeping": KEEPING, "/restless": RESTLESS, "/plain": "<p>Een gewone pagina."}


def test_nothing_of_a_page_reaches_the_next(server: Recorder, monkeypatch: pytest.MonkeyPatch) -> None:
    """The next page takes the place of a calm one at once; a restless one, and the same address, make room first."""
    for path, body in LEFT_BY.items():
        monkeypatch.setitem(PAGES, path, HEAD.format(head="") + body)
    remembered = "[localStorage.kept, sessionStorage.kept, document.cookie, window.name].filter(Boolean)"

    async def look() -> tuple[list[str], list[list[str]]]:
        async with Pool.start(PoolSettings(axe_source=find_axe().text())) as pool:
            tab = await pool.renew(None)
            shown: list[str] = []
            tab.page.on("framenavigated", lambda frame: shown.append(frame.url.removeprefix(server.base)))
            kept = []
            for path in ("/keeping", "/plain", "/plain?2", "/restless", "/plain", "/plain"):
                await visit(pool, tab, VisitRequest(server.base + path, deep=False, only=("facts",)))
                kept.append(await tab.ask(remembered))
            return shown, kept

    shown, kept = asyncio.run(look())
    assert len(kept[0]) == 4, "the first page kept nothing: the test would prove nothing"
    assert kept[1:] == [[], [], [], [], []]
    assert shown == ["/keeping", "/plain", "/plain?2", "/restless", "about:blank", "/plain", "about:blank", "/plain"]
    assert server.unwanted() == []
